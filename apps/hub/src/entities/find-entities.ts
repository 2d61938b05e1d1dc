import {
  type Context,
  type EntityFilter,
  type EntityStatus,
  type EntityView,
  listEntities,
  type Page,
  type PageRequest,
} from '@apollo-deploy/orchestration';

/** How many entities one request looks at to find those with a status. */
const LOOKED_AT_MAX = 2_000;
const BATCH_SIZE = 200;

/**
 * One page of entities by name. A status is derived and not stored, so those that have it are looked
 * for: a page may then hold fewer than asked for, even none, and `next` goes on after the last one
 * looked at.
 */
export async function findEntities(
  context: Context,
  filter: EntityFilter & { readonly status?: EntityStatus },
  request: PageRequest,
): Promise<Page<EntityView>> {
  const { status, ...stored } = filter;
  if (status === undefined) return listEntities(context, stored, request);
  const found: EntityView[] = [];
  let after = request.after;
  for (let lookedAt = 0; lookedAt < LOOKED_AT_MAX; lookedAt += BATCH_SIZE) {
    const page = await listEntities(context, stored, {
      limit: BATCH_SIZE,
      ...(after !== undefined && { after }),
    });
    const matching = page.items.filter((view) => view.status === status);
    found.push(...matching.slice(0, request.limit - found.length));
    const last = found.at(-1);
    const more = page.next !== undefined || matching.at(-1) !== last;
    if (found.length === request.limit && last !== undefined) {
      return more ? { items: found, next: last.entity.name } : { items: found };
    }
    if (page.next === undefined) return { items: found };
    after = page.next;
  }
  return { items: found, ...(after !== undefined && { next: after }) };
}
