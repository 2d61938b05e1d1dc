import { CLOSE_CODES, type HubPayload } from '@apollo-deploy/protocol';
import type { KeySetRecord, OutboxMessage } from '@apollo-deploy/orchestration';
import type { CloseReason } from './close-reason.js';
import { endsWithin, type Timer } from './timer.js';

/** A connection, as far as others deal with it. */
export interface Connection {
  /** Closes; nothing that comes after is handled. */
  end(reason: CloseReason): void;
  /** Finishes the frame it is at, says goodbye and closes; the reason is for people. */
  drain(reason: string): Promise<void>;
  /** Cuts the connection. */
  terminate(reason: string): void;
  /** Resolves when the connection is gone and the store knows. */
  readonly closed: Promise<void>;
}

/** A connection with an open session. */
export interface SessionConnection extends Connection {
  readonly spoke: string;
  readonly epoch: number;
  /** Ids of the messages of the outbox that it need not be given now. */
  known(): readonly string[];
  /** Sends what it may of this; `pending` is what the outbox holds for the spoke besides `known`. */
  deliver(pending: readonly OutboxMessage[], known: readonly string[]): void;
  /** Version of the newest key set that the spoke knows or was sent; absent: it goes by none. */
  readonly toldKeySet: number | undefined;
  /** Sends those of these that are newer; the lowest version first. */
  sendKeySets(sets: readonly KeySetRecord[]): void;
  /** Whether the spoke keeps heads of the audit trail. */
  readonly keepsAuditHeads: boolean;
  sendAuditHead(head: HubPayload<'audit.head'>): void;
}

/** A replica that stops waits this long for its connections to close, in milliseconds. */
const DRAIN_LIMIT_MS = 5000;
/** After the connections were cut: this long for the store to be told. */
const FAREWELL_LIMIT_MS = 2000;

/** The connections of this replica: one open session a spoke, the newest. */
export class SessionRegistry {
  private readonly connections = new Set<Connection>();
  private readonly sessions = new Map<string, SessionConnection>();
  private stopping = false;

  constructor(private readonly timer: Timer) {}

  /** True once the replica takes no more connections. */
  get closing(): boolean {
    return this.stopping;
  }

  /** Knows of the connection until it is closed. */
  track(connection: Connection): void {
    this.connections.add(connection);
    void connection.closed.then(() => this.connections.delete(connection));
  }

  /** Makes this the spoke's session; the older one of the two is closed as superseded. */
  admit(session: SessionConnection): void {
    const other = this.sessions.get(session.spoke);
    const [older, newer] =
      other !== undefined && other.epoch > session.epoch ? [session, other] : [other, session];
    this.sessions.set(newer.spoke, newer);
    older?.end({
      code: CLOSE_CODES.superseded,
      reason: `a newer session of spoke ${session.spoke} has taken over`,
    });
  }

  leave(session: SessionConnection): void {
    if (this.sessions.get(session.spoke) === session) this.sessions.delete(session.spoke);
  }

  get(spoke: string): SessionConnection | undefined {
    return this.sessions.get(spoke);
  }

  /** The spokes that have an open session here. */
  spokes(): readonly string[] {
    return [...this.sessions.keys()];
  }

  /** The open sessions. */
  all(): readonly SessionConnection[] {
    return [...this.sessions.values()];
  }

  /** Closes every connection; its spoke comes back, and tells all it has to. */
  renew(reason: string): void {
    for (const connection of this.connections) void connection.drain(reason);
  }

  /** Closes every connection and takes no more. Cuts off what has not closed in 5 s. */
  async shutDown(): Promise<void> {
    this.stopping = true;
    const open = [...this.connections];
    for (const connection of open) void connection.drain('this replica of the hub is stopping');
    const closed = Promise.all(open.map((connection) => connection.closed));
    if (await endsWithin(this.timer, DRAIN_LIMIT_MS, closed)) return;
    for (const connection of this.connections) connection.terminate('the replica is stopping');
    await endsWithin(this.timer, FAREWELL_LIMIT_MS, closed);
  }
}
