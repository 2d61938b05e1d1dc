import type { Page, PageRequest } from './page.js';

/** Reads a list to its end, two at a time, and answers the pages. */
export async function pagesOfTwo<T>(
  list: (page: PageRequest) => Promise<Page<T>>,
): Promise<readonly (readonly T[])[]> {
  const pages: (readonly T[])[] = [];
  let page = await list({ limit: 2 });
  for (;;) {
    pages.push(page.items);
    if (page.next === undefined || pages.length > 20) return pages;
    page = await list({ limit: 2, after: page.next });
  }
}
