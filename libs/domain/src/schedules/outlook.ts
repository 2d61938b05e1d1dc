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

  /** Looking for what many windows make together ends here, if before the horizon. */
  constructor(
    readonly at: number,
    private readonly end?: number,
  ) {
    // Whole days: the horizon moves with every instant, and alone it brings a new answer once a day.
    this.changesAt = (Math.floor(at / DAY_MS) + 2) * DAY_MS;
    this.limit = this.changesAt + HORIZON_MS;
  }

  /** Until when openings are looked for. */
  get searchLimit(): number {
    return Math.min(this.limit, this.end ?? this.limit);
  }

  /** Says that looking ended before the horizon, and that this lasts as long as the day. */
  gaveUp(): string | undefined {
    if (this.end === undefined || this.end >= this.limit) return undefined;
    this.changesAt = Math.min(this.changesAt, (Math.floor(this.at / DAY_MS) + 1) * DAY_MS);
    return formatInstant(this.end);
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
