import type { ChainHead } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type {
  AuditChain,
  AuditEntry,
  AuditLink,
  ChainLook,
  LinkedEntry,
} from '@apollo-deploy/orchestration';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { AUDIT_ENTRIES, AUDIT_LINKS } from './message-maps.js';
import type { Row } from './table-map.js';

/**
 * What waits stands in a queue that a trigger fills in the transaction of each entry, so it is there
 * as soon as that has committed, and not before: no position and no transaction number could be
 * passed over by one that commits late. Links are written by a function of the owner, which takes
 * nothing but what goes on after the head: the role of a hub need not have more rights.
 */
export class DatabaseAuditChain implements AuditChain {
  private readonly links: DatabaseTable<AuditLink>;
  private readonly entries: DatabaseTable<AuditEntry>;

  constructor(private readonly session: DatabaseSession) {
    this.links = new DatabaseTable(session, AUDIT_LINKS);
    this.entries = new DatabaseTable(session, AUDIT_ENTRIES);
  }

  async look(): Promise<ChainLook> {
    const [row = {}] = await this.session.read(
      `SELECT EXISTS (SELECT FROM audit_pending) AS waiting, ${AUDIT_LINKS.selection}
       FROM (VALUES (true)) AS one
       LEFT JOIN audit_links ON number = (SELECT max(number) FROM audit_links)`,
    );
    const isWaiting = row['waiting'] === true;
    return row['number'] === null ? { isWaiting } : { isWaiting, head: headOf(row) };
  }

  async waiting(limit: number): Promise<readonly AuditEntry[]> {
    const rows = await this.session.read(
      `SELECT entry_id AS waiting, ${AUDIT_ENTRIES.selection} FROM audit_pending
       LEFT JOIN audit_entries ON audit_entries.id = audit_pending.entry_id
       ORDER BY audit_pending.position LIMIT $1`,
      [limit],
    );
    return rows.map((row) => {
      if (row['id'] === null) throw missing(row['waiting'] as string);
      return AUDIT_ENTRIES.read(row);
    });
  }

  async head(): Promise<ChainHead | undefined> {
    return (await this.look()).head;
  }

  async at(numbers: readonly number[]): Promise<readonly ChainHead[]> {
    const found = await this.links.select('WHERE number = ANY($1)', [numbers]);
    return found.map(({ number, hash }) => ({ number, hash }));
  }

  async append(links: readonly AuditLink[]): Promise<void> {
    if (links.length === 0) return;
    await this.session.query(
      'SELECT link_audit_entries($1::bigint[], $2::text[], $3::text[], $4::text[])',
      AUDIT_LINKS.arrays(links),
    );
  }

  async after(number: number, limit: number): Promise<readonly LinkedEntry[]> {
    const tail = 'WHERE number > $1 ORDER BY number LIMIT $2';
    const links = await this.links.select(tail, [number, limit]);
    const found = await this.entries.select('WHERE id = ANY($1)', [
      links.map(({ entryId }) => entryId),
    ]);
    const entries = new Map(found.map((entry) => [entry.id, entry]));
    return links.map((link) => {
      const entry = entries.get(link.entryId);
      if (entry === undefined) throw missing(link.entryId);
      return { link, entry };
    });
  }
}

function headOf(row: Row): ChainHead {
  const { number, hash } = AUDIT_LINKS.read(row);
  return { number, hash };
}

/** Only an administrator can have done that. */
function missing(id: string): InvariantViolation {
  return new InvariantViolation(
    `audit entry ${id} is gone from the database, where nothing may delete it; compare it with your ` +
      'last export, and restore it from a backup',
  );
}
