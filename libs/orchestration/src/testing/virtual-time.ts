import type { Clock } from '../ports/clock.js';
import type { Timer } from '../ports/timer.js';

interface Wait {
  at: number;
  readonly run: () => void;
}

/** A clock and a timer that stand still until they are told how far to go. */
export class VirtualTime implements Clock, Timer {
  private current = Date.parse('2026-01-05T09:00:00.000Z');
  private waits: Wait[] = [];
  private watchers: { readonly delayMs: number; readonly seen: () => void }[] = [];

  now(): Date {
    return new Date(this.current);
  }

  after(delayMs: number, run: () => void): () => void {
    const wait = { at: this.current + delayMs, run };
    this.waits.push(wait);
    const watcher = this.watchers.find((each) => each.delayMs === delayMs);
    if (watcher !== undefined) {
      this.watchers = this.watchers.filter((each) => each !== watcher);
      watcher.seen();
    }
    return () => {
      this.waits = this.waits.filter((other) => other !== wait);
    };
  }

  /** Resolves when somebody begins to wait for exactly this long. */
  waitBegins(delayMs: number): Promise<void> {
    return new Promise((seen) => this.watchers.push({ delayMs, seen }));
  }

  /** What is waited for, as milliseconds from now, soonest first. */
  get pending(): readonly number[] {
    return this.waits.map(({ at }) => at - this.current).sort((a, b) => a - b);
  }

  /** Somebody sets the clock back; what is waited for takes as long as before. */
  turnBack(byMs: number): void {
    this.current -= byMs;
    for (const wait of this.waits) wait.at -= byMs;
  }

  /** Goes forward, running what falls due on the way, in order of time. */
  advance(byMs: number): void {
    const until = this.current + byMs;
    for (;;) {
      const due = this.waits.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.current = due.at;
      this.waits = this.waits.filter((wait) => wait !== due);
      due.run();
    }
    this.current = until;
  }
}
