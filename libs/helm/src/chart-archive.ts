import { gunzipSync } from 'node:zlib';
import type { Json } from '@apollo-deploy/kernel';

const LARGEST_CHART_BYTES = 256 * 1024 * 1024;
const BLOCK_BYTES = 512;

/** A chart's archive, unpacked. Throws on what is no gzip, and on more than 256 MiB. */
function unpackedChart(archive: Buffer): Buffer {
  return gunzipSync(archive, { maxOutputLength: LARGEST_CHART_BYTES });
}

/** True if the chart, or one it depends on, has files in a `crds` folder. Takes the packed archive. */
export function bringsCrds(archive: Buffer): boolean {
  for (const { path, content } of filesOf(unpackedChart(archive))) {
    if (/(^|\/)crds\/./.test(path)) return true;
    if (/\/charts\/[^/]+\.tgz$/.test(path) && bringsCrds(content)) return true;
  }
  return false;
}

/**
 * True if a template of the chart, or of one it depends on, may ask the cluster by `lookup`: it says so,
 * or has a text taken for a template (`tpl`), whose words may stand nowhere. Takes the packed archive.
 */
export function mayLookUp(archive: Buffer): boolean {
  for (const { content } of filesOf(unpackedChart(archive))) {
    if (isPacked(content) ? insideMayLookUp(content) : asks(content)) return true;
  }
  return false;
}

function asks(template: Buffer): boolean {
  return template.includes('lookup') || /(?<![.\w])tpl(?!\w)/.test(template.toString('latin1'));
}

/** By its first bytes: Helm takes a chart for one whatever its file is called in the archive's headers. */
function isPacked(content: Buffer): boolean {
  return content[0] === 0x1f && content[1] === 0x8b;
}

function insideMayLookUp(packed: Buffer): boolean {
  try {
    return mayLookUp(packed);
  } catch {
    // Whatever cannot be looked into may do anything.
    return true;
  }
}

/**
 * The files of a chart as Helm keeps them in each release record: those of the charts that it depends
 * on are not kept. Takes the packed archive.
 */
export function recordedFiles(archive: Buffer): Json {
  return [...filesOf(unpackedChart(archive))]
    .filter(({ path }) => !/^[^/]+\/charts\//.test(path))
    .map(({ path, content }) => ({ name: path, data: content.toString('base64') }));
}

/** The files of a tar archive, as charts are packed. */
function* filesOf(tar: Buffer): Generator<{ readonly path: string; readonly content: Buffer }> {
  for (let at = 0; at + BLOCK_BYTES <= tar.length;) {
    const name = textAt(tar, at, 100);
    if (name === '') return;
    const prefix = textAt(tar, at + 345, 155);
    const bytes = Number.parseInt(textAt(tar, at + 124, 12), 8);
    const from = at + BLOCK_BYTES;
    const path = prefix === '' ? name : `${prefix}/${name}`;
    yield { path, content: tar.subarray(from, from + bytes) };
    at = from + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
}

function textAt(tar: Buffer, at: number, length: number): string {
  const text = tar.subarray(at, at + length).toString('utf8');
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}
