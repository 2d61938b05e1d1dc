import { type ChainHead, lineText } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import { chainedEntry } from './chained-entry.js';

/** Lines held at a time. */
const PAGE = 200;

/**
 * The audit trail as it is exported, after the line of this number: one line of canonical JSON for
 * each linked entry, without line feeds, in pages. Each page is read when it is asked for, and those
 * that come meanwhile are part of it.
 */
export async function* auditLines(
  { store }: Pick<Context, 'store'>,
  after: number,
): AsyncGenerator<readonly string[]> {
  for (let last = after; ;) {
    const page = await store.transact((unit) => unit.auditChain.after(last, PAGE));
    if (page.length === 0) return;
    yield page.map(({ link: { number, previous, hash }, entry }) =>
      lineText({ number, previous, entry: chainedEntry(entry), hash }),
    );
    last = page.at(-1)?.link.number ?? last;
    if (page.length < PAGE) return;
  }
}

/** What the audit trail holds at these numbers, by number; those that it does not reach are left out. */
export async function auditHeadsAt(
  { store }: Pick<Context, 'store'>,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, ChainHead>> {
  const heads = await store.transact((unit) => unit.auditChain.at(numbers));
  return new Map(heads.map((head) => [head.number, head]));
}

/** The head of the audit trail; `undefined` while nothing is linked. */
export function auditHead({ store }: Pick<Context, 'store'>): Promise<ChainHead | undefined> {
  return store.transact((unit) => unit.auditChain.head());
}
