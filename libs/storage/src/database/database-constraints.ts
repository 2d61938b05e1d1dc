import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { StoredConstraint } from '@apollo-deploy/domain';
import {
  type AlreadyExists,
  type ConstraintRepository,
  type Page,
  pageOf,
  type PageRequest,
} from '@apollo-deploy/orchestration';
import { Conditions } from './conditions.js';
import { CONSTRAINTS } from './constraint-maps.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';

export class DatabaseConstraints implements ConstraintRepository {
  private readonly table: DatabaseTable<StoredConstraint>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, CONSTRAINTS);
  }

  get(id: string): Promise<StoredConstraint | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  all(): Promise<readonly StoredConstraint[]> {
    return this.table.select('ORDER BY id', []);
  }

  async insert(constraint: StoredConstraint): Promise<Result<StoredConstraint, AlreadyExists>> {
    const inserted = await this.table.insert({ ...constraint, version: 1 }, '');
    return inserted === undefined ? err({ code: 'already_exists' }) : ok(inserted);
  }

  async remove(id: string): Promise<boolean> {
    const removed = await this.session.query('DELETE FROM constraints WHERE id = $1 RETURNING id', [
      id,
    ]);
    return removed.length > 0;
  }

  async list(kind: string | undefined, page: PageRequest): Promise<Page<StoredConstraint>> {
    const conditions = new Conditions().and('kind = ?', kind).and('id > ?', page.after);
    const found = await this.table.select(conditions.page('id', page), conditions.parameters);
    return pageOf(found, page, ({ id }) => id);
  }
}
