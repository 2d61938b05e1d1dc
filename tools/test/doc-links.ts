import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FENCE = /^```.*?^```/gms;
const LINK = /\]\(([^()\s]+)\)/g;
const HEADING = /^#+ (.+)$/gm;

/** Each link of a page of Markdown that leads to no file and no heading within the repository. */
export function brokenLinksOf(page: string): readonly string[] {
  const links = [...proseOf(page).matchAll(LINK)].map(([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(page, link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(target)) return false;
  if (anchor === undefined) return true;
  return statSync(target).isFile() && anchorsOf(target).includes(anchor);
}

/** The headings of a page as an address names them. */
function anchorsOf(page: string): readonly string[] {
  return [...proseOf(page).matchAll(HEADING)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

function proseOf(page: string): string {
  return readFileSync(page, 'utf8').replace(FENCE, '');
}
