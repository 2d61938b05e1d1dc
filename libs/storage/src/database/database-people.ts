import {
  type Page,
  pageOf,
  type PageRequest,
  type PeopleRepository,
  type PersonRecord,
} from '@apollo-deploy/orchestration';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { PEOPLE } from './people-map.js';
import { VersionedTable } from './versioned-table.js';

/** Exactly what the index `people_granted_roles` is over, or it would not be used. */
const GRANTED_ROLES = `jsonb_path_query_array(grants::jsonb, '$[*].roles[*]')`;

export class DatabasePeople extends VersionedTable<PersonRecord> implements PeopleRepository {
  constructor(session: DatabaseSession) {
    super(session, PEOPLE);
  }

  lock(name: string): Promise<PersonRecord | undefined> {
    return this.table.lock('name = $1', [name]);
  }

  withRoles(roles: readonly string[]): Promise<readonly PersonRecord[]> {
    return this.table.select(
      `WHERE NOT disabled AND machine IS NOT TRUE AND (roles::jsonb ?| $1 OR ${GRANTED_ROLES} ?| $1) ORDER BY name`,
      [roles],
    );
  }

  async list(page: PageRequest): Promise<Page<PersonRecord>> {
    const conditions = new Conditions().and('name > ?', page.after);
    const found = await this.table.select(conditions.page('name', page), conditions.parameters);
    return pageOf(found, page, ({ name }) => name);
  }
}
