import { covers, cut, type Span, type Spans } from './span.js';

// Classes, not closures: a schedule is made anew with every change, and what the runtime has learned of
// a class outlives its instances.

/** What at least one of `parts` has. */
export function unionOf(parts: readonly Spans[]): Spans {
  return new Union(parts);
}

/** What all of `parts` have and `without` has not. All of time, if there are no parts. */
export function intersectionOf(parts: readonly Spans[], without: Spans): Spans {
  return new Intersection(parts, without);
}

/** Remembers the last stretch that was asked for, so that asking on costs only what is new. */
export function remembered(spans: Spans): Spans {
  return new Remembered(spans);
}

class Union implements Spans {
  constructor(private readonly parts: readonly Spans[]) {}

  first(from: number, until: number): Span | undefined {
    let start = until;
    for (const part of this.parts) start = part.first(from, start)?.start ?? start;
    if (start === until) return undefined;
    let end = start;
    for (;;) {
      // Whether one goes on here is asked first: its next span may be a year away.
      const goingOn = this.parts.find((part) => covers(part, end));
      end = goingOn?.first(end, until)?.end ?? end;
      if (goingOn === undefined || end >= until) return { start, end };
    }
  }
}

class Intersection implements Spans {
  constructor(
    private readonly parts: readonly Spans[],
    private readonly without: Spans,
  ) {}

  first(from: number, until: number): Span | undefined {
    for (let at = from; at < until;) {
      if (covers(this.without, at)) {
        at = this.without.first(at, until)?.end ?? until;
        continue;
      }
      const common = this.stretchAt(at, until);
      if (common.start === at) {
        return { start: at, end: this.without.first(at, common.end)?.start ?? common.end };
      }
      at = common.start;
    }
    return undefined;
  }

  /** From the latest start to the earliest end of what the parts have next. */
  private stretchAt(at: number, until: number): Span {
    let start = at;
    let end = until;
    for (const part of this.parts) {
      const stretch = part.first(at, until);
      start = Math.max(start, stretch?.start ?? until);
      end = Math.min(end, stretch?.end ?? until);
    }
    return { start, end };
  }
}

class Remembered implements Spans {
  private askedFrom = 0;
  private askedUntil = 0;
  private span: Span | undefined;

  constructor(private readonly spans: Spans) {}

  first(from: number, until: number): Span | undefined {
    if (from < this.askedFrom || from >= (this.span?.end ?? this.askedUntil)) {
      this.span = this.spans.first(from, until);
      this.askedFrom = from;
      this.askedUntil = until;
    } else if (until > this.askedUntil) {
      this.extendTo(until);
    }
    return this.span && cut(this.span, from, until);
  }

  private extendTo(until: number): void {
    const { span, askedUntil } = this;
    this.askedUntil = until;
    if (span !== undefined && span.end < askedUntil) return;
    const more = this.spans.first(askedUntil, until);
    if (span === undefined) this.span = more;
    else if (more?.start === span.end) this.span = { start: span.start, end: more.end };
  }
}
