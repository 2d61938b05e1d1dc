import type { Recall } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { Page, PageRequest } from '../page.js';
import type { RecallRepository } from '../recalls.js';
import { pageByKey } from './memory-lists.js';
import { TableView } from './memory-table.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryRecalls implements RecallRepository {
  private readonly view: TableView<Recall, 'product'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.recalls, transaction);
  }

  async get(id: string): Promise<Recall | undefined> {
    return this.view.get(id);
  }

  async ofProducts(products: readonly string[]): Promise<readonly Recall[]> {
    return [...new Set(products)]
      .flatMap((product) => this.view.inGroup('product', product))
      .sort(oldestFirst);
  }

  async insert(recall: Recall): Promise<void> {
    if (this.view.get(recall.id) !== undefined) {
      throw new InvariantViolation(`recall ${recall.id} is stored already`);
    }
    this.view.put(recall);
  }

  async remove(id: string): Promise<boolean> {
    if (this.view.get(id) === undefined) return false;
    this.view.remove(id);
    return true;
  }

  async list(product: string | undefined, page: PageRequest): Promise<Page<Recall>> {
    return pageByKey(
      this.view,
      ({ id }) => id,
      page,
      (recall) => product === undefined || recall.product === product,
    );
  }
}

function oldestFirst(a: Recall, b: Recall): number {
  return Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1);
}
