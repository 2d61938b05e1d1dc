import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { EventLog, NewEvent, StoredEvent, UnknownEvent } from '@apollo-deploy/orchestration';
import type { DatabaseSession } from './database-session.js';
import { EVENTS } from './message-maps.js';

/** Every transaction that may still come before, or among, what it guards has ended. */
const SETTLED = 'transaction < pg_snapshot_xmin(pg_current_snapshot())';

/**
 * When it happened, in milliseconds, tells an event from one of the same numbers that was lost: the
 * server that took over from another gives numbers anew that the other gave last.
 */
const IDENTITY = `transaction || '-' || position || '-' || floor(extract(epoch FROM at) * 1000)`;
const SELECT = `SELECT ${IDENTITY} AS id, ${EVENTS.selection} FROM events`;

/** A transaction and a position, which stay within what PostgreSQL takes for one, and a time. */
const ID = /^(\d{1,18})-(\d{1,18})-\d{1,18}$/;

interface Cursor {
  readonly transaction: string;
  readonly position: string;
}

/**
 * Events in PostgreSQL, in the order of the transactions that wrote them, and within each in the order
 * of writing. A transaction gets its number before it writes, and may commit after one with a later
 * number; so events are shown only once no transaction with an earlier number is open any more.
 * Positions alone would not do: they are drawn in one order and committed in another.
 */
export class DatabaseEventLog implements EventLog {
  constructor(private readonly session: DatabaseSession) {}

  async append(events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.session.query(EVENTS.insertion, EVENTS.arrays(events));
    this.session.signals.noteEvents();
  }

  async after(
    id: string | undefined,
    limit: number,
  ): Promise<Result<readonly StoredEvent[], UnknownEvent>> {
    if (id === undefined) return ok(await this.read(`WHERE ${SETTLED}`, [limit]));
    const cursor = cursorOf(id);
    if (cursor === undefined) return err({ code: 'unknown_event' });
    // One statement, so that nothing can be forgotten between finding the event and reading on.
    const [known, ...events] = await this.read(
      `WHERE (transaction, position) >= ($2::xid8, $3::bigint) AND ${SETTLED}`,
      [limit + 1, cursor.transaction, cursor.position],
    );
    return known?.id === id ? ok(events) : err({ code: 'unknown_event' });
  }

  async newestId(): Promise<string | undefined> {
    const [newest] = await this.session.read(
      `${SELECT} WHERE ${SETTLED} ORDER BY transaction DESC, position DESC LIMIT 1`,
    );
    return newest?.['id'] as string | undefined;
  }

  async forgetBefore(instant: string): Promise<void> {
    // Of another server, whose database was restored here: its numbers would stand after all to come.
    await this.session.query(
      'DELETE FROM events WHERE transaction >= pg_snapshot_xmax(pg_current_snapshot())',
    );
    await this.session.query(
      `DELETE FROM events WHERE (transaction, position) < (
         SELECT transaction, position FROM (
           (SELECT 1 AS choice, transaction, position FROM events WHERE at >= $1
            ORDER BY transaction, position LIMIT 1)
           UNION ALL
           (SELECT 2, transaction, position FROM events
            ORDER BY transaction DESC, position DESC LIMIT 1)
         ) AS kept ORDER BY choice LIMIT 1
       )`,
      [instant],
    );
  }

  private async read(
    where: string,
    parameters: readonly unknown[],
  ): Promise<readonly StoredEvent[]> {
    const rows = await this.session.read(
      `${SELECT} ${where} ORDER BY transaction, position LIMIT $1`,
      parameters,
    );
    return rows.map((row) => ({ id: row['id'] as string, ...EVENTS.read(row) }));
  }
}

function cursorOf(id: string): Cursor | undefined {
  const [, transaction, position] = ID.exec(id) ?? [];
  return transaction === undefined || position === undefined
    ? undefined
    : { transaction, position };
}
