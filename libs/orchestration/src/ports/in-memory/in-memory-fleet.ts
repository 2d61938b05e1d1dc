import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type { Entity } from '@apollo-deploy/domain';
import { type Page, pageOf, type PageRequest, rowsToRead } from '../page.js';
import type { ReleaseStateRecord, ReleaseSummary, SpokeRecord } from '../records.js';
import type { AlreadyExists } from '../already-exists.js';
import type {
  InstantRange,
  ReleaseFilter,
  ReleaseStateRepository,
  SpokeRepository,
} from '../fleet-repositories.js';
import { pageByKey } from './memory-lists.js';
import { compositeKey, TableView } from './memory-table.js';
import { type EntityGroup, type MemoryTables, releaseKey } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

type ReleaseKey = Pick<ReleaseStateRecord, 'spoke' | 'namespace' | 'releaseName'>;

export class InMemorySpokes implements SpokeRepository {
  private readonly view: TableView<SpokeRecord>;

  constructor(
    tables: MemoryTables,
    private readonly transaction: MemoryTransaction,
  ) {
    this.view = new TableView(tables.spokes, transaction);
  }

  async get(name: string): Promise<SpokeRecord | undefined> {
    return this.view.get(name);
  }

  /** Works run one after another, so reading is enough. */
  lock(name: string): Promise<SpokeRecord | undefined> {
    return this.get(name);
  }

  async getMany(names: readonly string[]): Promise<readonly SpokeRecord[]> {
    return this.view.getMany(names);
  }

  lockShared(names: readonly string[]): Promise<readonly SpokeRecord[]> {
    return this.getMany(names);
  }

  async insert(spoke: SpokeRecord): Promise<Result<SpokeRecord, AlreadyExists>> {
    if (this.view.get(spoke.name) !== undefined) return err({ code: 'already_exists' });
    return ok(this.view.put(spoke));
  }

  async save(spoke: SpokeRecord): Promise<void> {
    if (this.view.get(spoke.name) === undefined) {
      throw new InvariantViolation(`spoke ${spoke.name} was saved before it was inserted`);
    }
    this.view.put(spoke);
    if (spoke.revoked) this.transaction.signals.noteRevoked(spoke.name);
  }

  async seen(at: ReadonlyMap<string, string>): Promise<void> {
    for (const [name, lastSeenAt] of at) {
      const spoke = this.view.get(name);
      if (spoke === undefined) continue;
      const before = spoke.lastSeenAt;
      if (before !== undefined && Date.parse(before) >= Date.parse(lastSeenAt)) continue;
      this.view.put({ ...spoke, lastSeenAt });
    }
  }

  async lastHeardIn(ranges: readonly InstantRange[]): Promise<readonly string[]> {
    const bounds = ranges.map(({ after, until }) => ({
      after: after === undefined ? -Infinity : Date.parse(after),
      until: Date.parse(until),
    }));
    return this.view
      .all()
      .filter(({ row: { revoked, lastSeenAt } }) => {
        const at = revoked || lastSeenAt === undefined ? NaN : Date.parse(lastSeenAt);
        return bounds.some(({ after, until }) => at > after && at <= until);
      })
      .map(({ row }) => row.name)
      .sort();
  }

  async list(page: PageRequest, environments?: readonly string[]): Promise<Page<SpokeRecord>> {
    return pageByKey(
      this.view,
      ({ name }) => name,
      page,
      ({ environment }) => environments?.includes(environment) ?? true,
    );
  }
}

export class InMemoryReleaseStates implements ReleaseStateRepository {
  private readonly view: TableView<ReleaseStateRecord, 'spoke'>;
  private readonly entities: TableView<Entity, EntityGroup>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.releaseStates, transaction);
    this.entities = new TableView(tables.entities, transaction);
  }

  async get(
    spoke: string,
    namespace: string,
    releaseName: string,
  ): Promise<ReleaseStateRecord | undefined> {
    return this.view.get(compositeKey(spoke, namespace, releaseName));
  }

  async ofSpoke(spoke: string): Promise<readonly ReleaseStateRecord[]> {
    return this.view.inGroup('spoke', spoke);
  }

  async list(
    { spoke, unmanaged }: ReleaseFilter,
    page: PageRequest,
  ): Promise<Page<ReleaseSummary>> {
    const start = sortable(page.after ?? '');
    const found = this.view
      .inGroup('spoke', spoke)
      .filter((row) => sortable(nameOf(row)) > start)
      .filter((row) => !unmanaged || this.entities.inGroup('release', releaseKey(row)).length === 0)
      .sort((a, b) => (sortable(nameOf(a)) < sortable(nameOf(b)) ? -1 : 1));
    return pageOf(found.slice(0, rowsToRead(page)), page, nameOf);
  }

  async summaries(keys: readonly ReleaseKey[]): Promise<readonly ReleaseSummary[]> {
    return this.view.getMany(keys.map(releaseKey));
  }

  async put(records: readonly ReleaseStateRecord[]): Promise<void> {
    for (const record of records) this.view.put(record);
  }

  async remove(keys: readonly ReleaseKey[]): Promise<void> {
    for (const key of keys) this.view.remove(releaseKey(key));
  }
}

function nameOf({ namespace, releaseName }: ReleaseStateRecord): string {
  return `${namespace}/${releaseName}`;
}

/** Namespaces come before what they begin: the slash sorts after `-`, which they may hold. */
function sortable(name: string): string {
  return name.replace('/', '\0');
}
