import { InvariantViolation } from '@apollo-deploy/kernel';
import { type MaintenanceWindow, WINDOW_LAYERS, type WindowLayer } from './maintenance-window.js';
import { LookAhead } from './look-ahead.js';
import { Outlook } from './outlook.js';
import { type CountedSpans, covers, type Span, type Spans } from './span.js';
import { intersectionOf, remembered, unionOf } from './span-algebra.js';
import type { SuppressionWindow } from './suppression-window.js';
import type { WindowAnswer } from './window-answer.js';
import {
  type LayerWindows,
  openReasons,
  shutReason,
  suppressionReason,
  toldTogether,
  whatShuts,
} from './window-reasons.js';

export interface Windows {
  readonly windows: readonly MaintenanceWindow[];
  readonly suppressions: readonly SuppressionWindow[];
}

/**
 * Windows and suppressions that apply together, ready to be asked again and again. It keeps the last
 * answer until the next edge and what it worked out of the future, so going forward in time costs one
 * comparison a question and one computation an edge. What was asked before never changes an answer.
 */
export class WindowSchedule {
  private readonly layers: readonly LayerWindows[];
  private readonly suppressions: readonly SuppressionWindow[];
  private readonly all: readonly CountedSpans[];
  private readonly openings: Spans;
  private readonly lookAhead: LookAhead;
  /** The last answer, and the view that it was put together from: it stays good until that ends. */
  private known: { readonly answer: WindowAnswer; readonly outlook: Outlook } | undefined;

  constructor({ windows, suppressions }: Windows) {
    this.layers = WINDOW_LAYERS.map((layer) => windowsOf(layer, windows)).filter(
      (each) => each.windows.length > 0,
    );
    this.suppressions = suppressions;
    this.all = [...windows, ...suppressions].map(({ spans }) => spans);
    this.lookAhead = new LookAhead(this.all);
    const suppressed = remembered(unionOf(suppressions.map(({ spans }) => spans)));
    this.openings = remembered(
      intersectionOf(
        this.layers.map(({ spans }) => spans),
        suppressed,
      ),
    );
  }

  /** How many edges of recurring windows were worked out so far, by all schedules that share them. */
  get edgesComputed(): number {
    return this.all.reduce((sum, { edgesComputed }) => sum + edgesComputed, 0);
  }

  /** The answer for one instant. */
  evaluate(at: Date): WindowAnswer {
    const instant = at.getTime();
    const { known } = this;
    if (known !== undefined && instant >= known.outlook.at && instant < known.outlook.validUntil) {
      return known.answer;
    }
    if (Number.isNaN(instant)) throw new InvariantViolation('windows were asked for no instant');
    const outlook = new Outlook(instant, this.lookAhead.endFrom(instant));
    const answer = this.lookOut(outlook);
    this.known = { answer, outlook };
    return answer;
  }

  /** Where looking for openings from an instant ends, if before 400 days; milliseconds since the epoch. */
  looksAheadTo(from: Date): number | undefined {
    return this.lookAhead.endFrom(from.getTime());
  }

  private lookOut(outlook: Outlook): WindowAnswer {
    for (const spans of this.all) outlook.dependOn(spans);
    const { at, limit, searchLimit } = outlook;
    const opening = this.openings.first(at, searchLimit);
    const searchedUntil = opening === undefined ? outlook.gaveUp() : undefined;
    if (searchedUntil !== undefined) return this.unknown(outlook, searchedUntil);
    return this.found(opening ?? { start: limit, end: limit }, outlook);
  }

  /** Shut, and looking further costs more than it is worth. */
  private unknown(outlook: Outlook, searchedUntil: string): WindowAnswer {
    const because = this.shutReasons(outlook).map((reason) => ({
      ...reason,
      message: `${reason.message}; no opening was found before ${searchedUntil}, where looking ahead ends for windows that open and shut so often`,
    }));
    return { open: false, because, searchedUntil };
  }

  private found(opening: Span, outlook: Outlook): WindowAnswer {
    const isOpen = opening.start === outlook.at;
    if (opening.end === outlook.searchLimit) outlook.gaveUp();
    const start = isOpen ? undefined : outlook.mention(opening.start);
    const end = outlook.mention(opening.end);
    if (isOpen) {
      const because = this.layers.flatMap((layer) =>
        openReasons(layer, outlook).toSorted((a, b) => byText(a.message, b.message)),
      );
      return { open: true, because, ...(end !== undefined && { openUntil: end }) };
    }
    return {
      open: false,
      because: toldTogether(this.shutReasons(outlook), start, (instant) =>
        whatShuts(this.layers, this.suppressions, instant),
      ),
      ...(start !== undefined && { nextOpen: start }),
      ...(end !== undefined && { nextClose: end }),
    };
  }

  private shutReasons(outlook: Outlook): WindowAnswer['because'] {
    const shut = this.layers.filter(({ spans }) => !covers(spans, outlook.at));
    const suppressing = this.suppressions.filter(({ spans }) => covers(spans, outlook.at));
    const reasons = suppressing.map((suppression) => suppressionReason(suppression, outlook));
    return [
      ...reasons.sort((a, b) => byText(a.message, b.message)),
      ...shut.map((layer) => shutReason(layer, outlook)),
    ];
  }
}

/** The answer for one instant, for those who ask once. */
export function evaluateWindows(windows: Windows, at: Date): WindowAnswer {
  return new WindowSchedule(windows).evaluate(at);
}

function windowsOf(layer: WindowLayer, all: readonly MaintenanceWindow[]): LayerWindows {
  const windows = all
    .filter((window) => window.layer === layer)
    .sort((a, b) => byText(a.label, b.label));
  return { layer, windows, spans: remembered(unionOf(windows.map(({ spans }) => spans))) };
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
