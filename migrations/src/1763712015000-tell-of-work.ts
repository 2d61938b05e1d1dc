// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** Whoever marks an entity or writes a message tells the other replicas, with the commit. */
export class TellOfWork1763712015000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE FUNCTION tell_of_marks() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('apollo_signals', 'dirty');
        RETURN NULL;
      END $$`,
    `CREATE TRIGGER tell_of_marks AFTER INSERT ON dirty_entities
      FOR EACH STATEMENT EXECUTE FUNCTION tell_of_marks()`,
    `CREATE FUNCTION tell_of_messages() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('apollo_signals', 'outbox ' || spoke)
        FROM (SELECT DISTINCT spoke FROM added) AS told;
        RETURN NULL;
      END $$`,
    `CREATE TRIGGER tell_of_messages AFTER INSERT ON outbox_messages
      REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION tell_of_messages()`,
  ];
}
