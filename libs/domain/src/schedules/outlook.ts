import { DAY_MS } from './calendar-day.js';
import { formatInstant, HORIZON_MS } from './instant.js';
import { nextEdge, type Spans } from './span.js';

/**
 * The view from one instant to the horizon, 400 days ahead. It notes until when an answer that was put
 * together from it stays word for word the same.
 */
export class Outlook {
  /** Nothing needs to be known from here on. */
  readonly limit: number;
  private changesAt: number;

  constructor(readonly at: number) {
    // Whole days: the horizon moves with every instant, and alone it brings a new answer once a day.
    this.changesAt = (Math.floor(at / DAY_MS) + 2) * DAY_MS;
    this.limit = this.changesAt + HORIZON_MS;
  }

  /** The first instant at which an answer from this view may be another. */
  get validUntil(): number {
    return this.changesAt;
  }

  /** The text of a future instant, if it is within the horizon. */
  mention(instant: number): string | undefined {
    const visible = instant <= this.at + HORIZON_MS;
    this.changesAt = Math.min(this.changesAt, visible ? instant : instant - HORIZON_MS);
    return visible ? formatInstant(instant) : undefined;
  }

  /** Takes note that an answer depends on whether `spans` covers the instant. */
  dependOn(spans: Spans): void {
    this.changesAt = nextEdge(spans, this.at, this.changesAt);
  }
}
