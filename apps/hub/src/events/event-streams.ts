import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';
import { Refused } from '../http/refused.js';
import type { EventFeed } from './event-feed.js';
import type { EventFilter } from './event-filter.js';
import { EventStream, startOf, type StreamSink, type StreamStart } from './event-stream.js';

/** How many readers one replica serves at once. */
const STREAMS_MAX = 256;
const RETRY_AFTER_SECONDS = 10;

export interface EventStreamsOptions {
  readonly feed: EventFeed;
  readonly timer: Timer;
  readonly log: EventLog;
}

/** Everybody who reads events here. */
export class EventStreams {
  private readonly running = new Map<EventStream, Promise<void>>();
  private stopping = false;

  constructor(private readonly options: EventStreamsOptions) {}

  /** Where a reader begins that has the event `last`. Refuses more readers than there may be. */
  start(last: string | undefined): Promise<StreamStart> {
    if (this.running.size >= STREAMS_MAX) {
      throw new Refused('http/too_many_streams', {
        detail: `${String(STREAMS_MAX)} readers follow the events of this replica already; close some, or come again later`,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    return startOf(this.options.feed, last);
  }

  /** Serves a reader until its connection ends. */
  async serve(sink: StreamSink, start: StreamStart, filter: EventFilter): Promise<void> {
    const stream = new EventStream({ ...this.options, sink, filter });
    // It came while the hub was ending: the reader goes to another replica.
    if (this.stopping) stream.stop();
    const run = stream.run(start);
    this.running.set(stream, run);
    await run;
    this.running.delete(stream);
  }

  /** Ends all streams in order, and those that are still to begin. */
  async shutDown(): Promise<void> {
    this.stopping = true;
    for (const stream of this.running.keys()) stream.stop();
    await Promise.all(this.running.values());
  }
}
