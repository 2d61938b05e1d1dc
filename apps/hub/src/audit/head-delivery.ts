import type { ChainHead } from '@apollo-deploy/domain';
import { auditHeadsAt, type Context } from '@apollo-deploy/orchestration';
import type { SessionConnection } from '../spokes/session-registry.js';

/** How often a session is told at most, in milliseconds. */
const EVERY_MS = 60_000;

type Session = Pick<SessionConnection, 'keepsAuditHeads' | 'sendAuditHead'>;

interface Told extends ChainHead {
  readonly atMs: number;
}

/**
 * Tells spokes how far the audit trail reaches: each when its session has begun, and at most once a minute
 * where that has moved, then with what stands now where it ended the last time. A spoke is told only what
 * was read after its session began, and by one reader, so that an honest hub never tells it an older head
 * after a newer one.
 */
export class HeadDelivery {
  private readonly told = new WeakMap<Session, Told>();

  constructor(
    private readonly sessions: { all(): readonly Session[] },
    private readonly context: Pick<Context, 'store' | 'clock'>,
  ) {}

  /** The sessions that `tell` may tell of a head which is read from now on. */
  due(): readonly Session[] {
    const now = this.context.clock.now().getTime();
    return this.sessions.all().filter((session) => {
      if (!session.keepsAuditHeads) return false;
      const told = this.told.get(session);
      // Also when the clock was turned back.
      return told === undefined || Math.abs(now - told.atMs) >= EVERY_MS;
    });
  }

  /** Asks the store nothing where nobody is to be told, or for the first time only. */
  async tell(due: readonly Session[], head: ChainHead): Promise<void> {
    const now = this.context.clock.now();
    const moved = due.filter((session) => !isSame(this.told.get(session), head));
    const earlier = new Set(moved.flatMap((session) => this.told.get(session)?.number ?? []));
    const stands = earlier.size === 0 ? undefined : await auditHeadsAt(this.context, [...earlier]);
    for (const session of moved) {
      const before = stands?.get(this.told.get(session)?.number ?? 0);
      this.told.set(session, { ...head, atMs: now.getTime() });
      const at = now.toISOString();
      session.sendAuditHead({ ...head, at, ...(before !== undefined && { before }) });
    }
  }
}

function isSame(told: Told | undefined, { number, hash }: ChainHead): boolean {
  return told?.number === number && told.hash === hash;
}
