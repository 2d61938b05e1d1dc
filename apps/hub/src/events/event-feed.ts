import { ok, type Result } from '@apollo-deploy/kernel';
import type { Store, StoredEvent, UnknownEvent } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from '../spokes/background-loop.js';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';

/** How often the log is looked at for what other replicas wrote, while anybody follows it. */
const EVERY_MS = 1000;
/** How many events are read, and handed on, at once. */
const PAGE = 200;
/** How many of the newest events are at hand, so that many followers cost one reading. */
const AT_HAND = 1000;

export interface EventFeedOptions {
  readonly store: Pick<Store, 'transact' | 'onCommit'>;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

/** Some of the newest events, without a gap: what follows on the event `base`. */
interface Window {
  readonly base: string | undefined;
  readonly events: readonly StoredEvent[];
}

/**
 * The event log for any number of followers: each reads on after the last event it has, at its own
 * pace. The newest events come from memory, which one reading of the log refills for all: when a
 * commit of this replica wrote some, and every second.
 */
export class EventFeed {
  private window: Window | undefined;
  private followers = 0;
  /** Rises whenever there may be something new. */
  private turns = 0;
  private waiting = new Set<() => void>();
  private readonly loop: BackgroundLoop;

  constructor(private readonly options: EventFeedOptions) {
    const { store, timer, random, log } = options;
    this.loop = new BackgroundLoop({
      name: 'reading events',
      everyMs: () => EVERY_MS,
      work: () => this.refill(),
      wokenBy: { store, by: ({ events }) => events && this.followers > 0 },
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

  /** Says that somebody follows from now on; the function returned says that they no longer do. */
  join(): () => void {
    this.followers += 1;
    this.loop.wake();
    return () => {
      this.followers -= 1;
    };
  }

  /** To be taken before `after`, for `newerThan`. */
  get turn(): number {
    return this.turns;
  }

  /** Up to 200 events after the one with this id, oldest first; absent = from the oldest. */
  async after(id: string | undefined): Promise<Result<readonly StoredEvent[], UnknownEvent>> {
    const start = startIn(this.window, id);
    if (start !== undefined) return ok(this.window?.events.slice(start, start + PAGE) ?? []);
    return this.options.store.transact((unit) => unit.events.after(id, PAGE));
  }

  /** The newest event there is; absent if nothing has ever happened. */
  newestId(): Promise<string | undefined> {
    return this.options.store.transact((unit) => unit.events.newestId());
  }

  /** Resolves when there may be more events than in this turn, or when `ended` does. */
  async newerThan(turn: number, ended: Promise<void>): Promise<void> {
    if (turn !== this.turns) return;
    let wake: () => void = () => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    this.waiting.add(wake);
    await Promise.race([woken, ended]);
    this.waiting.delete(wake);
  }

  private async refill(): Promise<void> {
    if (this.followers === 0) {
      this.window = undefined;
      return;
    }
    let window = this.window ?? (await this.begin());
    for (;;) {
      const newest = window.events.at(-1)?.id ?? window.base;
      const read = await this.options.store.transact((unit) => unit.events.after(newest, PAGE));
      if (!read.ok) {
        // The log is another one than before: followers are told so when they read on.
        this.window = undefined;
        this.wakeFollowers();
        return;
      }
      if (read.value.length === 0) return;
      window = enlarged(window, read.value);
      this.window = window;
      this.wakeFollowers();
      if (read.value.length < PAGE) return;
    }
  }

  private async begin(): Promise<Window> {
    const window = { base: await this.newestId(), events: [] };
    this.window = window;
    this.wakeFollowers();
    return window;
  }

  private wakeFollowers(): void {
    this.turns += 1;
    for (const wake of this.waiting) wake();
  }
}

/** Where in the window the event after this one is; absent = the window does not say. */
function startIn(window: Window | undefined, id: string | undefined): number | undefined {
  if (window === undefined) return undefined;
  const at = window.events.findLastIndex((event) => event.id === id);
  if (at !== -1) return at + 1;
  return id === window.base ? 0 : undefined;
}

function enlarged({ base, events }: Window, more: readonly StoredEvent[]): Window {
  const all = [...events, ...more];
  const tooMany = Math.max(0, all.length - AT_HAND);
  return { base: all[tooMany - 1]?.id ?? base, events: all.slice(tooMany) };
}
