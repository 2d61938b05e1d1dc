// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * A chain over the audit trail, and a queue of what it does not hold yet. A trigger fills the queue,
 * so that entries of an older version of the hub, beside or before this one, are not left out. What
 * stands in the trail is refused to be changed, also to the owner of the tables.
 */
export class ChainAuditEntries1763712045000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE audit_links (
      number bigint PRIMARY KEY,
      entry_id text COLLATE "C" NOT NULL,
      previous text NOT NULL,
      hash text NOT NULL,
      CONSTRAINT audit_links_entry UNIQUE (entry_id)
    )`,
    `CREATE TABLE audit_pending (
      position bigint PRIMARY KEY,
      entry_id text COLLATE "C" NOT NULL
    )`,
    `CREATE FUNCTION queue_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO audit_pending (position, entry_id) SELECT position, id FROM added;
        RETURN NULL;
      END $$`,
    `CREATE TRIGGER queue_audit_entries AFTER INSERT ON audit_entries
      REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION queue_audit_entries()`,
    // The trigger waits until nobody writes entries, so all that it has missed is seen here.
    `INSERT INTO audit_pending (position, entry_id) SELECT position, id FROM audit_entries`,
    `CREATE FUNCTION refuse_audit_changes() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the audit trail only grows: % of % is refused', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'insufficient_privilege',
            HINT = 'Write a new entry that says what was wrong with the old one.';
      END $$`,
    `CREATE TRIGGER refuse_audit_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_changes()`,
    `CREATE TRIGGER refuse_audit_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_links
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_changes()`,
  ];
}
