import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { AutomaticSuppression, Hold } from '@apollo-deploy/domain';
import {
  type AlreadyExists,
  type AutomaticSuppressionRepository,
  type HoldRepository,
  type Page,
  pageOf,
  type PageRequest,
} from '@apollo-deploy/orchestration';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { HOLDS, SUPPRESSIONS } from './restraint-maps.js';

export class DatabaseSuppressions implements AutomaticSuppressionRepository {
  private readonly table: DatabaseTable<AutomaticSuppression>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, SUPPRESSIONS);
  }

  get(id: string): Promise<AutomaticSuppression | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  ofEntities(entities: readonly string[]): Promise<readonly AutomaticSuppression[]> {
    return this.table.select('WHERE entity = ANY($1) ORDER BY entity', [entities]);
  }

  async endsIn(
    environments: readonly string[],
    now: string,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows = await this.session.read(
      `SELECT environment, array_agg(suppressed_until ORDER BY suppressed_until) AS ends
       FROM automatic_suppressions
       WHERE environment = ANY($1) AND suppressed_until > $2 GROUP BY environment`,
      [environments, now],
    );
    const ends = new Map<string, readonly string[]>(environments.map((name) => [name, []]));
    for (const row of rows) {
      const instants = (row['ends'] as readonly Date[]).map((instant) => instant.toISOString());
      ends.set(row['environment'] as string, instants);
    }
    return ends;
  }

  put(suppression: AutomaticSuppression): Promise<void> {
    return this.table.upsert([suppression]);
  }

  async remove(entity: string): Promise<void> {
    await this.session.query('DELETE FROM automatic_suppressions WHERE entity = $1', [entity]);
  }

  async list(
    now: string,
    page: PageRequest,
    environments?: readonly string[],
  ): Promise<Page<AutomaticSuppression>> {
    const conditions = new Conditions()
      .and('suppressed_until > ?', now)
      .and('environment = ANY(?)', environments)
      .and('id > ?', page.after);
    const found = await this.table.select(conditions.page('id', page), conditions.parameters);
    return pageOf(found, page, ({ id }) => id);
  }
}

export class DatabaseHolds implements HoldRepository {
  private readonly table: DatabaseTable<Hold>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, HOLDS);
  }

  get(id: string): Promise<Hold | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  ofEntities(entities: readonly string[]): Promise<readonly Hold[]> {
    return this.table.select('WHERE entity = ANY($1) ORDER BY entity', [entities]);
  }

  async insert(hold: Hold): Promise<Result<Hold, AlreadyExists>> {
    const inserted = await this.table.insert(hold, '(entity)');
    return inserted === undefined ? err({ code: 'already_exists' }) : ok(inserted);
  }

  async remove(id: string): Promise<boolean> {
    const removed = await this.session.query('DELETE FROM holds WHERE id = $1 RETURNING id', [id]);
    return removed.length > 0;
  }

  async list(page: PageRequest, environments?: readonly string[]): Promise<Page<Hold>> {
    const conditions = new Conditions()
      .and(
        'EXISTS (SELECT FROM entities WHERE name = holds.entity AND environment = ANY(?))',
        environments,
      )
      .and('id > ?', page.after);
    const found = await this.table.select(conditions.page('id', page), conditions.parameters);
    return pageOf(found, page, ({ id }) => id);
  }
}
