import type { Context, OutboxMessage } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from './background-loop.js';
import type { EventLog } from './event-log.js';
import type { SessionRegistry } from './session-registry.js';
import type { Timer } from './timer.js';

/**
 * How often the messages of all connected spokes are read although nobody told of any, should the
 * connection on which others are heard be dead without anybody noticing.
 */
const LOOK_EVERY_MS = 30_000;
/** How often while other replicas cannot be heard. */
const ASK_EVERY_MS = 500;

export interface OutboxDeliveryOptions {
  readonly context: Context;
  readonly sessions: SessionRegistry;
  readonly timer: Timer;
  readonly random: () => number;
  readonly log: EventLog;
}

/**
 * Brings the messages of the outbox to the spokes that are connected here: at once where a commit of
 * any replica wrote one, and by a sweep over all in one query. What is under way already is not read
 * again, so that a sweep costs what is new. Reads only; a message leaves the outbox when its spoke
 * acknowledges it.
 */
export class OutboxDelivery {
  private wanted = new Set<string>();
  private sweepAt = 0;
  /** Messages may have been written, or asked for in vain, that nobody knows of. */
  private unsure = true;
  private unsubscribe: () => void = () => undefined;
  private readonly loop: BackgroundLoop;

  constructor(private readonly options: OutboxDeliveryOptions) {
    const { timer, random, log } = options;
    this.loop = new BackgroundLoop({
      name: 'outbox delivery',
      everyMs: () => this.everyMs,
      work: () => this.turn(),
      timer,
      random,
      log,
    });
  }

  start(): void {
    this.unsubscribe = this.options.context.store.onCommit(({ outbox, missed }) => {
      if (missed === true) this.sweepNow();
      else this.wake(outbox);
    });
    this.loop.start();
  }

  async stop(): Promise<void> {
    this.unsubscribe();
    await this.loop.stop();
  }

  /** There may be something for these spokes; those not connected here are nothing to us. */
  wake(spokes: readonly string[]): void {
    const here = spokes.filter((spoke) => this.options.sessions.get(spoke) !== undefined);
    if (here.length === 0) return;
    for (const spoke of here) this.wanted.add(spoke);
    this.loop.wake();
  }

  private get everyMs(): number {
    return this.options.context.store.hearsOthers() ? LOOK_EVERY_MS : ASK_EVERY_MS;
  }

  private sweepNow(): void {
    this.unsure = true;
    this.loop.wake();
  }

  private async turn(): Promise<void> {
    const now = this.options.context.clock.now().getTime();
    const sweep = this.unsure || now >= this.sweepAt;
    this.unsure = false;
    const spokes = sweep ? this.options.sessions.spokes() : [...this.wanted];
    this.wanted = new Set();
    try {
      await this.deliver(spokes);
    } catch (error) {
      this.unsure = true;
      throw error;
    }
    if (sweep) this.sweepAt = now + this.everyMs / 2;
  }

  private async deliver(spokes: readonly string[]): Promise<void> {
    const { context, sessions } = this.options;
    // What a session knows holds for that session only: a newer one of the spoke is asked anew.
    const asked = spokes.flatMap((spoke) => sessions.get(spoke) ?? []);
    if (asked.length === 0) return;
    const known = new Map(asked.map((session) => [session, session.known()]));
    const pending = await context.store.transact((unit) =>
      unit.outbox.pending(
        asked.map(({ spoke }) => spoke),
        [...known.values()].flat(),
      ),
    );
    const bySpoke = new Map<string, OutboxMessage[]>(asked.map(({ spoke }) => [spoke, []]));
    for (const message of pending) bySpoke.get(message.spoke)?.push(message);
    for (const [session, ids] of known) session.deliver(bySpoke.get(session.spoke) ?? [], ids);
  }
}
