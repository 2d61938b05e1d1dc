import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ChartReference, Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { extract } from 'tar-stream';
import { ArchiveEntries } from './archive-entries.js';
import { ChartRefused, invalidChart } from './chart-refused.js';
import { type ChartManifest, readChartManifest } from './chart-manifest.js';

const MAX_UNPACKED_BYTES = 20 * 1024 * 1024;
/** Charts are text and shrink to a tenth; what shrinks more than this is made to. */
const MAX_RATIO = 200;
/** Below this an archive is harmless, however well it shrinks. */
const RATIO_FROM_BYTES = 1024 * 1024;
const MAX_MANIFEST_BYTES = 64 * 1024;

type Untar = ReturnType<typeof extract>;
type Entry = Untar extends AsyncIterable<infer E> ? E : never;

/** What an archive says of its chart. */
export interface UploadedChart extends Pick<ChartManifest, 'strategies'> {
  readonly reference: ChartReference;
}

/**
 * What a chart archive says it is. Reads the whole archive, to see that it is one chart and nothing
 * that unpacks to somewhere else, and looks into `Chart.yaml` only. Stops at 20 MiB unpacked, at
 * 10,000 entries, and where the content shrinks suspiciously well. Nothing is written anywhere.
 */
export async function readChart(bytes: Uint8Array): Promise<Result<UploadedChart, Refusal>> {
  const manifest = await readManifestText(bytes);
  if (!manifest.ok) return manifest;
  const chart = readChartManifest(manifest.value);
  if (!chart.ok) return err(invalidChart(chart.error));
  const { name, version, strategies } = chart.value;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return ok({ reference: { name, version, sha256, size: bytes.byteLength }, strategies });
}

async function readManifestText(bytes: Uint8Array): Promise<Result<Uint8Array, Refusal>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return err(invalidChart('chart is no gzip file'));
  const entries = new ArchiveEntries();
  const untar = extract();
  const unpacking = unpackInto(untar, bytes);
  try {
    for await (const entry of untar) await readEntry(entries, entry);
    await unpacking;
    return ok(entries.manifest());
  } catch (error) {
    untar.destroy();
    return err(invalidChart(whyUnreadable(error)));
  }
}

/** Feeds the unpacked bytes, as they come and no faster than they are read. */
async function unpackInto(untar: Untar, bytes: Uint8Array): Promise<void> {
  const gunzip = createGunzip();
  const closed = new Promise<void>((resolve) => untar.once('close', resolve));
  let unpacked = 0;
  try {
    for await (const chunk of Readable.from([bytes]).pipe(gunzip) as AsyncIterable<Buffer>) {
      unpacked += chunk.length;
      assertReasonable(unpacked, bytes.byteLength);
      if (!untar.write(chunk)) await Promise.race([drained(untar), closed]);
      if (untar.destroyed) return;
    }
    if (gunzip.bytesWritten !== bytes.byteLength) {
      throw new ChartRefused('chart has bytes after its end');
    }
    untar.end(null);
  } catch (error) {
    untar.destroy(error instanceof Error ? error : new Error(String(error)));
  } finally {
    gunzip.destroy();
  }
}

function drained(untar: Untar): Promise<void> {
  return new Promise((resolve) => untar.once('drain', resolve));
}

function assertReasonable(unpacked: number, packed: number): void {
  if (unpacked > MAX_UNPACKED_BYTES) {
    throw new ChartRefused(`chart unpacks to more than ${MAX_UNPACKED_BYTES} bytes`);
  }
  if (unpacked > RATIO_FROM_BYTES && unpacked > packed * MAX_RATIO) {
    throw new ChartRefused(`chart unpacks to more than ${MAX_RATIO} times its size`);
  }
}

async function readEntry(entries: ArchiveEntries, entry: Entry): Promise<void> {
  const wanted = entries.accept(entry.header);
  if (wanted && entry.header.size > MAX_MANIFEST_BYTES) {
    throw new ChartRefused(`Chart.yaml is larger than ${MAX_MANIFEST_BYTES} bytes`);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry as AsyncIterable<Uint8Array>) if (wanted) chunks.push(chunk);
  if (wanted) entries.keepManifest(Buffer.concat(chunks));
}

/** Whatever the two readers say of broken input, it is the archive that is at fault. */
function whyUnreadable(error: unknown): string {
  if (error instanceof ChartRefused) return error.detail;
  const cause = error instanceof Error ? error.message.replace(/[.?!]*$/, '') : String(error);
  return `chart cannot be read as a gzipped tar archive (${cause})`;
}
