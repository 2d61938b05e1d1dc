import { covers, cut, type Span, type Spans } from './span.js';

/** What at least one of `parts` has. */
export function unionOf(parts: readonly Spans[]): Spans {
  return { first: (from, until) => firstOfUnion(parts, from, until) };
}

function firstOfUnion(parts: readonly Spans[], from: number, until: number): Span | undefined {
  const start = parts.reduce(
    (earliest, part) => part.first(from, earliest)?.start ?? earliest,
    until,
  );
  if (start === until) return undefined;
  let end = start;
  for (;;) {
    // Whether one goes on here is asked first: its next span may be a year away.
    const goingOn = parts.find((part) => covers(part, end));
    end = goingOn?.first(end, until)?.end ?? end;
    if (goingOn === undefined || end >= until) return { start, end };
  }
}

/** What all of `parts` have and `without` has not. All of time, if there are no parts. */
export function intersectionOf(parts: readonly Spans[], without: Spans): Spans {
  return {
    first: (from, until) => {
      for (let at = from; at < until;) {
        if (covers(without, at)) {
          at = without.first(at, until)?.end ?? until;
          continue;
        }
        const stretches = parts.map((part) => part.first(at, until));
        const start = Math.max(at, ...stretches.map((stretch) => stretch?.start ?? until));
        if (start === at) {
          const end = Math.min(until, ...stretches.map((stretch) => stretch?.end ?? until));
          return { start, end: without.first(start, end)?.start ?? end };
        }
        at = start;
      }
      return undefined;
    },
  };
}

/** Remembers the last stretch that was asked for, so that asking on costs only what is new. */
export function remembered(spans: Spans): Spans {
  let asked: { readonly from: number; readonly until: number; readonly span: Span | undefined } = {
    from: 0,
    until: 0,
    span: undefined,
  };
  return {
    first: (from, until) => {
      if (from < asked.from || from >= (asked.span?.end ?? asked.until)) {
        asked = { from, until, span: spans.first(from, until) };
      } else if (until > asked.until) {
        asked = { from: asked.from, until, span: extended(spans, asked, until) };
      }
      return asked.span && cut(asked.span, from, until);
    },
  };
}

function extended(
  spans: Spans,
  asked: { readonly until: number; readonly span: Span | undefined },
  until: number,
): Span | undefined {
  const { span } = asked;
  if (span !== undefined && span.end < asked.until) return span;
  const more = spans.first(asked.until, until);
  if (span === undefined) return more;
  return more?.start === span.end ? { start: span.start, end: more.end } : span;
}
