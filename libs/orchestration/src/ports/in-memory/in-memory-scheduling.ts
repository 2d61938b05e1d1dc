import {
  type Lease,
  LEASE_REACH,
  leaseEnd,
  type LeaseRepository,
  type LeaseRequest,
  type LeaseRow,
} from '../leases.js';
import type { OccurrenceRecord, OccurrenceRepository } from '../occurrences.js';
import { TableView } from './memory-table.js';
import { type MemoryTables, occurrenceKey } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryLeases implements LeaseRepository {
  private readonly view: TableView<LeaseRow>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.leases, transaction);
  }

  async acquire({ name, holder, ttlMs, now }: LeaseRequest): Promise<Lease | undefined> {
    const before = this.view.get(name);
    if (before !== undefined && before.holder !== holder && !mayPass(before, now)) return undefined;
    const lease = { name, holder, token: (before?.token ?? 0) + 1, until: leaseEnd(now, ttlMs) };
    this.view.put({ ...lease, ttlMs });
    return lease;
  }

  async renew(lease: Lease, ttlMs: number, now: string): Promise<Lease | undefined> {
    if (!(await this.fence(lease))) return undefined;
    const renewed = { ...lease, until: leaseEnd(now, ttlMs) };
    this.view.put({ ...renewed, ttlMs });
    return renewed;
  }

  async release(lease: Lease): Promise<void> {
    const row = this.view.get(lease.name);
    if (row === undefined || !isOf(row, lease)) return;
    const { until: _, ...released } = row;
    this.view.put(released);
  }

  /** Works run one after another, so looking is enough. */
  async fence(lease: Lease): Promise<boolean> {
    const row = this.view.get(lease.name);
    return row?.until !== undefined && isOf(row, lease);
  }
}

function isOf(row: LeaseRow, { token, holder }: Lease): boolean {
  return row.token === token && row.holder === holder;
}

export class InMemoryOccurrences implements OccurrenceRepository {
  private readonly view: TableView<OccurrenceRecord, 'schedule'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.occurrences, transaction);
  }

  async claim(occurrence: OccurrenceRecord): Promise<boolean> {
    if (this.view.get(occurrenceKey(occurrence)) !== undefined) return false;
    this.view.put(occurrence);
    return true;
  }

  async newest(schedules: readonly string[], until: string): Promise<ReadonlyMap<string, string>> {
    const limit = Date.parse(until);
    const newest = new Map<string, string>();
    for (const schedule of new Set(schedules)) {
      const starts = this.view
        .inGroup('schedule', schedule)
        .map(({ startsAt }) => Date.parse(startsAt))
        .filter((start) => start <= limit);
      const last = starts.reduce((latest, start) => Math.max(latest, start), -Infinity);
      if (last !== -Infinity) newest.set(schedule, new Date(last).toISOString());
    }
    return newest;
  }
}

function mayPass({ until, ttlMs }: LeaseRow, now: string): boolean {
  if (until === undefined) return true;
  const leftMs = Date.parse(until) - Date.parse(now);
  return leftMs <= 0 || leftMs > LEASE_REACH * ttlMs;
}
