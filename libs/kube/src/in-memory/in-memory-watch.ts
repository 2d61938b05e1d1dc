import type { WatchEvent, WatchHandle } from '../kube-watch.js';

/** Delivers events to one handler, in order and never inside the call that caused them. */
export class InMemoryWatch implements WatchHandle {
  private readonly queue: WatchEvent[] = [];
  private draining = false;
  private stopped = false;

  constructor(
    private readonly handler: (event: WatchEvent) => void,
    private readonly onStop: (watch: InMemoryWatch) => void,
  ) {}

  push(event: WatchEvent): void {
    this.queue.push(event);
    if (this.draining) return;
    this.draining = true;
    queueMicrotask(() => this.drain());
  }

  stop(): void {
    this.stopped = true;
    this.onStop(this);
  }

  private drain(): void {
    this.draining = false;
    for (let event = this.queue.shift(); event !== undefined; event = this.queue.shift()) {
      if (this.stopped) return;
      if (isEnd(event)) this.stop();
      this.handler(event);
    }
  }
}

function isEnd({ type }: WatchEvent): boolean {
  return type === 'expired' || type === 'closed' || type === 'refused' || type === 'broken';
}
