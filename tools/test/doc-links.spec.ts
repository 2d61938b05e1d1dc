import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brokenLinksOf } from './doc-links.js';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = ['', 'docs', 'docs/adr'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

describe('the pages of documentation', () => {
  it.each(PAGES)('lead only to what there is: %s', (page) => {
    expect(brokenLinksOf(join(ROOT, page))).toEqual([]);
  });
});

describe('a page', () => {
  let folder: string;
  let page: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'apollo-links-'));
    page = join(folder, 'page.md');
    writeFileSync(join(folder, 'other.md'), '# Who is `asked`, and told\n');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    { name: 'to another page', text: '[a](other.md)', broken: [] },
    { name: 'to a heading there', text: '[a](other.md#who-is-asked-and-told)', broken: [] },
    { name: 'to a heading of its own', text: '# B\n[a](#b)', broken: [] },
    { name: 'to elsewhere', text: '[a](https://example.com/none.md)', broken: [] },
    { name: 'to no page', text: '[a](none.md)', broken: ['none.md'] },
    { name: 'to no heading', text: '[a](other.md#who)', broken: ['other.md#who'] },
    {
      name: 'to a heading in code only',
      text: '```\n# b\n```\n[a](#b)',
      broken: ['#b'],
    },
  ])('with a link $name has the broken links $broken', ({ text, broken }) => {
    writeFileSync(page, text);

    expect(brokenLinksOf(page)).toEqual(broken);
  });
});
