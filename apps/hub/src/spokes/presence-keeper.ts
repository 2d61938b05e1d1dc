import { type Context, recordHeartbeats } from '@apollo-deploy/orchestration';
import { CLOSE_CODES } from '@apollo-deploy/protocol';
import { BackgroundLoop } from './background-loop.js';
import type { EventLog } from './event-log.js';
import type { SessionRegistry } from './session-registry.js';
import type { Timer } from './timer.js';

const EVERY_MS = 8000;

export interface PresenceKeeperOptions {
  readonly context: Context;
  readonly sessions: SessionRegistry;
  readonly timer: Timer;
  readonly random: () => number;
  readonly log: EventLog;
}

/**
 * Writes when spokes were last heard, all of them in one statement at most every 10 s. In the same
 * breath it looks whether their sessions still are the newest, so that a spoke which is revoked, or
 * has gone to another replica, loses its connection here without having to say anything. Of a
 * revocation it is told with the commit, also by other replicas, and does so at once.
 */
export class PresenceKeeper {
  private heard = new Map<string, string>();
  private readonly loop: BackgroundLoop;

  constructor(private readonly options: PresenceKeeperOptions) {
    const { context, sessions, timer, random, log } = options;
    this.loop = new BackgroundLoop({
      name: 'noting which spokes are there',
      everyMs: () => EVERY_MS,
      work: () => this.flush(),
      wokenBy: {
        store: context.store,
        by: ({ revoked = [], missed }) =>
          missed === true || revoked.some((spoke) => sessions.get(spoke) !== undefined),
      },
      timer,
      random,
      log,
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** The spoke was heard now. */
  note(spoke: string): void {
    this.heard.set(spoke, this.options.context.clock.now().toISOString());
  }

  private async flush(): Promise<void> {
    const heard = this.heard;
    this.heard = new Map();
    try {
      await recordHeartbeats(this.options.context, heard);
    } catch (error) {
      this.heard = new Map([...heard, ...this.heard]);
      throw error;
    }
    await this.endStaleSessions();
  }

  private async endStaleSessions(): Promise<void> {
    const { context, sessions } = this.options;
    const spokes = sessions.spokes();
    if (spokes.length === 0) return;
    const stored = await context.store.transact((unit) => unit.spokes.getMany(spokes));
    for (const { name, epoch, revoked } of stored) {
      const session = sessions.get(name);
      if (session === undefined || (session.epoch >= epoch && !revoked)) continue;
      session.end(
        revoked
          ? { code: CLOSE_CODES.revoked, reason: `spoke ${name} is revoked` }
          : {
              code: CLOSE_CODES.superseded,
              reason: `a newer session of spoke ${name} has taken over, or it has joined anew`,
            },
      );
    }
  }
}
