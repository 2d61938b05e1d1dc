import type { Recall } from '@apollo-deploy/domain';
import {
  type Page,
  pageOf,
  type PageRequest,
  type RecallRepository,
} from '@apollo-deploy/orchestration';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { RECALLS } from './catalog-maps.js';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';

export class DatabaseRecalls implements RecallRepository {
  private readonly table: DatabaseTable<Recall>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, RECALLS);
  }

  get(id: string): Promise<Recall | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  ofProducts(products: readonly string[]): Promise<readonly Recall[]> {
    return this.table.select('WHERE product = ANY($1) ORDER BY created_at, id', [products]);
  }

  async insert(recall: Recall): Promise<void> {
    const inserted = await this.table.insert(recall, '');
    if (inserted === undefined) {
      throw new InvariantViolation(`recall ${recall.id} is stored already`);
    }
  }

  async remove(id: string): Promise<boolean> {
    const removed = await this.session.query('DELETE FROM recalls WHERE id = $1 RETURNING id', [
      id,
    ]);
    return removed.length > 0;
  }

  async list(product: string | undefined, page: PageRequest): Promise<Page<Recall>> {
    const conditions = new Conditions().and('product = ?', product).and('id > ?', page.after);
    const found = await this.table.select(conditions.page('id', page), conditions.parameters);
    return pageOf(found, page, ({ id }) => id);
  }
}
