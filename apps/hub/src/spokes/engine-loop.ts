import type { Clock, OrchestrationEngine, Store } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from './background-loop.js';
import type { EventLog } from './event-log.js';
import type { Timer } from './timer.js';

/**
 * How often the queue is looked at although nobody told of anything in it: for what a replica left
 * that was killed with it in hand, and should a connection be dead without anybody noticing.
 */
const LOOK_EVERY_MS = 30_000;
/** How often while other replicas cannot be heard. */
const ASK_EVERY_MS = 1000;
/** How often plans are looked for that a killed replica left undispatched; by each look at least. */
const RECOVER_EVERY_MS = 20_000;

export interface EngineLoopOptions {
  readonly store: Pick<Store, 'onCommit' | 'hearsOthers'>;
  readonly engine: Pick<OrchestrationEngine, 'drainOnce' | 'recover'>;
  /** Called when entities were evaluated: their plans may wait for an earlier instant than before. */
  readonly onEvaluated: () => void;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: () => number;
  readonly log: EventLog;
}

/** Empties the dirty queue when a commit of any replica fills it. A quiet queue is left alone. */
export class EngineLoop {
  /** What a crash or an outage may have left has been looked for then. */
  private recoveredAt = -Infinity;
  /** Whether a crash or a failed turn may have left something anywhere. */
  private everything = true;
  private stopping = false;
  private readonly loop: BackgroundLoop;

  constructor(private readonly options: EngineLoopOptions) {
    const { store, timer, random, log } = options;
    this.loop = new BackgroundLoop({
      name: 'evaluating entities',
      everyMs: () => (store.hearsOthers() ? LOOK_EVERY_MS : ASK_EVERY_MS),
      work: () => this.drain(),
      wokenBy: { store, by: ({ dirty }) => dirty },
      timer,
      random,
      log,
    });
  }

  /** Begins with what a crash may have left behind. */
  start(): void {
    this.loop.start();
  }

  /** Resolves when the batch in hand is done. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.loop.stop();
  }

  private async drain(): Promise<void> {
    const { engine, onEvaluated, clock } = this.options;
    const { everything } = this;
    const now = clock.now().getTime();
    // Also when the clock was turned back.
    const recovering = everything || Math.abs(now - this.recoveredAt) >= RECOVER_EVERY_MS;
    this.everything = true;
    if (recovering) await engine.recover({ everything });
    let evaluated = await engine.drainOnce();
    const some = evaluated > 0;
    while (evaluated > 0 && !this.stopping) evaluated = await engine.drainOnce();
    // Only now: a turn that fails half-way is followed by a recovery.
    if (recovering) this.recoveredAt = now;
    this.everything = false;
    if (some) onEvaluated();
  }
}
