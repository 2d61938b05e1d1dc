import { type Baseline, BASELINES_KEPT, type RollbackDemand } from '@apollo-deploy/domain';
import type { BaselineRepository, RollbackDemandRepository } from '@apollo-deploy/orchestration';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { BASELINES, ROLLBACK_DEMANDS } from './rollback-maps.js';

/** The order among the baselines of an entity is that of their positions, given when written. */
export class DatabaseBaselines implements BaselineRepository {
  private readonly table: DatabaseTable<Baseline>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, BASELINES);
  }

  newestOf(entities: readonly string[]): Promise<readonly Baseline[]> {
    return this.table.select(
      `WHERE position IN (
         SELECT max(position) FROM baselines WHERE entity = ANY($1) GROUP BY entity
       ) ORDER BY entity`,
      [entities],
    );
  }

  ofEntities(entities: readonly string[]): Promise<readonly Baseline[]> {
    return this.table.select('WHERE entity = ANY($1) ORDER BY entity, position DESC', [entities]);
  }

  async put(baseline: Baseline): Promise<void> {
    const { entity, contentKey } = baseline;
    await this.session.query('DELETE FROM baselines WHERE entity = $1 AND content_key = $2', [
      entity,
      contentKey,
    ]);
    await this.table.upsert([baseline]);
    await this.session.query(
      `DELETE FROM baselines WHERE position IN (
         SELECT position FROM baselines WHERE entity = $1 ORDER BY position DESC OFFSET $2
       )`,
      [entity, BASELINES_KEPT],
    );
  }

  async removeOf(entity: string): Promise<void> {
    await this.session.query('DELETE FROM baselines WHERE entity = $1', [entity]);
  }
}

export class DatabaseRollbackDemands implements RollbackDemandRepository {
  private readonly table: DatabaseTable<RollbackDemand>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, ROLLBACK_DEMANDS);
  }

  ofEntities(entities: readonly string[]): Promise<readonly RollbackDemand[]> {
    return this.table.select('WHERE entity = ANY($1) ORDER BY entity', [entities]);
  }

  put(demand: RollbackDemand): Promise<void> {
    return this.table.upsert([demand]);
  }

  async remove(entity: string): Promise<void> {
    await this.session.query('DELETE FROM rollback_demands WHERE entity = $1', [entity]);
  }
}
