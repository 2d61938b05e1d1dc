import { type Baseline, BASELINES_KEPT, type RollbackDemand } from '@apollo-deploy/domain';
import type { BaselineRepository, RollbackDemandRepository } from '../rollback-repositories.js';
import { TableView } from './memory-table.js';
import { baselineKey, type MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryBaselines implements BaselineRepository {
  private readonly view: TableView<Baseline, 'entity'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.baselines, transaction);
  }

  async newestOf(entities: readonly string[]): Promise<readonly Baseline[]> {
    return [...new Set(entities)]
      .sort()
      .flatMap((entity) => this.view.inGroup('entity', entity).at(-1) ?? []);
  }

  async ofEntities(entities: readonly string[]): Promise<readonly Baseline[]> {
    return [...new Set(entities)]
      .sort()
      .flatMap((entity) => this.view.inGroup('entity', entity).toReversed());
  }

  async put(baseline: Baseline): Promise<void> {
    this.view.remove(baselineKey(baseline));
    this.view.put(baseline);
    const forgotten = this.view.inGroup('entity', baseline.entity).slice(0, -BASELINES_KEPT);
    for (const old of forgotten) this.view.remove(baselineKey(old));
  }

  async removeOf(entity: string): Promise<void> {
    for (const one of this.view.inGroup('entity', entity)) this.view.remove(baselineKey(one));
  }
}

export class InMemoryRollbackDemands implements RollbackDemandRepository {
  private readonly view: TableView<RollbackDemand>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.rollbackDemands, transaction);
  }

  async ofEntities(entities: readonly string[]): Promise<readonly RollbackDemand[]> {
    return this.view.getMany(entities);
  }

  async put(demand: RollbackDemand): Promise<void> {
    this.view.put(demand);
  }

  async remove(entity: string): Promise<void> {
    this.view.remove(entity);
  }
}
