import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aChart, type ArchiveEntry, archiveOf, tarOf } from '../testing/chart-archive.js';
import { readChart } from './read-chart.js';

const MANIFEST = 'apiVersion: v2\nname: shop\nversion: 1.4.2\n';
const manifest = (content: string | Uint8Array = MANIFEST): ArchiveEntry => ({
  name: 'shop/Chart.yaml',
  content,
});

async function refusalOf(bytes: Uint8Array): Promise<string> {
  const chart = await readChart(bytes);
  if (chart.ok) throw new Error(`was accepted as ${chart.value.reference.name}`);
  expect(chart.error).toMatchObject({ code: 'catalog/invalid_chart', field: 'chart' });
  return chart.error.detail;
}

describe('a chart archive', () => {
  it('says its name and version, and has a digest and a size', async () => {
    const bytes = await aChart('shop', '1.4.2-rc.1+build.7');

    expect(await readChart(bytes)).toEqual({
      ok: true,
      value: {
        reference: {
          name: 'shop',
          version: '1.4.2-rc.1+build.7',
          sha256: createHash('sha256').update(bytes).digest('hex'),
          size: bytes.length,
        },
        strategies: [],
      },
    });
  });

  it.each([
    {
      name: 'each',
      said: "'blue_green, canary, immediate'",
      strategies: ['blue_green', 'canary', 'immediate'],
    },
    { name: 'one of them, twice', said: 'canary canary', strategies: ['canary'] },
  ])('declares $name of the strategies', async ({ said, strategies }) => {
    const content = `${MANIFEST}annotations:\n  apollo/strategies: ${said}\n  other/thing: x\n`;
    const bytes = await archiveOf([manifest(content)]);
    expect(await readChart(bytes)).toMatchObject({ ok: true, value: { strategies } });
  });

  it.each([
    { name: 'one that there is not', said: 'canary, hope', shown: '"canary, hope"' },
    { name: 'rolling, which needs no word', said: 'rolling', shown: '"rolling"' },
    { name: 'none', said: "''", shown: '""' },
    { name: 'a list', said: '[canary]', shown: 'no text' },
  ])('is refused where it declares $name of the strategies', async ({ said, shown }) => {
    const content = `${MANIFEST}annotations:\n  apollo/strategies: ${said}\n`;
    expect(await refusalOf(await archiveOf([manifest(content)]))).toContain(
      `annotation apollo/strategies in Chart.yaml is ${shown}; accepted is a text with one or more of blue_green, canary, immediate`,
    );
  });

  it.each<{ name: string; entries: ArchiveEntry[] }>([
    {
      name: 'its manifest last',
      entries: [{ name: 'shop/values.yaml', content: 'a: 1' }, manifest()],
    },
    {
      name: 'an entry for its folder',
      entries: [{ name: 'shop/', header: { type: 'directory' } }, manifest()],
    },
    {
      name: 'charts inside',
      entries: [manifest(), { name: 'shop/charts/db/Chart.yaml', content: 'no: chart' }],
    },
    {
      name: 'a long path',
      entries: [manifest(), { name: `shop/${'templates/'.repeat(20)}x.yaml`, content: 'a: 1' }],
    },
    {
      name: 'a type that says application',
      entries: [manifest(`${MANIFEST}type: application\n`)],
    },
    { name: 'a first generation manifest', entries: [manifest(MANIFEST.replace('v2', 'v1'))] },
    {
      name: 'a few aliases',
      entries: [manifest(`${MANIFEST}maintainers:\n- &a {name: x}\n- *a\n`)],
    },
    { name: 'a byte order mark', entries: [manifest(`\uFEFF${MANIFEST}`)] },
  ])('may have $name', async ({ entries }) => {
    expect(await readChart(await archiveOf(entries))).toMatchObject({
      ok: true,
      value: { reference: { name: 'shop', version: '1.4.2' } },
    });
  });

  it.each<{ name: string; entries: ArchiveEntry[]; expected: string }>([
    { name: 'nothing', entries: [], expected: 'chart holds no Chart.yaml in its top folder' },
    {
      name: 'its manifest one folder too deep',
      entries: [{ name: 'a/shop/Chart.yaml', content: MANIFEST }],
      expected: 'chart holds no Chart.yaml in its top folder',
    },
    {
      name: 'its manifest without a folder',
      entries: [{ name: 'Chart.yaml', content: MANIFEST }],
      expected: 'chart holds the file "Chart.yaml" outside of its folder',
    },
    {
      name: 'two folders at its top',
      entries: [manifest(), { name: 'other/Chart.yaml', content: MANIFEST }],
      expected: 'chart has several folders at its top ("shop", "other"); it must be one chart',
    },
    {
      name: 'an absolute path',
      entries: [manifest(), { name: '/etc/passwd' }],
      expected: 'chart holds the path "/etc/passwd"',
    },
    {
      name: 'a path that climbs out',
      entries: [manifest(), { name: 'shop/../../etc/passwd' }],
      expected: 'chart holds the path "shop/../../etc/passwd"',
    },
    {
      name: 'a path with a dot for a folder',
      entries: [{ name: './shop/Chart.yaml', content: MANIFEST }],
      expected: 'chart holds the path "./shop/Chart.yaml"',
    },
    {
      name: 'a path with backslashes',
      entries: [manifest(), { name: 'shop\\..\\x' }],
      expected: 'chart holds the path "shop\\\\..\\\\x"',
    },
    {
      name: 'a drive letter',
      entries: [{ name: 'C:/shop/Chart.yaml', content: MANIFEST }],
      expected: 'chart holds the path "C:/shop/Chart.yaml"',
    },
    {
      name: 'a symbolic link',
      entries: [
        manifest(),
        { name: 'shop/x', header: { type: 'symlink', linkname: '/etc/passwd' } },
      ],
      expected: 'chart holds "shop/x", a symlink',
    },
    {
      name: 'a hard link',
      entries: [
        manifest(),
        { name: 'shop/x', header: { type: 'link', linkname: 'shop/Chart.yaml' } },
      ],
      expected: 'chart holds "shop/x", a link',
    },
    {
      name: 'a chain of links',
      entries: [
        manifest(),
        { name: 'shop/a', header: { type: 'symlink', linkname: '..' } },
        { name: 'shop/a/b', header: { type: 'link', linkname: 'shop/a/../../etc/passwd' } },
      ],
      expected: 'chart holds "shop/a", a symlink',
    },
    {
      name: 'a lock file that is a link',
      entries: [
        manifest(),
        { name: 'shop/Chart.lock', header: { type: 'symlink', linkname: '/root/.bashrc' } },
      ],
      expected: 'chart holds "shop/Chart.lock", a symlink',
    },
    {
      name: 'a pipe',
      entries: [manifest(), { name: 'shop/x', header: { type: 'fifo' } }],
      expected: 'chart holds "shop/x", a fifo',
    },
    {
      name: 'a block device',
      entries: [manifest(), { name: 'shop/x', header: { type: 'block-device' } }],
      expected: 'chart holds "shop/x", a block-device',
    },
    {
      name: 'U+0000 in a name',
      entries: [manifest(), { name: 'shop/x', header: { pax: { path: 'shop/x\0.yaml' } } }],
      expected: 'chart holds the path "shop/x\\u0000.yaml"',
    },
    { name: 'the name .', entries: [manifest(), { name: '.' }], expected: 'holds the path "."' },
    { name: 'the name ..', entries: [manifest(), { name: '..' }], expected: 'holds the path ".."' },
    {
      name: 'a name of 1025 characters',
      entries: [manifest(), { name: `shop/${'x'.repeat(1020)}` }],
      expected: 'chart holds the path "shop/xxx',
    },
    {
      name: 'a device',
      entries: [manifest(), { name: 'shop/x', header: { type: 'character-device' } }],
      expected: 'chart holds "shop/x", a character-device',
    },
    {
      name: 'two manifests',
      entries: [manifest(), manifest()],
      expected: 'chart holds "shop/Chart.yaml" twice',
    },
    {
      name: 'names that differ by letter case only',
      entries: [manifest(), { name: 'shop/chart.yaml' }],
      expected: 'chart holds "shop/chart.yaml" twice',
    },
    {
      name: 'too many entries',
      entries: [
        manifest(),
        ...Array.from({ length: 10_000 }, (_, index) => ({ name: `shop/${index}` })),
      ],
      expected: 'chart has more than 10000 entries',
    },
    {
      name: 'a manifest larger than 64 KiB',
      entries: [manifest(MANIFEST + '#'.repeat(64 * 1024))],
      expected: 'Chart.yaml is larger than 65536 bytes',
    },
  ])('is refused with $name', async ({ entries, expected }) => {
    expect(await refusalOf(await archiveOf(entries))).toContain(expected);
  });

  it.each<{ name: string; content: string | Uint8Array; expected: string }>([
    {
      name: 'no name',
      content: 'apiVersion: v2\nversion: 1.0.0',
      expected: 'name in Chart.yaml is missing',
    },
    {
      name: 'dots for a name',
      content: 'apiVersion: v2\nname: ..\nversion: 1.0.0',
      expected: 'name in Chart.yaml is ".."',
    },
    {
      name: 'a path for a name',
      content: 'apiVersion: v2\nname: a/b\nversion: 1.0.0',
      expected: 'name in Chart.yaml is "a/b"',
    },
    {
      name: 'a name that names itself',
      content: 'apiVersion: v2\nname: &a [*a]\nversion: 1.0.0',
      expected: 'name in Chart.yaml is no text',
    },
    {
      name: 'no version',
      content: 'apiVersion: v2\nname: shop',
      expected: 'version in Chart.yaml is missing',
    },
    {
      name: 'version latest',
      content: 'apiVersion: v2\nname: shop\nversion: latest',
      expected: 'version in Chart.yaml: "latest" is no version',
    },
    {
      name: 'a leading v',
      content: 'apiVersion: v2\nname: shop\nversion: v1.0.0',
      expected: 'version in Chart.yaml: write 1.0.0',
    },
    {
      name: 'a number for a version',
      content: 'apiVersion: v2\nname: shop\nversion: 1.10',
      expected: 'version in Chart.yaml is 1.1; accepted is a text',
    },
    {
      name: 'no for a version',
      content: 'apiVersion: v2\nname: shop\nversion: no',
      expected: 'version in Chart.yaml: "no" is no version',
    },
    {
      name: 'an octal number for a version',
      content: 'apiVersion: v2\nname: shop\nversion: 0o17',
      expected: 'version in Chart.yaml is 15; accepted is a text',
    },
    {
      name: 'a power of ten for a version',
      content: 'apiVersion: v2\nname: shop\nversion: 1e3',
      expected: 'version in Chart.yaml is 1000; accepted is a text',
    },
    {
      name: 'a large integer for a version',
      content: 'apiVersion: v2\nname: shop\nversion: 9007199254740993',
      expected: 'accepted is a text',
    },
    {
      name: 'a range for a version',
      content: 'apiVersion: v2\nname: shop\nversion: "^1.2.0"',
      expected: 'version in Chart.yaml: "^1.2.0" is no version',
    },
    {
      name: 'a tab before a key',
      content: 'apiVersion: v2\nname: shop\nversion: 1.0.0\nx:\n\ty: z',
      expected: 'Chart.yaml: ',
    },
    {
      name: 'a prototype merged in',
      content: 'apiVersion: v2\nx: &x {__proto__: {name: shop, version: 1.0.0}}\n<<: *x',
      expected: 'name in Chart.yaml is missing',
    },
    {
      name: 'what only a prototype says',
      content: '__proto__: {apiVersion: v2, name: shop, version: 1.0.0}',
      expected: 'apiVersion in Chart.yaml is missing',
    },
    {
      name: 'an option hidden in its version',
      content: 'apiVersion: v2\nname: shop\nversion: "1.0.0\\n--set x=y"',
      expected: 'version in Chart.yaml:',
    },
    {
      name: 'no API version',
      content: 'name: shop\nversion: 1.0.0',
      expected: 'apiVersion in Chart.yaml is missing; accepted are v1 and v2',
    },
    {
      name: 'another API version',
      content: 'apiVersion: v3\nname: shop\nversion: 1.0.0',
      expected: 'apiVersion in Chart.yaml is "v3"',
    },
    {
      name: 'the type of a library',
      content: `${MANIFEST}type: library`,
      expected: 'only an application can be installed',
    },
    {
      name: 'a repeated key',
      content: `${MANIFEST}version: 2.0.0`,
      expected: 'Chart.yaml: Map keys must be unique',
    },
    {
      name: 'a tag of its own',
      content: `${MANIFEST}x: !!js/function "y"`,
      expected: 'Chart.yaml: Unresolved tag',
    },
    { name: 'a list', content: '- a', expected: 'Chart.yaml is no mapping' },
    { name: 'nothing', content: '', expected: 'Chart.yaml is no mapping' },
    {
      name: 'two documents',
      content: `${MANIFEST}---\na: 1`,
      expected: 'Chart.yaml: Source contains multiple documents',
    },
    { name: 'template text', content: '{{ .Values.x }}', expected: 'Chart.yaml' },
    { name: 'UTF-16', content: Buffer.from(MANIFEST, 'utf16le'), expected: 'Chart.yaml' },
    {
      name: 'bytes that are no UTF-8',
      content: Buffer.from([0x61, 0x3a, 0xff]),
      expected: 'Chart.yaml is not UTF-8',
    },
    { name: 'brackets without end', content: '['.repeat(60_000), expected: 'Chart.yaml' },
    { name: 'lists within lists', content: '- '.repeat(30_000), expected: 'Chart.yaml' },
    {
      name: 'a bomb of aliases',
      content: aliasBomb(),
      expected: 'Chart.yaml cannot be read: Excessive alias count',
    },
  ])('is refused with a manifest of $name', async ({ content, expected }) => {
    expect(await refusalOf(await archiveOf([manifest(content)]))).toContain(expected);
  });

  it.each<{ name: string; bytes: () => Promise<Uint8Array>; expected: string }>([
    { name: 'no bytes', bytes: async () => new Uint8Array(), expected: 'chart is no gzip file' },
    { name: 'a text', bytes: async () => Buffer.from('hello'), expected: 'chart is no gzip file' },
    {
      name: 'an unpacked archive',
      bytes: () => tarOf([manifest()]),
      expected: 'chart is no gzip file',
    },
    {
      name: 'a packed text',
      bytes: async () => gzipSync('hello'.repeat(500)),
      expected: 'chart cannot be read as a gzipped tar archive',
    },
    {
      name: 'a torn file',
      bytes: async () => (await aChart()).subarray(0, -20),
      expected: 'chart cannot be read as a gzipped tar archive',
    },
    {
      name: 'a torn archive',
      bytes: async () => gzipSync((await tarOf([manifest()])).subarray(0, 700)),
      expected: 'chart cannot be read as a gzipped tar archive',
    },
    {
      name: 'a flipped bit',
      bytes: async () => flipped(await aChart(), 60),
      expected: 'chart cannot be read as a gzipped tar archive',
    },
    {
      name: 'zeros after its end',
      bytes: async () => Buffer.concat([await aChart(), Buffer.alloc(512)]),
      expected: 'chart has bytes after its end',
    },
    {
      name: 'bytes after its end',
      bytes: async () => Buffer.concat([await aChart(), Buffer.from('garbage')]),
      expected: 'chart cannot be read as a gzipped tar archive',
    },
    {
      name: 'content that unpacks to too much',
      bytes: () =>
        archiveOf([manifest(), { name: 'shop/x', content: randomBytes(21 * 1024 * 1024) }]),
      expected: 'chart unpacks to more than 20971520 bytes',
    },
    {
      name: 'content that shrinks like a bomb',
      bytes: () =>
        archiveOf([manifest(), { name: 'shop/x', content: Buffer.alloc(2 * 1024 * 1024) }]),
      expected: 'chart unpacks to more than 200 times its size',
    },
    {
      name: 'a size that is not there',
      bytes: async () => gzipSync(withSize(await tarOf([manifest()]), 5e9)),
      expected: 'Chart.yaml is larger than 65536 bytes',
    },
  ])('is refused as $name', async ({ bytes, expected }) => {
    expect(await refusalOf(await bytes())).toContain(expected);
  });

  it.each([
    { name: 'a negative number', size: Buffer.from('-0000000001\0') },
    { name: 'a negative number of 256 bits', size: Buffer.alloc(12, 0xff) },
    {
      name: 'more than a number holds',
      size: Buffer.from([0x80, ...Array<number>(11).fill(0xff)]),
    },
    { name: 'no number', size: Buffer.from('size of it\0\0') },
    { name: 'nothing', size: Buffer.alloc(12) },
  ])('is refused with a size of its manifest that is $name', async ({ size }) => {
    const archive = withSizeField(await tarOf([manifest()]), size);
    expect(await refusalOf(gzipSync(archive))).toMatch(/^(chart|Chart\.yaml) /);
  });

  it('is read no farther than it is refused, however many entries it has', async () => {
    const [one] = [await tarOf([{ name: 'shop/x' }])];
    const header = one.subarray(0, 512);
    const many = gzipSync(Buffer.concat(Array.from({ length: 30_000 }, () => header)), {
      level: 1,
    });
    expect(await refusalOf(many)).toContain('twice');
  });

  it('is answered whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), async (bytes, packed) => {
        const chart = await readChart(packed ? gzipSync(bytes) : bytes);
        expect(chart.ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is answered whatever is changed in it', async () => {
    const archive = await tarOf([manifest(), { name: 'shop/values.yaml', content: 'a: 1' }]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (changes) => {
          const bytes = Buffer.from(archive);
          for (const [offset, value] of changes) bytes[offset] = value;
          const chart = await readChart(gzipSync(bytes));
          expect(typeof chart.ok).toBe('boolean');
        },
      ),
      { numRuns: 300 },
    );
  });
});

function aliasBomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const copies = Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*l${level - 1}`));
    return `k${level}: &l${level} [${copies.join(', ')}]`;
  });
  return `${MANIFEST}${levels.join('\n')}\n`;
}

function flipped(bytes: Uint8Array, offset: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(offset) ^ 0x10, offset);
  return copy;
}

/** The first header with another size and a checksum that fits. */
function withSize(archive: Buffer, size: number): Buffer {
  return withSizeField(archive, Buffer.from(`${size.toString(8).padStart(11, '0')}\0`));
}

/** The same with whatever stands in the twelve bytes of the size. */
function withSizeField(archive: Buffer, size: Buffer): Buffer {
  const copy = Buffer.from(archive);
  size.copy(copy, 124);
  copy.fill(' ', 148, 156);
  const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
}
