import type { RunRecord } from '@apollo-deploy/domain';
import type { RunRepository } from '@apollo-deploy/orchestration';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { RUNS } from './run-map.js';

export class DatabaseRuns implements RunRepository {
  private readonly table: DatabaseTable<RunRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, RUNS);
  }

  ofEntities(entities: readonly string[]): Promise<readonly RunRecord[]> {
    return this.table.select('WHERE entity = ANY($1) ORDER BY entity, chart_sha256', [entities]);
  }

  lock(entities: readonly string[]): Promise<readonly RunRecord[]> {
    return this.table.lockAll('WHERE entity = ANY($1) ORDER BY entity, chart_sha256', [entities]);
  }

  underway(spokes: readonly string[]): Promise<readonly RunRecord[]> {
    return this.table.select(
      'WHERE spoke = ANY($1) AND healthy_since IS NOT NULL ORDER BY entity, chart_sha256',
      [spokes],
    );
  }

  leading(charts: readonly string[]): Promise<readonly RunRecord[]> {
    return this.table.select(
      `WHERE (entity, chart_sha256) IN (
         SELECT entity, chart_sha256 FROM (
           SELECT entity, chart_sha256, proven_at,
             row_number() OVER (
               PARTITION BY chart_sha256, environment ORDER BY proven_at NULLS LAST, entity
             ) AS by_proof,
             row_number() OVER (
               PARTITION BY chart_sha256, environment, healthy_since IS NULL
               ORDER BY coalesce(healthy_since, 'epoch') - healthy_ms * interval '1 ms', entity
             ) AS by_time
           FROM runs WHERE chart_sha256 = ANY($1)
         ) AS ranked
         WHERE (by_proof = 1 AND proven_at IS NOT NULL) OR by_time = 1
       ) ORDER BY entity, chart_sha256`,
      [charts],
    );
  }

  put(runs: readonly RunRecord[]): Promise<void> {
    return this.table.upsert(runs);
  }

  async removeOfCharts(charts: readonly string[]): Promise<void> {
    // Locked in the order in which heartbeats write them, so that neither waits for the other.
    await this.session.query(
      `DELETE FROM runs WHERE (entity, chart_sha256) IN (
         SELECT entity, chart_sha256 FROM runs WHERE chart_sha256 = ANY($1)
         ORDER BY entity, chart_sha256 FOR UPDATE
       )`,
      [charts],
    );
  }
}
