import type { Context, TokenUse } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from '../spokes/background-loop.js';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';

const EVERY_MS = 60_000;
/** So many tokens at most are remembered until they are written; there are never so many in a minute. */
const REMEMBERED_MAX = 10_000;

export interface TokenUsesOptions {
  readonly context: Context;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

/** Remembers when tokens are used, and writes it down once a minute: a request costs no write. */
export class TokenUses {
  private used = new Map<string, string>();
  private readonly loop: BackgroundLoop;

  constructor(private readonly options: TokenUsesOptions) {
    const { timer, random, log } = options;
    this.loop = new BackgroundLoop({
      name: 'noting when tokens are used',
      everyMs: () => EVERY_MS,
      work: () => this.write(),
      ...{ timer, random, log },
    });
  }

  note(id: string): void {
    if (this.used.size >= REMEMBERED_MAX && !this.used.has(id)) return;
    this.used.set(id, this.options.context.clock.now().toISOString());
  }

  start(): void {
    this.loop.start();
  }

  /** Writes what is left to write. */
  async stop(): Promise<void> {
    await this.loop.stop();
    await this.write();
  }

  /** What could not be written is tried again the next time, unless it was used since. */
  private async write(): Promise<void> {
    const taken = this.used;
    if (taken.size === 0) return;
    this.used = new Map();
    const uses: readonly TokenUse[] = [...taken].map(([id, at]) => ({ id, at }));
    try {
      await this.options.context.store.transact((unit) => unit.tokens.noteUses(uses));
    } catch (error) {
      this.used = new Map([...taken, ...this.used]);
      throw error;
    }
  }
}
