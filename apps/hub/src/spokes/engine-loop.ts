import type { OrchestrationEngine, Store } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from './background-loop.js';
import type { EventLog } from './event-log.js';
import type { Timer } from './timer.js';

/** How often the queue is looked at for what other replicas left in it. */
const EVERY_MS = 1000;
/** How many turns pass between two looks for plans that a killed replica left undispatched. */
const TURNS_PER_RECOVERY = 30;

export interface EngineLoopOptions {
  readonly store: Pick<Store, 'onCommit'>;
  readonly engine: Pick<OrchestrationEngine, 'drainOnce' | 'recover'>;
  /** Called when entities were evaluated: their plans may wait for an earlier instant than before. */
  readonly onEvaluated: () => void;
  readonly timer: Timer;
  readonly random: () => number;
  readonly log: EventLog;
}

/** Empties the dirty queue: when a commit of this replica fills it, and every second. */
export class EngineLoop {
  /** 0 = the next turn begins with what a crash or an outage may have left. */
  private turnsToRecovery = 0;
  /** Whether a crash or a failed turn may have left something anywhere. */
  private everything = true;
  private stopping = false;
  private unsubscribe: () => void = () => undefined;
  private readonly loop: BackgroundLoop;

  constructor(private readonly options: EngineLoopOptions) {
    const { timer, random, log } = options;
    this.loop = new BackgroundLoop({
      name: 'evaluating entities',
      everyMs: EVERY_MS,
      work: () => this.drain(),
      timer,
      random,
      log,
    });
  }

  /** Begins with what a crash may have left behind. */
  start(): void {
    this.unsubscribe = this.options.store.onCommit(({ dirty }) => {
      if (dirty) this.loop.wake();
    });
    this.loop.start();
  }

  /** Resolves when the batch in hand is done. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.unsubscribe();
    await this.loop.stop();
  }

  private async drain(): Promise<void> {
    const { engine, onEvaluated } = this.options;
    const left = this.turnsToRecovery - 1;
    const recovering = left < 0;
    const { everything } = this;
    this.turnsToRecovery = 0;
    this.everything = true;
    if (recovering) await engine.recover({ everything });
    let evaluated = await engine.drainOnce();
    const some = evaluated > 0;
    while (evaluated > 0 && !this.stopping) evaluated = await engine.drainOnce();
    // Only now: a turn that fails half-way is followed by a recovery.
    this.turnsToRecovery = recovering ? TURNS_PER_RECOVERY : left;
    this.everything = false;
    if (some) onEvaluated();
  }
}
