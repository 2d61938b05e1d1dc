import { err, ok, type Result } from '@apollo-deploy/kernel';
import { OPEN_PLAN_STATES, type Plan, type PlanState } from '@apollo-deploy/domain';
import {
  checkPlace,
  type OpenPlanExists,
  type Page,
  pageOf,
  type PageRequest,
  type PlaceInLine,
  type PlanFilter,
  type RecentPlans,
  type PlanStorage,
  rowsToRead,
  type SlotCounts,
  type SlotHolders,
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

const NEWEST_FIRST = 'created_at DESC, position DESC';
const AFTER_PLAN = '(created_at, position) < (SELECT created_at, position FROM plans WHERE id = ?)';
/** Begins after no plan elsewhere, as if it were not there. */
const AFTER_PLAN_AMONG = `(created_at, position) <
  (SELECT created_at, position FROM plans WHERE id = ? AND environment = ANY($1))`;

const UNCHANGED = versionBefore(PLANS, 'id');

/** As the index `plans_due` has it. */
const WAITS = "state IN ('PENDING', 'BLOCKED')";

/** Those that have slots, with the column of plans that names them and its parameter. */
const SLOT_COLUMNS = [
  { kind: 'environments', column: 'environment', names: '$1::text[]' },
  { kind: 'products', column: 'product', names: '$2::text[]' },
  { kind: 'spokes', column: 'spoke', names: '$3::text[]' },
] as const satisfies { kind: keyof SlotHolders; column: string; names: string }[];

const EXECUTING = SLOT_COLUMNS.map(
  ({ kind, column, names }) =>
    `SELECT '${kind}' AS kind, ${column} AS name, count(*)::integer AS plans FROM plans
     WHERE state = 'EXECUTING' AND ${column} = ANY(${names}) GROUP BY ${column}`,
).join(' UNION ALL ');

/** Each line is read from its own index, in order, and only as far as it is wanted. */
const LINE = `SELECT entity, environment, product, spoke, in_line_since FROM (${SLOT_COLUMNS.map(
  ({ column, names }) =>
    `SELECT waiting.* FROM unnest(${names}) AS holder(name) CROSS JOIN LATERAL (
       SELECT entity, environment, product, spoke, in_line_since, position FROM plans
       WHERE ${column} = holder.name AND state = 'BLOCKED' AND in_line_since IS NOT NULL
         AND environment <> ALL($4) AND product <> ALL($5) AND spoke <> ALL($6)
       ORDER BY in_line_since, position LIMIT $7) AS waiting`,
).join(' UNION ')}) AS line ORDER BY in_line_since, position`;

function slotParameters({ environments, products, spokes }: SlotHolders): readonly unknown[] {
  return [environments, products, spokes];
}

/** Plans in PostgreSQL, within one transaction. */
export class DatabasePlanStorage implements PlanStorage {
  private readonly table: DatabaseTable<Plan>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, PLANS);
  }

  get(id: string): Promise<Plan | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  getMany(ids: readonly string[]): Promise<readonly Plan[]> {
    return this.table.select('WHERE id = ANY($1)', [ids]);
  }

  async statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, PlanState>> {
    const rows = await this.session.read('SELECT id, state FROM plans WHERE id = ANY($1)', [ids]);
    return new Map(rows.map(({ id, state }) => [id as string, state as PlanState]));
  }

  async insert(plan: Plan): Promise<Result<Plan, OpenPlanExists>> {
    checkPlace(plan);
    const inserted = await this.table.insert({ ...plan, version: 1 }, `(entity) WHERE ${IS_OPEN}`);
    return inserted === undefined ? err({ code: 'open_plan_exists' }) : ok(inserted);
  }

  async save(plan: Plan): Promise<Result<Plan, VersionConflict>> {
    checkPlace(plan);
    const saved = await this.table.update({ ...plan, version: plan.version + 1 }, UNCHANGED);
    return saved === undefined ? err({ code: 'version_conflict' }) : ok(saved);
  }

  openOf(entities: readonly string[]): Promise<readonly Plan[]> {
    return this.table.select(`WHERE entity = ANY($1) AND ${IS_OPEN} ORDER BY entity`, [entities]);
  }

  async executing(holders: SlotHolders): Promise<SlotCounts> {
    const rows = await this.session.read(EXECUTING, slotParameters(holders));
    const counts = (kind: keyof SlotHolders): ReadonlyMap<string, number> => {
      const found = rows.filter((row) => row['kind'] === kind);
      const none = holders[kind].map((name) => [name, 0] as const);
      return new Map([
        ...none,
        ...found.map(({ name, plans }) => [name as string, plans as number] as const),
      ]);
    };
    return {
      environments: counts('environments'),
      products: counts('products'),
      spokes: counts('spokes'),
    };
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

  async line(
    holders: SlotHolders,
    without: SlotHolders,
    limit: number,
  ): Promise<readonly PlaceInLine[]> {
    const parameters = [...slotParameters(holders), ...slotParameters(without), limit];
    const rows = await this.session.read(LINE, parameters);
    return rows.map(({ entity, environment, product, spoke, in_line_since: since }) => ({
      entity: entity as string,
      environment: environment as string,
      product: product as string,
      spoke: spoke as string,
      since: (since as Date).toISOString(),
    }));
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
         AND (plan_class = 'repair' OR (type = 'rollback' AND plan_class NOT IN ('ordinary', 'hotfix')))
       ORDER BY entity LIMIT $2`,
      [page.after ?? '', rowsToRead(page)],
    );
    return pageOf(rows.map(entityOf), page, (entity) => entity);
  }

  recentOf(wanted: readonly RecentPlans[], limit: number): Promise<readonly Plan[]> {
    return this.table.select(
      `WHERE id IN (
         SELECT recent.id FROM unnest($1::text[], $2::timestamptz[]) AS wanted(entity, since)
         CROSS JOIN LATERAL (
           SELECT id FROM plans WHERE plans.entity = wanted.entity AND created_at >= wanted.since
           ORDER BY ${NEWEST_FIRST} LIMIT $3
         ) AS recent)
       ORDER BY entity, ${NEWEST_FIRST}`,
      [wanted.map(({ entity }) => entity), wanted.map(({ from }) => from), limit],
    );
  }

  async list(filter: PlanFilter, page: PageRequest): Promise<Page<Plan>> {
    const { environments } = filter;
    const conditions = new Conditions()
      .and('environment = ANY(?)', environments)
      .and('entity = ?', filter.entity)
      .and('environment = ?', filter.environment)
      .and('state = ?', filter.state)
      .and('type = ?', filter.type)
      .and('created_at >= ?', filter.from)
      .and('created_at < ?', filter.to)
      .and(environments === undefined ? AFTER_PLAN : AFTER_PLAN_AMONG, page.after);
    const rows = conditions.page(NEWEST_FIRST, page);
    const isAmongMany = environments !== undefined && filter.environment === undefined;
    const tail = isAmongMany && filter.entity === undefined ? newestOfEach(rows, page) : rows;
    return pageOf(await this.table.select(tail, conditions.parameters), page, ({ id }) => id);
  }
}

/**
 * The newest of several environments by the newest of each, which an index has in order: however many
 * plans others have, no more are read than a page for each.
 */
function newestOfEach(rows: string, page: PageRequest): string {
  const ofOne = rows.replace('WHERE ', 'WHERE environment = among.name AND ');
  return `WHERE id = ANY (ARRAY(
    SELECT newest.id FROM unnest($1::text[]) AS among(name)
    CROSS JOIN LATERAL (SELECT id FROM plans ${ofOne}) AS newest
  )) ORDER BY ${NEWEST_FIRST} LIMIT ${rowsToRead(page)}`;
}

function entityOf({ entity }: Row): string {
  return entity as string;
}
