import { err, ok, type Result } from '@apollo-deploy/kernel';
import { OPEN_PLAN_STATES, type Plan } from '@apollo-deploy/domain';
import {
  type OpenPlanExists,
  type Page,
  pageOf,
  type PageRequest,
  type PlanFilter,
  type PlanStorage,
  rowsToRead,
  type VersionConflict,
} from '@apollo-deploy/orchestration';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { PLANS } from './plan-maps.js';
import type { Row } from './table-map.js';
import { versionBefore } from './versioned-table.js';

/** The predicate of the unique index that allows one open plan an entity. */
const IS_OPEN = `state IN (${OPEN_PLAN_STATES.map((state) => `'${state}'`).join(', ')})`;

const UNCHANGED = versionBefore(PLANS, 'id');

/** As the index `plans_due` has it. */
const WAITS = "state IN ('PENDING', 'BLOCKED')";

/** Plans in PostgreSQL, within one transaction. */
export class DatabasePlanStorage implements PlanStorage {
  private readonly table: DatabaseTable<Plan>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, PLANS);
  }

  get(id: string): Promise<Plan | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  async insert(plan: Plan): Promise<Result<Plan, OpenPlanExists>> {
    const inserted = await this.table.insert({ ...plan, version: 1 }, `(entity) WHERE ${IS_OPEN}`);
    return inserted === undefined ? err({ code: 'open_plan_exists' }) : ok(inserted);
  }

  async save(plan: Plan): Promise<Result<Plan, VersionConflict>> {
    const saved = await this.table.update({ ...plan, version: plan.version + 1 }, UNCHANGED);
    return saved === undefined ? err({ code: 'version_conflict' }) : ok(saved);
  }

  openOf(entities: readonly string[]): Promise<readonly Plan[]> {
    return this.table.select(`WHERE entity = ANY($1) AND ${IS_OPEN} ORDER BY entity`, [entities]);
  }

  async executingIn(environments: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.session.read(
      `SELECT environment, count(*)::integer AS plans FROM plans
       WHERE state = 'EXECUTING' AND environment = ANY($1) GROUP BY environment`,
      [environments],
    );
    const counts = new Map(environments.map((name) => [name, 0]));
    for (const { environment, plans } of rows) counts.set(environment as string, plans as number);
    return counts;
  }

  async dueAt(now: string, limit: number): Promise<readonly string[]> {
    const rows = await this.session.read(
      `SELECT entity FROM plans WHERE ${WAITS} AND recheck_at <= $1
         AND NOT EXISTS (SELECT FROM dirty_entities mark WHERE mark.entity = plans.entity)
       ORDER BY recheck_at, entity LIMIT $2`,
      [now, limit],
    );
    return rows.map(entityOf);
  }

  async nextDueAfter(now: string): Promise<string | undefined> {
    const [row] = await this.session.read(
      `SELECT recheck_at FROM plans WHERE ${WAITS} AND recheck_at > $1
       ORDER BY recheck_at LIMIT 1`,
      [now],
    );
    return row === undefined ? undefined : (row['recheck_at'] as Date).toISOString();
  }

  /** Looks for the code as `JSON.stringify` writes it: within a text its quotes would be escaped. */
  async blockedBy(code: string, environments: readonly string[]): Promise<readonly string[]> {
    const rows = await this.session.read(
      `SELECT entity FROM plans WHERE state = 'BLOCKED' AND environment = ANY($1)
         AND strpos(violations::text, $2) > 0 ORDER BY entity`,
      [environments, `"code":${JSON.stringify(code)}`],
    );
    return rows.map(entityOf);
  }

  async pendingIn(
    environments: readonly string[] | undefined,
    page: PageRequest,
  ): Promise<Page<string>> {
    const rows = await this.session.read(
      `SELECT entity FROM plans WHERE state = 'PENDING' AND entity > $1
         AND ($2::text[] IS NULL OR environment = ANY($2)) ORDER BY entity LIMIT $3`,
      [page.after ?? '', environments ?? null, rowsToRead(page)],
    );
    return pageOf(rows.map(entityOf), page, (entity) => entity);
  }

  async pendingRestores(page: PageRequest): Promise<Page<string>> {
    const rows = await this.session.read(
      `SELECT entity FROM plans WHERE state = 'PENDING' AND entity > $1
         AND (plan_class = 'repair' OR type = 'rollback') ORDER BY entity LIMIT $2`,
      [page.after ?? '', rowsToRead(page)],
    );
    return pageOf(rows.map(entityOf), page, (entity) => entity);
  }

  async list(filter: PlanFilter, page: PageRequest): Promise<Page<Plan>> {
    const conditions = new Conditions()
      .and('entity = ?', filter.entity)
      .and('environment = ?', filter.environment)
      .and('state = ?', filter.state)
      .and('type = ?', filter.type)
      .and('created_at >= ?', filter.from)
      .and('created_at < ?', filter.to)
      .and(
        '(created_at, position) < (SELECT created_at, position FROM plans WHERE id = ?)',
        page.after,
      );
    const found = await this.table.select(
      conditions.page('created_at DESC, position DESC', page),
      conditions.parameters,
    );
    return pageOf(found, page, ({ id }) => id);
  }
}

function entityOf({ entity }: Row): string {
  return entity as string;
}
