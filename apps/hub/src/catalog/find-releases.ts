import type { Release } from '@apollo-deploy/domain';
import type { Context, Page, PageRequest, UnitOfWork } from '@apollo-deploy/orchestration';
import { mapPage } from '../http/page-query.js';
import { type ReleaseSurroundings, type ReleaseView, releaseView } from './catalog-views.js';

/** One page of releases with the channels that hold them; of all products if none is named. */
export async function listReleases(
  { store }: Context,
  product: string | undefined,
  request: PageRequest,
): Promise<Page<ReleaseView>> {
  return store.transact(async (unit) => {
    const page = await unit.releases.list(product, request);
    const around = await surroundingsOf(unit, page.items);
    return mapPage(page, (release) => releaseView(release, around));
  });
}

export async function findRelease(
  { store }: Context,
  id: string,
): Promise<ReleaseView | undefined> {
  return store.transact(async (unit) => {
    const release = await unit.releases.getById(id);
    if (release === undefined) return undefined;
    return releaseView(release, await surroundingsOf(unit, [release]));
  });
}

async function surroundingsOf(
  unit: UnitOfWork,
  releases: readonly Release[],
): Promise<ReleaseSurroundings> {
  const products = [...new Set(releases.map(({ product }) => product))];
  return {
    entries: await unit.channels.ofProducts(products),
    recalls: await unit.recalls.ofProducts(products),
  };
}
