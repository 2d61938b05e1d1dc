import type { Decline } from '@apollo-deploy/domain';
import type { EvaluationRecord } from '../records.js';
import type { DeclineRepository, DirtyQueue, EvaluationRepository } from '../unit-of-work.js';
import { dueEntities, nextDue } from './memory-lists.js';
import { compositeKey, TableView } from './memory-table.js';
import type { DirtyRow, MemoryTables, UnevaluatedRow } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryEvaluations implements EvaluationRepository {
  private readonly view: TableView<EvaluationRecord, 'timed'>;
  private readonly unevaluated: TableView<UnevaluatedRow>;
  private readonly dirty: TableView<DirtyRow>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.evaluations, transaction);
    this.unevaluated = new TableView(tables.unevaluated, transaction);
    this.dirty = new TableView(tables.dirty, transaction);
  }

  async getMany(entities: readonly string[]): Promise<readonly EvaluationRecord[]> {
    return this.view.getMany(entities);
  }

  async missing(limit: number): Promise<readonly string[]> {
    return this.unevaluated.first(limit).map(({ row }) => row.entity);
  }

  async put(records: readonly EvaluationRecord[]): Promise<void> {
    for (const record of records) this.view.put(record);
  }

  async dueAt(now: string, limit: number): Promise<readonly string[]> {
    return dueEntities(this.view.inGroup('timed', ''), this.dirty, now).slice(0, limit);
  }

  async nextDueAfter(now: string): Promise<string | undefined> {
    return nextDue(this.view.inGroup('timed', ''), now);
  }
}

export class InMemoryDeclines implements DeclineRepository {
  private readonly view: TableView<Decline, 'entity'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.declines, transaction);
  }

  async ofEntities(entities: readonly string[]): Promise<readonly Decline[]> {
    return [...new Set(entities)].flatMap((entity) => this.view.inGroup('entity', entity));
  }

  async put(decline: Decline): Promise<void> {
    this.view.put(decline);
  }

  async remove(entity: string, contentKey: string): Promise<void> {
    this.view.remove(compositeKey(entity, contentKey));
  }
}

export class InMemoryDirtyQueue implements DirtyQueue {
  private readonly view: TableView<DirtyRow>;

  constructor(
    tables: MemoryTables,
    private readonly transaction: MemoryTransaction,
  ) {
    this.view = new TableView(tables.dirty, transaction);
  }

  async mark(entities: readonly string[], force = false): Promise<void> {
    for (const entity of entities) {
      this.view.put({ entity, force: force || this.view.get(entity)?.force === true });
      this.transaction.signals.noteDirty();
    }
  }

  async take(limit: number): Promise<readonly DirtyRow[]> {
    const taken = this.view.first(limit).map(({ row }) => row);
    for (const { entity } of taken) this.view.remove(entity);
    return taken;
  }
}
