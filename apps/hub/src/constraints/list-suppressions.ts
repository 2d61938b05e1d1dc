import {
  type Context,
  listShownConstraints,
  type Page,
  type PageRequest,
} from '@apollo-deploy/orchestration';
import {
  automaticSuppressionView,
  type SuppressionView,
  suppressionView,
} from './suppression-view.js';

/**
 * One page of the suppressions that people made and of the automatic ones that last, by id; of those
 * that somebody knows of who sees these environments, absent = all.
 */
export async function listSuppressions(
  { store, clock }: Context,
  page: PageRequest,
  seen: readonly string[] | undefined,
): Promise<Page<SuppressionView>> {
  const now = clock.now();
  const [people, automatic] = await store.transact(async (unit) => [
    await listShownConstraints(unit, { kind: 'suppression_window', seen }, page),
    await unit.suppressions.list(now.toISOString(), page, seen),
  ]);
  const all = [
    ...people.items.map((stored) => suppressionView(stored, now)),
    ...automatic.items.map((one) => automaticSuppressionView(one)),
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
  const items = all.slice(0, page.limit);
  const more =
    all.length > items.length || people.next !== undefined || automatic.next !== undefined;
  const last = items.at(-1);
  return { items, ...(more && last !== undefined && { next: last.id }) };
}
