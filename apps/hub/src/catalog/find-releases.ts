import type { Context, Page, PageRequest } from '@apollo-deploy/orchestration';
import { mapPage } from '../http/page-query.js';
import { type ReleaseView, releaseView } from './catalog-views.js';

/** One page of releases with the channels that hold them; of all products if none is named. */
export async function listReleases(
  { store }: Context,
  product: string | undefined,
  request: PageRequest,
): Promise<Page<ReleaseView>> {
  return store.transact(async (unit) => {
    const page = await unit.releases.list(product, request);
    const products = [...new Set(page.items.map((release) => release.product))];
    const entries = await unit.channels.ofProducts(products);
    return mapPage(page, (release) => releaseView(release, entries));
  });
}

export async function findRelease(
  { store }: Context,
  id: string,
): Promise<ReleaseView | undefined> {
  return store.transact(async (unit) => {
    const release = await unit.releases.getById(id);
    if (release === undefined) return undefined;
    return releaseView(release, await unit.channels.ofProducts([release.product]));
  });
}
