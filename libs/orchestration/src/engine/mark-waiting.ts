import { type Plan, type ViolationCode, waitsInLine } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import { everyEnvironment } from '../catalog/every-environment.js';
import type { Page, PageRequest } from '../ports/page.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** How many entities one statement marks. */
const MARKS = 1000;
const PAGE = 200;
/** After every instant that anything waits for. */
const LAST_INSTANT = '9999-12-31T23:59:59.999Z';

/**
 * Marks all entities whose waiting plan, or last evaluation, is to be looked at again by now, in one
 * transaction, and answers the next instant at which one will be due.
 */
export async function markDueEntities({ store, clock }: Context): Promise<Date | undefined> {
  const now = clock.now().toISOString();
  return store.transact(async (unit) => {
    await markWaitingUntil(unit, now);
    const { plans, evaluations } = unit;
    const next = [await plans.nextDueAfter(now), await evaluations.nextDueAfter(now)];
    const first = Math.min(...next.map((at) => (at === undefined ? Infinity : Date.parse(at))));
    return first === Infinity ? undefined : new Date(first);
  });
}

/**
 * Marks all entities whose waiting plan, or last evaluation, is to be looked at again at some instant,
 * in one transaction: what the clock said when they were judged may not have come yet.
 */
export async function markTimedEntities({ store }: Context): Promise<void> {
  await store.transact((unit) => markWaitingUntil(unit, LAST_INSTANT));
}

async function markWaitingUntil(
  { plans, evaluations, dirty }: UnitOfWork,
  instant: string,
): Promise<void> {
  for (const waiting of [plans, evaluations]) {
    for (;;) {
      const due = await waiting.dueAt(instant, MARKS);
      // Nothing is written on a quiet day.
      if (due.length > 0) await dirty.mark(due);
      if (due.length < MARKS) break;
    }
  }
}

/**
 * Marks entities whose plan is PENDING: all of them, or those whose plans go by themselves, of which
 * there are few at any time. One transaction a page. `everything` also marks whom a version that knew
 * no line left out of it.
 */
export async function markUndispatched({ store }: Context, everything: boolean): Promise<void> {
  if (everything) {
    await markPages(store, ({ plans }, page) => plans.pendingIn(undefined, page));
    return markLeftOut(store);
  }
  const environments = await automaticEnvironments(store);
  await markPages(store, ({ plans }, page) => plans.pendingIn(environments, page));
  await markPages(store, ({ plans }, page) => plans.pendingRestores(page));
}

/** Those that only a limit holds and that do not stand in line: nobody offers them a slot. */
async function markLeftOut(store: Context['store']): Promise<void> {
  const limited = await store.transact(async (unit) => {
    const environments = await everyEnvironment(unit);
    return unit.plans.blockedBy(
      'concurrency' satisfies ViolationCode,
      environments.map(({ name }) => name),
    );
  });
  for (let start = 0; start < limited.length; start += PAGE) {
    await store.transact(async ({ plans, dirty }) => {
      const open = await plans.openOf(limited.slice(start, start + PAGE));
      const leftOut = open.filter(isLeftOut).map(({ entity }) => entity);
      if (leftOut.length > 0) await dirty.mark(leftOut);
    });
  }
}

function isLeftOut({ state, inLineSince, violations }: Plan): boolean {
  return state === 'BLOCKED' && inLineSince === undefined && waitsInLine(violations);
}

async function markPages(
  store: Context['store'],
  read: (unit: UnitOfWork, page: PageRequest) => Promise<Page<string>>,
): Promise<void> {
  let after: string | undefined;
  do {
    const from = after;
    after = await store.transact(async (unit) => {
      const page = await read(unit, { limit: PAGE, ...(from !== undefined && { after: from }) });
      if (page.items.length > 0) await unit.dirty.mark(page.items);
      return page.next;
    });
  } while (after !== undefined);
}

async function automaticEnvironments(store: Context['store']): Promise<readonly string[]> {
  const all = await store.transact(everyEnvironment);
  return all.filter(({ execution }) => execution === 'automatic').map(({ name }) => name);
}
