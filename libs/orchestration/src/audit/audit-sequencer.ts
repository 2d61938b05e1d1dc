import { CHAIN_START, type ChainHead, nextLine } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { AuditLink } from '../ports/audit-chain.js';
import type { AuditEntry } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { chainedEntry } from './chained-entry.js';

const LEASE = 'audit-chain';
/** Longer than a batch takes. A replica that dies delays the chain by as much. */
const TTL_MS = 15_000;
/** Entries linked in one transaction. */
const BATCH = 500;

/**
 * Gives the entries of the audit trail their numbers and hashes, in the order in which they are seen
 * to be committed: what commits late comes later, and nothing ever comes to stand before a link. The
 * lease is acquired in the transaction that links, and its row stays locked until that has committed;
 * so of several replicas one links at a time, and one that dies in the middle has linked nothing.
 */
export class AuditSequencer {
  private seen: ChainHead | undefined;

  /** `holder`: one running process. */
  constructor(
    private readonly context: Context,
    private readonly holder: string,
  ) {}

  /** The head of the chain as the last `run` saw it in the end, whoever has linked it; absent: there was none. */
  get head(): ChainHead | undefined {
    return this.seen;
  }

  /** Links all that waits. Answers the new head; `undefined` if there was nothing to do for this replica. */
  async run(): Promise<ChainHead | undefined> {
    let reached: ChainHead | undefined;
    for (;;) {
      const head = await this.context.store.transact((unit) => this.linkSome(unit));
      if (head === undefined) return reached;
      reached = head;
    }
  }

  private async linkSome(unit: UnitOfWork): Promise<ChainHead | undefined> {
    const look = await unit.auditChain.look();
    this.seen = look.head;
    if (!look.isWaiting) return undefined;
    const now = this.context.clock.now().toISOString();
    const request = { name: LEASE, holder: this.holder, ttlMs: TTL_MS, now };
    if ((await unit.leases.acquire(request)) === undefined) return undefined;
    const head = (await unit.auditChain.head()) ?? CHAIN_START;
    const links = linksAfter(head, await unit.auditChain.waiting(BATCH));
    const last = links.at(-1);
    if (last === undefined) return undefined;
    await unit.finish(() => unit.auditChain.append(links));
    return { number: last.number, hash: last.hash };
  }
}

function linksAfter(start: ChainHead, entries: readonly AuditEntry[]): readonly AuditLink[] {
  let head = start;
  return entries.map((entry) => {
    const { number, previous, hash } = nextLine(head, chainedEntry(entry));
    head = { number, hash };
    return { number, entryId: entry.id, previous, hash };
  });
}
