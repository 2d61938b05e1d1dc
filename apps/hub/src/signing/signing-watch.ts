import type { Context, KeySetRecord } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from '../spokes/background-loop.js';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';
import { tooFewKeys } from './too-few-keys.js';

/** How often it is looked for a newer key set although nobody told of any. */
const LOOK_EVERY_MS = 30_000;

export interface SigningWatchOptions {
  readonly context: Context;
  readonly timer: Timer;
  readonly random: () => number;
  readonly log: EventLog;
}

/**
 * Knows whether what this replica signs counts by the newest key set, and says in the log where a new one
 * makes it count for nothing, whichever replica has taken it.
 */
export class SigningWatch {
  private newest: KeySetRecord | undefined;
  private readonly loop: BackgroundLoop;

  constructor(private readonly options: SigningWatchOptions) {
    const { context, timer, random, log } = options;
    this.loop = new BackgroundLoop({
      name: 'looking for key sets',
      everyMs: () => LOOK_EVERY_MS,
      work: () => this.look(),
      wokenBy: {
        store: context.store,
        by: ({ keySets, missed }) => keySets === true || missed === true,
      },
      ...{ timer, random, log },
    });
  }

  /** As far as the newest key set has been seen here; none at all is no objection. */
  get signs(): boolean {
    const { signer, clock } = this.options.context;
    if (signer === undefined || this.newest === undefined) return signer !== undefined;
    const { expiresAt } = this.newest;
    const hasEnded = expiresAt !== undefined && Date.parse(expiresAt) <= clock.now().getTime();
    return !hasEnded && tooFewKeys(signer, this.newest) === null;
  }

  /** Without a key there is nothing to look for. */
  start(): void {
    if (this.options.context.signer !== undefined) this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async look(): Promise<void> {
    const { store, signer } = this.options.context;
    const newest = await store.transact((unit) => unit.keySets.newest());
    if (newest === undefined || newest.version === this.newest?.version) return;
    this.newest = newest;
    const warning = tooFewKeys(signer, newest);
    if (warning !== null) this.options.log.warn({ msg: warning });
  }
}
