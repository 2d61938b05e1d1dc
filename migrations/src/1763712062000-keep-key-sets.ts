// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** The keys that sign plans, one set after another, as they are told to spokes. */
export class KeepKeySets1763712062000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE TABLE key_sets (
      version bigint PRIMARY KEY CHECK (version > 0),
      threshold integer NOT NULL,
      keys json NOT NULL,
      expires_at text COLLATE "C",
      envelope json NOT NULL,
      added_at timestamptz NOT NULL,
      added_by text NOT NULL
    )`,
    `CREATE FUNCTION tell_of_key_sets() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('apollo_signals', 'keys');
        RETURN NULL;
      END $$`,
    `CREATE TRIGGER tell_of_key_sets AFTER INSERT ON key_sets
      FOR EACH STATEMENT EXECUTE FUNCTION tell_of_key_sets()`,
  ];
}
