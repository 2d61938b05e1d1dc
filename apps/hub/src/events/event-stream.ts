import type { EventLog } from '../spokes/event-log.js';
import { endsWithin, type Timer } from '../spokes/timer.js';
import type { EventFeed } from './event-feed.js';
import { type EventFilter, isWanted } from './event-filter.js';
import {
  eventFrame,
  HEARTBEAT_FRAME,
  positionFrame,
  resetFrame,
  RETRY_FRAME,
} from './event-frames.js';

/** How often something is sent at least, in milliseconds. */
const HEARTBEAT_MS = 15_000;
/** How long a reader may take to make room for more, in milliseconds. */
const STALLED_MS = 30_000;
/** The id of what is before the first event there ever was. */
const BEFORE_ALL = '0';

/** What is needed of an HTTP response to stream into it. */
export interface StreamSink {
  /** False = there is no room for more until `drain`. */
  write(text: string): boolean;
  /** Ends it in order. */
  end(): void;
  /** Ends it at once. */
  destroy(): void;
  once(event: 'drain' | 'close', listener: () => void): unknown;
  readonly writableNeedDrain: boolean;
}

export interface EventStreamOptions {
  readonly feed: EventFeed;
  readonly sink: StreamSink;
  readonly filter: EventFilter;
  readonly timer: Timer;
  readonly log: EventLog;
}

/** Where a stream begins. */
export interface StreamStart {
  /** The last event that its reader has; absent = none. */
  readonly cursor: string | undefined;
  /** What its reader asked to go on from, if that is not known any more. */
  readonly unknown?: string;
}

/** Where a reader begins that has the event `last`, or none yet: then with what happens from now on. */
export async function startOf(feed: EventFeed, last: string | undefined): Promise<StreamStart> {
  if (last !== undefined && last !== BEFORE_ALL) return { cursor: last };
  const cursor = await feed.newestId();
  return last === undefined || cursor === undefined ? { cursor } : { cursor, unknown: last };
}

/**
 * Sends one reader the events it wants, in order and each once, for as long as its connection lasts.
 * Holds one page of events at most: more are read when there is room for them, and a reader that makes
 * none for half a minute loses its connection; it can go on later where it was.
 */
export class EventStream {
  private cursor: string | undefined;
  /** The last position that the reader was told. */
  private told: string | undefined;
  private closed = false;
  private close: () => void = () => undefined;
  private readonly ended: Promise<void>;
  private stopHeartbeat: () => void = () => undefined;
  private filter: EventFilter;

  constructor(private readonly options: EventStreamOptions) {
    this.filter = options.filter;
    this.ended = new Promise((resolve) => {
      this.close = () => {
        this.closed = true;
        resolve();
      };
    });
    options.sink.once('close', this.close);
  }

  /** Resolves when the connection has ended, whoever ended it. Never rejects. */
  async run({ cursor, unknown }: StreamStart): Promise<void> {
    const leave = this.options.feed.join();
    try {
      this.cursor = cursor;
      const { sink } = this.options;
      sink.write(RETRY_FRAME);
      if (unknown === undefined) this.tellPosition();
      else this.reset(unknown);
      this.beatLater();
      while (!this.closed) await this.step();
    } catch (error) {
      this.options.log.warn({
        msg: 'a stream of events ended early; its reader comes again',
        err: error,
      });
    } finally {
      this.stopHeartbeat();
      leave();
      this.options.sink.end();
    }
  }

  /** Ends it in order. */
  stop(): void {
    this.close();
  }

  /** From the next event that is sent, its reader wants these. */
  refine(filter: EventFilter): void {
    this.filter = filter;
  }

  private async step(): Promise<void> {
    const { feed } = this.options;
    const { turn } = feed;
    const read = await feed.after(this.cursor);
    if (!read.ok) {
      const unknown = this.cursor ?? BEFORE_ALL;
      this.cursor = await feed.newestId();
      this.reset(unknown);
      return;
    }
    const last = read.value.at(-1);
    if (last === undefined) return feed.newerThan(turn, this.ended);
    this.cursor = last.id;
    const wanted = read.value.filter((event) => isWanted(event, this.filter));
    if (wanted.length === 0) return;
    this.told = wanted.at(-1)?.id;
    await this.send(wanted.map(eventFrame).join(''));
  }

  private async send(text: string): Promise<void> {
    const { sink, timer, log } = this.options;
    if (this.closed || sink.write(text)) return;
    const drained = new Promise<void>((resolve) => sink.once('drain', resolve));
    if (await endsWithin(timer, STALLED_MS, Promise.race([drained, this.ended]))) return;
    log.warn({
      msg: 'a reader of events does not keep up; its connection is closed, and it may go on later',
      after: this.told,
    });
    this.close();
    sink.destroy();
  }

  private reset(unknown: string): void {
    this.told = this.cursor ?? BEFORE_ALL;
    this.options.sink.write(resetFrame(this.told, unknown));
  }

  private tellPosition(): void {
    const position = this.cursor ?? BEFORE_ALL;
    if (position === this.told) return;
    this.told = position;
    this.options.sink.write(positionFrame(position));
  }

  /** Also tells the position, which the events that the reader does not want have moved. */
  private beatLater(): void {
    const { sink, timer } = this.options;
    this.stopHeartbeat = timer.after(HEARTBEAT_MS, () => {
      if (!sink.writableNeedDrain) {
        sink.write(HEARTBEAT_FRAME);
        this.tellPosition();
      }
      this.beatLater();
    });
  }
}
