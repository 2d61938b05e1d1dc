import type { Timer } from '@apollo-deploy/kube';
import type { Clock } from '../clock.js';

interface Wait {
  readonly at: number;
  readonly delayMs: number;
  readonly run: () => void;
}

/** A clock and its timer that stand still until they are told how far to go. */
export class VirtualTime implements Clock, Timer {
  private waits: Wait[] = [];
  private watchers: { readonly delayMs: number; readonly tell: () => void }[] = [];
  private nowMs: number;

  constructor(start = '2026-03-02T12:00:00.000Z') {
    this.nowMs = Date.parse(start);
  }

  now(): Date {
    return new Date(this.nowMs);
  }

  after(delayMs: number, run: () => void): () => void {
    const wait = { at: this.nowMs + delayMs, delayMs, run };
    this.waits.push(wait);
    for (const watcher of this.watchers.filter((other) => other.delayMs === delayMs))
      watcher.tell();
    this.watchers = this.watchers.filter((other) => other.delayMs !== delayMs);
    return () => {
      this.waits = this.waits.filter((other) => other !== wait);
    };
  }

  /** Milliseconds to each thing waited for, soonest first. */
  get pending(): readonly number[] {
    return this.waits.map(({ at }) => at - this.nowMs).sort((a, b) => a - b);
  }

  /** Resolves once something waits that asked to wait exactly this long. */
  waitBegins(delayMs: number): Promise<void> {
    if (this.waits.some((wait) => wait.delayMs === delayMs)) return Promise.resolve();
    return new Promise((tell) => this.watchers.push({ delayMs, tell }));
  }

  /** Goes forward, running what falls due on the way, in order of time. */
  advance(byMs: number): void {
    const until = this.nowMs + byMs;
    for (;;) {
      const due = this.waits.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.nowMs = due.at;
      this.waits = this.waits.filter((wait) => wait !== due);
      due.run();
    }
    this.nowMs = until;
  }
}
