import { InvariantViolation } from '@apollo-deploy/kernel';
import { type MaintenanceWindow, WINDOW_LAYERS, type WindowLayer } from './maintenance-window.js';
import { Outlook } from './outlook.js';
import { type CountedSpans, covers, type Spans } from './span.js';
import { intersectionOf, remembered, unionOf } from './span-algebra.js';
import type { SuppressionWindow } from './suppression-window.js';
import type { WindowAnswer } from './window-answer.js';
import { type LayerWindows, openReasons, shutReason, suppressionReason } from './window-reasons.js';

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
  private answer: WindowAnswer | undefined;
  private validFrom = 0;
  private validUntil = 0;

  constructor({ windows, suppressions }: Windows) {
    this.layers = WINDOW_LAYERS.map((layer) => windowsOf(layer, windows)).filter(
      (each) => each.windows.length > 0,
    );
    this.suppressions = suppressions;
    this.all = [...windows, ...suppressions].map(({ spans }) => spans);
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
    if (this.answer !== undefined && instant >= this.validFrom && instant < this.validUntil) {
      return this.answer;
    }
    if (Number.isNaN(instant)) throw new InvariantViolation('windows were asked for no instant');
    const outlook = new Outlook(instant);
    this.answer = this.lookOut(outlook);
    this.validFrom = instant;
    this.validUntil = outlook.validUntil;
    return this.answer;
  }

  private lookOut(outlook: Outlook): WindowAnswer {
    for (const spans of this.all) outlook.dependOn(spans);
    const { at, limit } = outlook;
    const opening = this.openings.first(at, limit) ?? { start: limit, end: limit };
    const isOpen = opening.start === at;
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
      because: this.shutReasons(outlook),
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
