import { Client } from 'pg';
import { databaseFailure, unavailable } from './database-failure.js';
import { type DatabaseSettings, targetOf } from './database-settings.js';

/** A hub adds to the first; the others are written by functions of the owner. */
const TRAIL = 'audit_entries, audit_links, audit_pending';
const LINKING = 'link_audit_entries(bigint[], text[], text[], text[])';
/** The table of the schema's steps, which the owner alone writes. */
const STEPS = 'schema_migrations';

/** No such role, or one that no grant could limit. */
class HubRoleRefused extends Error {
  override readonly name = 'HubRoleRefused';
  readonly retryable = false;
}

/**
 * Lets a role do what a hub has to do in a migrated database, and no more: of the audit trail it may
 * read, add to and link, and change or remove nothing. `settings` are those of the owner of the tables. Throws
 * `HubRoleRefused` for a role that does not exist or may do everything anyway, and `StoreUnavailable`
 * if the database cannot be reached.
 */
export async function grantHubRole(settings: DatabaseSettings, role: string): Promise<void> {
  const target = targetOf(settings);
  const client = new Client({ connectionString: settings.url });
  try {
    await client.connect();
  } catch (error) {
    throw unavailable(target, error);
  }
  try {
    await client.query(grantsTo(await limitedRole(client, role)));
  } catch (error) {
    throw error instanceof HubRoleRefused ? error : databaseFailure(error, target);
  } finally {
    await client.end();
  }
}

/** The name as it is written in a statement. */
async function limitedRole(client: Client, role: string): Promise<string> {
  const { rows } = await client.query<{ name: string; unlimited: boolean }>(
    `SELECT quote_ident(rolname) AS name, rolsuper
       OR pg_has_role(oid, (SELECT relowner FROM pg_class WHERE oid = 'audit_entries'::regclass), 'MEMBER')
       AS unlimited
     FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  const [found] = rows;
  if (found === undefined) {
    throw new HubRoleRefused(
      `the database has no role ${role}; make it with CREATE ROLE … LOGIN, and run this again`,
    );
  }
  if (found.unlimited) {
    throw new HubRoleRefused(
      `role ${role} owns the tables or is a superuser, and could change the audit trail; give the hub a role of its own`,
    );
  }
  return found.name;
}

/** Several statements in one message are one transaction. */
function grantsTo(role: string): string {
  return [
    `GRANT USAGE ON SCHEMA public TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`,
    `GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${role}`,
    `REVOKE ALL ON ${TRAIL} FROM ${role}`,
    `GRANT SELECT ON ${TRAIL} TO ${role}`,
    `GRANT INSERT ON audit_entries TO ${role}`,
    `GRANT EXECUTE ON FUNCTION ${LINKING} TO ${role}`,
    `REVOKE INSERT, UPDATE, DELETE ON ${STEPS} FROM ${role}`,
  ].join('; ');
}
