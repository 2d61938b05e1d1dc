// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * People, with the roles that they have everywhere and in single environments. The two indexes find
 * who has a role; both lists hold names of roles only, so never what jsonb refuses.
 */
export class CreatePeople1763712050000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE people (
      name text COLLATE "C" PRIMARY KEY,
      roles json NOT NULL,
      grants json NOT NULL,
      disabled boolean NOT NULL,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL,
      version integer NOT NULL
    )`,
    `CREATE INDEX people_roles ON people USING gin ((roles::jsonb)) WHERE NOT disabled`,
    `CREATE INDEX people_granted_roles ON people
      USING gin (jsonb_path_query_array(grants::jsonb, '$[*].roles[*]')) WHERE NOT disabled`,
  ];
}
