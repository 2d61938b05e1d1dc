// Packs a Helm chart: `node tools/pack-chart.mjs FOLDER FILE.tgz`. No dependencies, because
// `npm start` and tests use it; not `helm package`, because equal sources must give equal bytes (the
// digest of a chart is its identity), and Helm writes the time into the archive.
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';

const TAR_BLOCK = 512;
const TAR_NAME_BYTES = 100;
/** The most that a deflate block can carry without compressing. */
const STORED_BYTES = 65_535;

/**
 * The chart in `folder` as the bytes of a `.tgz`: a function of the names and contents of its files
 * alone, whatever the machine and its version of Node. Hidden files stay out. Throws an Error that
 * names the path when the folder is no chart or holds something other than files and folders.
 * @param {string} folder
 * @returns {Buffer}
 */
export function packChart(folder) {
  const name = chartName(folder);
  const entries = filesBelow(folder, '').map((path) =>
    tarEntry(`${name}/${path}`, readFileSync(join(folder, path))),
  );
  return gzip(Buffer.concat([...entries, Buffer.alloc(2 * TAR_BLOCK)]));
}

/** @param {string} folder */
function chartName(folder) {
  const file = join(folder, 'Chart.yaml');
  const name = /^name: *["']?([a-z0-9][a-z0-9.-]*)["']? *$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (name === undefined) throw new Error(`${file} has no line "name: <chart name>"; add one`);
  return name;
}

/**
 * Paths of files, in the order of their code units.
 * @param {string} folder
 * @param {string} below
 * @returns {string[]}
 */
function filesBelow(folder, below) {
  return readdirSync(join(folder, below))
    .filter((name) => !name.startsWith('.'))
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => {
      const path = below === '' ? name : `${below}/${name}`;
      const status = lstatSync(join(folder, path));
      if (status.isDirectory()) return filesBelow(folder, path);
      if (status.isFile()) return [path];
      throw new Error(`${join(folder, path)} is neither a file nor a folder; remove it`);
    });
}

/**
 * A ustar header (mode 0644, owner 0, time 0) and the content, padded to whole blocks.
 * @param {string} path
 * @param {Buffer} content
 */
function tarEntry(path, content) {
  if (Buffer.byteLength(path) > TAR_NAME_BYTES) {
    throw new Error(
      `${path} is longer than the ${TAR_NAME_BYTES} bytes a path may have; shorten it`,
    );
  }
  const header = Buffer.alloc(TAR_BLOCK);
  header.write(path, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${octal(content.length, 11)}\0`, 124);
  header.write(`${octal(0, 11)}\0`, 136);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  header.write(`${octal(sumOf(header), 6)}\0 `, 148);
  const padding = (TAR_BLOCK - (content.length % TAR_BLOCK)) % TAR_BLOCK;
  return Buffer.concat([header, content, Buffer.alloc(padding)]);
}

/** @param {number} number @param {number} digits */
function octal(number, digits) {
  return number.toString(8).padStart(digits, '0');
}

/** @param {Buffer} header */
function sumOf(header) {
  return header.reduce((sum, byte) => sum + byte, 0);
}

/**
 * A gzip file of stored blocks: compressed bytes would differ between versions of zlib.
 * @param {Buffer} content
 */
function gzip(content) {
  /** @type {Buffer[]} */
  const parts = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])];
  for (let start = 0; start < content.length; start += STORED_BYTES) {
    const block = content.subarray(start, start + STORED_BYTES);
    const header = Buffer.alloc(5);
    header.writeUInt8(start + block.length === content.length ? 1 : 0, 0);
    header.writeUInt16LE(block.length, 1);
    header.writeUInt16LE(~block.length & 0xffff, 3);
    parts.push(header, block);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  return Buffer.concat([...parts, trailer]);
}

/** @param {readonly string[]} argv */
function main([folder, file]) {
  if (folder === undefined || file === undefined) {
    process.stderr.write('usage: node tools/pack-chart.mjs FOLDER FILE.tgz\n');
    process.exitCode = 2;
    return;
  }
  writeFileSync(file, packChart(folder));
}

const started = process.argv[1];
if (started !== undefined && import.meta.url === pathToFileURL(started).href) {
  main(process.argv.slice(2));
}
