import type { Page, PageRequest } from '../page.js';
import type { PeopleRepository, PersonRecord } from '../people-repository.js';
import { pageByKey } from './memory-lists.js';
import { TableView } from './memory-table.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';
import { VersionedTable } from './versioned-table.js';

export class InMemoryPeople
  extends VersionedTable<PersonRecord, 'role'>
  implements PeopleRepository
{
  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    super(new TableView(tables.people, transaction), ({ name }) => name);
  }

  /** Works run one after another, so reading is enough. */
  lock(name: string): Promise<PersonRecord | undefined> {
    return this.get(name);
  }

  async withRoles(roles: readonly string[]): Promise<readonly PersonRecord[]> {
    const names = roles.flatMap((role) => this.view.inGroup('role', role).map(({ name }) => name));
    return this.view.getMany(names);
  }

  async list(page: PageRequest): Promise<Page<PersonRecord>> {
    return pageByKey(this.view, ({ name }) => name, page);
  }
}
