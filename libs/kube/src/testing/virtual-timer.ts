import type { Timer } from '../timer.js';

/** A timer that stands still until it is told how far to go. */
export class VirtualTimer implements Timer {
  private now = 0;
  private waits: { readonly at: number; readonly run: () => void }[] = [];

  after(delayMs: number, run: () => void): () => void {
    const wait = { at: this.now + delayMs, run };
    this.waits.push(wait);
    return () => {
      this.waits = this.waits.filter((other) => other !== wait);
    };
  }

  /** Milliseconds from now to the next thing waited for; null when nothing is. */
  get nextInMs(): number | null {
    return this.waits.length === 0 ? null : Math.min(...this.waits.map(({ at }) => at)) - this.now;
  }

  /** Goes forward, running what falls due on the way, in order of time. */
  advance(byMs: number): void {
    const until = this.now + byMs;
    for (;;) {
      const due = this.waits.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.now = due.at;
      this.waits = this.waits.filter((wait) => wait !== due);
      due.run();
    }
    this.now = until;
  }
}
