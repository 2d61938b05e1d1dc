import type { Decline } from '@apollo-deploy/domain';
import type {
  DeclineRepository,
  DirtyQueue,
  EvaluationRecord,
  EvaluationRepository,
} from '@apollo-deploy/orchestration';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { DECLINES, EVALUATIONS } from './plan-maps.js';

export class DatabaseEvaluations implements EvaluationRepository {
  private readonly table: DatabaseTable<EvaluationRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, EVALUATIONS);
  }

  getMany(entities: readonly string[]): Promise<readonly EvaluationRecord[]> {
    return this.table.select('WHERE entity = ANY($1) ORDER BY entity', [entities]);
  }

  async missing(limit: number): Promise<readonly string[]> {
    const rows = await this.session.read(
      `SELECT name FROM entities
       WHERE NOT EXISTS (SELECT FROM evaluations WHERE entity = entities.name)
         AND NOT EXISTS (SELECT FROM dirty_entities WHERE entity = entities.name)
       ORDER BY name LIMIT $1`,
      [limit],
    );
    return rows.map(({ name }) => name as string);
  }

  put(records: readonly EvaluationRecord[]): Promise<void> {
    return this.table.upsert(records);
  }

  async dueAt(now: string, limit: number): Promise<readonly string[]> {
    const rows = await this.session.read(
      `SELECT entity FROM evaluations WHERE recheck_at <= $1
         AND NOT EXISTS (
           SELECT FROM dirty_entities mark WHERE mark.entity = evaluations.entity
         )
       ORDER BY recheck_at, entity LIMIT $2`,
      [now, limit],
    );
    return rows.map(({ entity }) => entity as string);
  }

  async nextDueAfter(now: string): Promise<string | undefined> {
    const [row] = await this.session.read(
      'SELECT recheck_at FROM evaluations WHERE recheck_at > $1 ORDER BY recheck_at LIMIT 1',
      [now],
    );
    return row === undefined ? undefined : (row['recheck_at'] as Date).toISOString();
  }
}

export class DatabaseDeclines implements DeclineRepository {
  private readonly table: DatabaseTable<Decline>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, DECLINES);
  }

  ofEntities(entities: readonly string[]): Promise<readonly Decline[]> {
    return this.table.select('WHERE entity = ANY($1) ORDER BY entity, content_key', [entities]);
  }

  put(decline: Decline): Promise<void> {
    return this.table.upsert([decline]);
  }

  async remove(entity: string, contentKey: string): Promise<void> {
    await this.session.query('DELETE FROM declines WHERE entity = $1 AND content_key = $2', [
      entity,
      contentKey,
    ]);
  }
}

/**
 * Marks are rows that are only added and taken. The oldest mark of an entity stands for it: who locks
 * it takes the entity with all of its marks, and nobody else can until that transaction ends. Neither
 * marking nor taking ever waits.
 */
export class DatabaseDirtyQueue implements DirtyQueue {
  constructor(private readonly session: DatabaseSession) {}

  async mark(entities: readonly string[], force = false): Promise<void> {
    if (entities.length === 0) return;
    await this.session.query(
      'INSERT INTO dirty_entities (entity, force) SELECT entity, $2 FROM unnest($1::text[]) entity',
      [[...new Set(entities)], force],
    );
    this.session.signals.noteDirty();
  }

  async take(
    limit: number,
  ): Promise<readonly { readonly entity: string; readonly force: boolean }[]> {
    const rows = await this.session.query(
      `WITH oldest AS (
         SELECT mark.id, mark.entity FROM dirty_entities mark
         WHERE NOT EXISTS (
           SELECT FROM dirty_entities older
           WHERE older.entity = mark.entity AND older.id < mark.id
         )
         ORDER BY mark.id LIMIT $1 FOR UPDATE OF mark SKIP LOCKED
       ), taken AS (
         DELETE FROM dirty_entities WHERE id IN (
           SELECT id FROM dirty_entities
           WHERE entity IN (SELECT entity FROM oldest) FOR UPDATE SKIP LOCKED
         ) RETURNING id, entity, force
       )
       SELECT entity, bool_or(force) AS force FROM taken GROUP BY entity ORDER BY min(id)`,
      [limit],
    );
    return rows.map((row) => ({ entity: row['entity'] as string, force: row['force'] as boolean }));
  }
}
