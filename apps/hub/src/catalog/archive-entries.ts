import { shorten } from '@apollo-deploy/kernel';
import type { Header } from 'tar-stream';
import { ChartRefused } from './chart-refused.js';

const MAX_ENTRIES = 10_000;
const MAX_NAME_LENGTH = 1024;

/** Watches the entries of one chart archive go by, and refuses what a chart must not hold. */
export class ArchiveEntries {
  private root: string | undefined;
  private count = 0;
  private content: Uint8Array | undefined;
  /** In lower case: where two names differ by nothing else, some machines know one file only. */
  private readonly files = new Set<string>();

  /** True if the entry is the chart's own `Chart.yaml`. */
  accept({ name, type }: Header): boolean {
    this.count += 1;
    if (this.count > MAX_ENTRIES) {
      throw new ChartRefused(`chart has more than ${MAX_ENTRIES} entries`);
    }
    if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory') {
      throw new ChartRefused(
        `chart holds ${quoted(name)}, a ${type}; only files and folders may be`,
      );
    }
    const segments = segmentsOf(name);
    const [root, ...path] = segments;
    this.root ??= root;
    if (root !== this.root) {
      throw new ChartRefused(
        `chart has several folders at its top (${quoted(this.root ?? '')}, ${quoted(root ?? '')}); it must be one chart`,
      );
    }
    if (type === 'directory') return false;
    if (path.length === 0) {
      throw new ChartRefused(`chart holds the file ${quoted(name)} outside of its folder`);
    }
    this.noteFile(segments, name);
    return path.length === 1 && path[0] === 'Chart.yaml';
  }

  keepManifest(content: Uint8Array): void {
    this.content = content;
  }

  manifest(): Uint8Array {
    if (this.content !== undefined) return this.content;
    throw new ChartRefused('chart holds no Chart.yaml in its top folder');
  }

  private noteFile(segments: readonly string[], name: string): void {
    const key = segments.join('/').toLowerCase();
    if (this.files.has(key)) {
      throw new ChartRefused(`chart holds ${quoted(name)} twice (letter case is not told apart)`);
    }
    this.files.add(key);
  }
}

/** The parts of a path that stays inside of the folder it is unpacked in. */
function segmentsOf(name: string): readonly string[] {
  const segments = name.replace(/\/$/, '').split('/');
  const stays = segments.every((part) => part !== '' && part !== '.' && part !== '..');
  if (stays && name.length <= MAX_NAME_LENGTH && !/[\0\\]|^[A-Za-z]:/.test(name)) return segments;
  throw new ChartRefused(
    `chart holds the path ${quoted(name)}; accepted are relative paths without "..", "." and "\\"`,
  );
}

function quoted(name: string): string {
  return JSON.stringify(shorten(name));
}
