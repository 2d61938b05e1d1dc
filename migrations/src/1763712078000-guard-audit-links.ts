// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/**
 * A hub whose role owns nothing links the audit trail by a function of the owner, and needs no right on
 * the chain and its queue themselves: a link goes on after the head and takes its entry out of the
 * queue, or is refused. Whether a hash is the right one only a reader of the whole chain can tell. A
 * version before links as the owner; with a role that is limited anew it leaves what waits to this one.
 */
export class GuardAuditLinks1763712078000 extends ForwardOnlyMigration {
  protected readonly statements = [
    `CREATE OR REPLACE FUNCTION queue_audit_entries() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        INSERT INTO public.audit_pending (position, entry_id) SELECT position, id FROM added;
        RETURN NULL;
      END $$`,
    `CREATE FUNCTION link_audit_entries(
      numbers bigint[], entry_ids text[], previous_hashes text[], hashes text[]
    ) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        head public.audit_links;
        wrong bigint;
        taken bigint;
      BEGIN
        SELECT * INTO head FROM public.audit_links ORDER BY number DESC LIMIT 1;
        SELECT count(*) INTO wrong FROM (
          SELECT link.*,
            lag(number, 1, coalesce(head.number, 0)) OVER given AS number_before,
            lag(hash, 1, coalesce(head.hash, repeat('0', 64))) OVER given AS hash_before
          FROM unnest(numbers, previous_hashes, hashes)
            WITH ORDINALITY AS link (number, previous, hash, place)
          WINDOW given AS (ORDER BY place)
        ) AS link
        WHERE number IS DISTINCT FROM number_before + 1 OR previous IS DISTINCT FROM hash_before
          OR hash !~ '^[0-9a-f]{64}$' OR hash IS NULL;
        IF wrong > 0 THEN
          RAISE EXCEPTION 'the links do not go on after the head of the audit trail'
            USING ERRCODE = 'check_violation';
        END IF;
        INSERT INTO public.audit_links (number, entry_id, previous, hash)
          SELECT * FROM unnest(numbers, entry_ids, previous_hashes, hashes);
        DELETE FROM public.audit_pending USING public.audit_entries AS entry
          WHERE entry.id = ANY (entry_ids) AND audit_pending.position = entry.position
            AND audit_pending.entry_id = entry.id;
        GET DIAGNOSTICS taken = ROW_COUNT;
        IF taken <> cardinality(numbers) THEN
          RAISE EXCEPTION 'an entry that does not wait was to be linked to the audit trail'
            USING ERRCODE = 'check_violation';
        END IF;
      END $$`,
    // Whoever may call the one could fill the queue from a table of their own.
    `REVOKE ALL ON FUNCTION queue_audit_entries() FROM PUBLIC`,
    `REVOKE ALL ON FUNCTION link_audit_entries(bigint[], text[], text[], text[]) FROM PUBLIC`,
  ];
}
