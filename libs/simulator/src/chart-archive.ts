import { gunzipSync } from 'node:zlib';
import type { HelmValues } from '@apollo-deploy/helm';
import { parse } from 'yaml';

/** What the simulator reads of a chart; its templates are not looked at. */
export interface ChartArchive {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  /** The chart's own `values.yaml`. */
  readonly defaults: HelmValues;
}

const LARGEST_UNPACKED_BYTES = 64 * 1024 * 1024;
/** Tar: blocks of this size; a header, then the content. */
const BLOCK = 512;
const NAME = [0, 100] as const;
const SIZE = [124, 136] as const;
const WANTED = /^[^/]+\/(Chart|values)\.yaml$/;

/** Reads a chart archive that the hub has checked; null if there is no `Chart.yaml` with a name in it. */
export function readChartArchive(bytes: Uint8Array): ChartArchive | null {
  const texts = wantedFiles(gunzipSync(bytes, { maxOutputLength: LARGEST_UNPACKED_BYTES }));
  const about = fieldsOf(texts.get('Chart.yaml'));
  const { name, version, appVersion } = about;
  if (typeof name !== 'string' || typeof version !== 'string') return null;
  return {
    ...{ name, version },
    appVersion: typeof appVersion === 'string' ? appVersion : version,
    defaults: fieldsOf(texts.get('values.yaml')) as HelmValues,
  };
}

/** The two files by their names in the chart's folder. */
function wantedFiles(archive: Uint8Array): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    const name = textAt(header, NAME);
    if (name === '') break;
    const size = parseInt(textAt(header, SIZE), 8) || 0;
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (WANTED.test(name)) texts.set(name.slice(name.indexOf('/') + 1), utf8(content));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return texts;
}

function textAt(header: Uint8Array, [from, to]: readonly [number, number]): string {
  return utf8(header.subarray(from, to)).split('\0')[0]?.trim() ?? '';
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function fieldsOf(yaml: string | undefined): Readonly<Record<string, unknown>> {
  const value: unknown = yaml === undefined ? null : parse(yaml);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
