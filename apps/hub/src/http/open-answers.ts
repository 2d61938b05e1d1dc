import { type Authority } from '@apollo-deploy/domain';
import { authoritiesNow, type Context, type Standing } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from '../spokes/background-loop.js';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';

/** How often it is looked at who still may, while anybody is being answered, in milliseconds. */
const EVERY_MS = 2_000;
/** For how long nobody may know who still may before nobody may, in milliseconds. */
const UNKNOWN_MS = 15_000;

/** Told what somebody may do from now on; `undefined` = they are not let in any more. */
export type OnAuthority = (authority: Authority | undefined) => void;

export interface OpenAnswersOptions {
  readonly context: Pick<Context, 'store' | 'clock'>;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

interface OpenAnswer {
  readonly standing: Standing;
  readonly changed: OnAuthority;
}

/**
 * Answers that take long, such as streams of events. Whoever gets one was let in when it began; here
 * it is looked at every two seconds, for all of them at once, whether they would be let in still, so
 * that a token which was revoked at any replica, a session that is over or a role that was taken away
 * ends what goes on under it. Where the store cannot be asked for 15 s, all of them end.
 */
export class OpenAnswers {
  private readonly open = new Set<OpenAnswer>();
  private readonly loop: BackgroundLoop;
  private knownAt = 0;

  constructor(private readonly options: OpenAnswersOptions) {
    const { timer, random, log } = options;
    this.loop = new BackgroundLoop({
      name: 'looking at who may still be answered',
      everyMs: () => EVERY_MS,
      work: () => this.look(),
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

  /**
   * Tells `changed`, at each look, what somebody may do, until the function returned is called.
   * `standing` absent = who needed no credentials, of which none can end: they are never told anything.
   */
  follow(standing: Standing | undefined, changed: OnAuthority): () => void {
    if (standing === undefined) return () => undefined;
    const answer = { standing, changed };
    if (this.open.size === 0) this.knownAt = this.options.context.clock.now().getTime();
    this.open.add(answer);
    return () => {
      this.open.delete(answer);
    };
  }

  private async look(): Promise<void> {
    const looked = [...this.open];
    if (looked.length === 0) return;
    const { context } = this.options;
    try {
      const standings = looked.map(({ standing }) => standing);
      const authorities = await authoritiesNow(context, standings);
      this.knownAt = context.clock.now().getTime();
      looked.forEach(({ changed }, index) => {
        changed(authorities[index]);
      });
    } catch (error) {
      const isKnown = context.clock.now().getTime() - this.knownAt < UNKNOWN_MS;
      if (!isKnown) for (const { changed } of looked) changed(undefined);
      throw error;
    }
  }
}
