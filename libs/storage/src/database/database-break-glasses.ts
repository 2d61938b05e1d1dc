import type { BreakGlass } from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import {
  type BreakGlassFilter,
  type BreakGlassRepository,
  type Page,
  pageOf,
  type PageRequest,
  type VersionConflict,
} from '@apollo-deploy/orchestration';
import { instant, integer, json, optional, prose, text } from './columns.js';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { TableMap } from './table-map.js';
import { versionBefore } from './versioned-table.js';

const BREAK_GLASSES = new TableMap<BreakGlass>('break_glasses', ['id'], {
  id: text(),
  product: text(),
  environment: text(),
  deployment: optional(text()),
  waives: json(),
  reason: prose(),
  openedBy: text(),
  openedAt: instant(),
  until: instant('in_force_until'),
  dueAt: instant(),
  uses: integer(),
  plans: json(),
  ended: optional(json()),
  review: optional(json()),
  unusedAt: optional(instant()),
  overdueToldAt: optional(instant()),
  version: integer(),
});

/** As in the predicates of its indexes. */
const OWED = 'review IS NULL AND unused_at IS NULL';

export class DatabaseBreakGlasses implements BreakGlassRepository {
  private readonly table: DatabaseTable<BreakGlass>;
  private readonly unchanged = versionBefore(BREAK_GLASSES, 'id');

  constructor(session: DatabaseSession) {
    this.table = new DatabaseTable(session, BREAK_GLASSES);
  }

  get(id: string): Promise<BreakGlass | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  async insert(glass: BreakGlass): Promise<void> {
    const inserted = await this.table.insert(glass, '');
    if (inserted === undefined) {
      throw new InvariantViolation(`break-glass ${glass.id} is stored already`);
    }
  }

  async save(glass: BreakGlass): Promise<Result<BreakGlass, VersionConflict>> {
    const next = { ...glass, version: glass.version + 1 };
    const saved = await this.table.update(next, this.unchanged);
    return saved === undefined ? err({ code: 'version_conflict' }) : ok(saved);
  }

  owed(products: readonly string[]): Promise<readonly BreakGlass[]> {
    return this.table.select(`WHERE product = ANY($1) AND ${OWED} ORDER BY opened_at, id`, [
      products,
    ]);
  }

  overdueUntold(now: string, limit: number): Promise<readonly BreakGlass[]> {
    return this.table.select(
      `WHERE due_at <= $1 AND ${OWED} AND overdue_told_at IS NULL
       ORDER BY due_at, id LIMIT $2`,
      [now, limit],
    );
  }

  async list(filter: BreakGlassFilter, page: PageRequest): Promise<Page<BreakGlass>> {
    const conditions = new Conditions()
      .and('product = ?', filter.product)
      .and('environment = ?', filter.environment)
      .and('environment = ANY(?)', filter.environments)
      .and('opened_by = ?', filter.openedBy)
      .and(`(${OWED}) = ?`, filter.open)
      .and('id > ?', page.after);
    const found = await this.table.select(conditions.page('id', page), conditions.parameters);
    return pageOf(found, page, ({ id }) => id);
  }
}
