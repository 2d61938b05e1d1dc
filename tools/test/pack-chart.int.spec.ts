import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { packChart } from '../pack-chart.mjs';

describe('a packed chart', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-chart-'));
    await mkdir(join(folder, 'templates'));
    await writeFile(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
    await writeFile(join(folder, 'values.yaml'), 'replicas: 1\n');
    await writeFile(join(folder, 'templates', 'b.yaml'), 'b: 1\n');
    await writeFile(join(folder, 'templates', 'a.yaml'), '');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('has its files in a folder of its name, in order, with their content', () => {
    expect(entriesOf(packChart(folder))).toEqual([
      { path: 'shop/Chart.yaml', content: 'apiVersion: v2\nname: shop\nversion: 1.0.0\n' },
      { path: 'shop/templates/a.yaml', content: '' },
      { path: 'shop/templates/b.yaml', content: 'b: 1\n' },
      { path: 'shop/values.yaml', content: 'replicas: 1\n' },
    ]);
  });

  it('is the same bytes on every machine', () => {
    const digest = createHash('sha256').update(packChart(folder)).digest('hex');
    expect(digest).toBe('ba07b0b870528fb7c9f1295ef9236af461eb21019af24f1a2e964ae0c1f38541');
  });

  it('does not change with the time of a file', async () => {
    const before = packChart(folder);
    await utimes(join(folder, 'values.yaml'), new Date(0), new Date(0));
    expect(packChart(folder).equals(before)).toBe(true);
  });

  it('changes with the content of a file', async () => {
    const before = packChart(folder);
    await writeFile(join(folder, 'values.yaml'), 'replicas: 2\n');
    expect(packChart(folder).equals(before)).toBe(false);
  });

  it.each([
    { name: 'one block of deflate', size: 65_535 },
    { name: 'one byte more', size: 65_536 },
    { name: 'several blocks', size: 200_000 },
  ])('carries a file of $name', async ({ size }) => {
    const content = 'x'.repeat(size);
    await writeFile(join(folder, 'big.txt'), content);
    expect(entriesOf(packChart(folder))).toContainEqual({ path: 'shop/big.txt', content });
  });

  it('leaves hidden files out', async () => {
    const before = packChart(folder);
    await writeFile(join(folder, '.notes'), 'mine');
    expect(packChart(folder).equals(before)).toBe(true);
  });

  it('is refused for a folder whose Chart.yaml has no name', async () => {
    await writeFile(join(folder, 'Chart.yaml'), 'version: 1.0.0\n');
    expect(() => packChart(folder)).toThrow('Chart.yaml has no line "name: <chart name>"; add one');
  });

  it('is refused for a link, which may lead anywhere', async () => {
    await symlink('/etc/passwd', join(folder, 'templates', 'secret'));
    expect(() => packChart(folder)).toThrow('templates/secret is neither a file nor a folder');
  });

  it('is refused for a path that the format cannot hold', async () => {
    await writeFile(join(folder, `${'x'.repeat(96)}`), '');
    expect(() => packChart(folder)).toThrow('is longer than the 100 bytes');
  });
});

function entriesOf(archive: Buffer): { path: string; content: string }[] {
  const tar = gunzipSync(archive);
  const entries = [];
  for (let at = 0; tar[at] !== 0;) {
    const path = tar.subarray(at, tar.indexOf(0, at)).toString();
    const size = Number.parseInt(tar.subarray(at + 124, at + 135).toString(), 8);
    entries.push({ path, content: tar.subarray(at + 512, at + 512 + size).toString() });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}
