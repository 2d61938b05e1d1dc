import type { RunRecord } from '@apollo-deploy/domain';
import type { RunRepository } from '../run-repository.js';
import { compositeKey, TableView } from './memory-table.js';
import type { MemoryTables, RunGroup } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryRuns implements RunRepository {
  private readonly view: TableView<RunRecord, RunGroup>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.runs, transaction);
  }

  async ofEntities(entities: readonly string[]): Promise<readonly RunRecord[]> {
    return this.inGroups('entity', entities).sort(byKey);
  }

  lock(entities: readonly string[]): Promise<readonly RunRecord[]> {
    return this.ofEntities(entities);
  }

  async underway(spokes: readonly string[]): Promise<readonly RunRecord[]> {
    return this.inGroups('underway', spokes).sort(byKey);
  }

  async leading(charts: readonly string[]): Promise<readonly RunRecord[]> {
    const leaders = new Map<string, RunRecord>();
    const compete = (run: RunRecord, kind: string, order: Order): void => {
      const key = compositeKey(kind, run.chartSha256, run.environment);
      const best = leaders.get(key);
      if (best === undefined || order(run, best) < 0) leaders.set(key, run);
    };
    for (const run of this.inGroups('chart', charts)) {
      if (run.provenAt !== undefined) compete(run, 'proven', byProof);
      compete(run, run.healthySince === undefined ? 'paused' : 'underway', byTime);
    }
    return [...new Set(leaders.values())].sort(byKey);
  }

  async put(runs: readonly RunRecord[]): Promise<void> {
    for (const run of runs) this.view.put(run);
  }

  async removeOfCharts(charts: readonly string[]): Promise<void> {
    for (const { entity, chartSha256 } of this.inGroups('chart', charts)) {
      this.view.remove(compositeKey(entity, chartSha256));
    }
  }

  private inGroups(group: RunGroup, values: readonly string[]): RunRecord[] {
    return [...new Set(values)].flatMap((value) => this.view.inGroup(group, value));
  }
}

type Order = (one: RunRecord, other: RunRecord) => number;

const byProof: Order = (one, other) =>
  instantOf(one.provenAt) - instantOf(other.provenAt) || byKey(one, other);

/** Of two that are underway, the one that would have begun first had it never paused. */
const byTime: Order = (one, other) =>
  instantOf(one.healthySince) - one.healthyMs - (instantOf(other.healthySince) - other.healthyMs) ||
  byKey(one, other);

const byKey: Order = (one, other) => (keyOf(one) < keyOf(other) ? -1 : 1);

function keyOf({ entity, chartSha256 }: RunRecord): string {
  return `${entity} ${chartSha256}`;
}

function instantOf(text = '1970-01-01T00:00:00Z'): number {
  return Date.parse(text);
}
