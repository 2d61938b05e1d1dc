import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';
import { environmentsFor } from '@apollo-deploy/domain';
import type { Standing } from '@apollo-deploy/orchestration';
import type { OpenAnswers } from '../http/open-answers.js';
import { Refused } from '../http/refused.js';
import type { EventFeed } from './event-feed.js';
import { type EventFilter, seenFrom } from './event-filter.js';
import { EventStream, startOf, type StreamSink, type StreamStart } from './event-stream.js';

/** How many readers one replica serves at once. */
const STREAMS_MAX = 256;
/** And how many of them one person or machine may be: nobody takes the places of all. */
const OF_ONE_MAX = 32;
const RETRY_AFTER_SECONDS = 10;

export interface EventStreamsOptions {
  readonly feed: EventFeed;
  readonly answers: Pick<OpenAnswers, 'follow'>;
  readonly timer: Timer;
  readonly log: EventLog;
}

interface Running {
  readonly run: Promise<void>;
  /** Absent: nobody had to log in. */
  readonly person: string | undefined;
}

/** Everybody who reads events here. */
export class EventStreams {
  private readonly running = new Map<EventStream, Running>();
  private stopping = false;

  constructor(private readonly options: EventStreamsOptions) {}

  /** Where a reader begins that has the event `last`. */
  start(last: string | undefined): Promise<StreamStart> {
    return startOf(this.options.feed, last);
  }

  /**
   * Refuses more readers than there may be, of all and of one. To be asked right before `serve`, with
   * nothing awaited in between: so that many who come at once are counted one after another.
   */
  refuseMore(standing: Standing | undefined): void {
    if (this.running.size >= STREAMS_MAX) {
      throw new Refused('http/too_many_streams', {
        detail: `${String(STREAMS_MAX)} readers follow the events of this replica already; close some, or come again later`,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    if (standing === undefined) return;
    const { person } = standing;
    const own = [...this.running.values()].filter((one) => one.person === person).length;
    if (own < OF_ONE_MAX) return;
    throw new Refused('http/too_many_requests', {
      detail: `${person} follows the events of this replica ${String(own)} times already; close some, or come again later`,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  /**
   * Serves a reader until its connection ends, or whoever it is for is not let in any more. Where they
   * may see less by now, they are told no more of the rest.
   */
  async serve(
    sink: StreamSink,
    start: StreamStart,
    {
      filter,
      standing,
    }: { readonly filter: EventFilter; readonly standing?: Standing | undefined },
  ): Promise<void> {
    const stream = new EventStream({ ...this.options, sink, filter });
    const leave = this.options.answers.follow(standing, (authority) => {
      const seen = authority === undefined ? [] : environmentsFor(authority, 'view');
      const left = seenFrom(filter, seen);
      if (left === undefined) stream.stop();
      else stream.refine(left);
    });
    // It came while the hub was ending: the reader goes to another replica.
    if (this.stopping) stream.stop();
    const run = stream.run(start);
    this.running.set(stream, { run, person: standing?.person });
    await run;
    leave();
    this.running.delete(stream);
  }

  /** Ends all streams in order, and those that are still to begin. */
  async shutDown(): Promise<void> {
    this.stopping = true;
    for (const stream of this.running.keys()) stream.stop();
    await Promise.all([...this.running.values()].map(({ run }) => run));
  }
}
