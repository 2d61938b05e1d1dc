import type { MaintenanceWindow, WindowLayer } from './maintenance-window.js';
import type { Outlook } from './outlook.js';
import { covers, type Spans } from './span.js';
import type { SuppressionWindow } from './suppression-window.js';
import type { MaintenanceReason, SuppressionReason, WindowReason } from './window-answer.js';

/** The windows of one layer that has some, and the time that they open together. */
export interface LayerWindows {
  readonly layer: WindowLayer;
  readonly windows: readonly MaintenanceWindow[];
  readonly spans: Spans;
}

/** The windows that hold a layer open. */
export function openReasons(
  { layer, windows }: LayerWindows,
  outlook: Outlook,
): readonly MaintenanceReason[] {
  const open = windows.filter(({ spans }) => covers(spans, outlook.at));
  return open.map(({ id, name, label, spans }) => {
    const until = mentionEnd(spans, outlook);
    const stays = until === undefined ? 'for more than 400 days' : `until ${until}`;
    return {
      kind: 'maintenance_window',
      layer,
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      message: `the ${layer} window ${label} is open ${stays}`,
      ...(until !== undefined && { until }),
    };
  });
}

/** Why a layer is shut: none of its windows is open, and which opens next. */
export function shutReason(
  { layer, windows, spans }: LayerWindows,
  outlook: Outlook,
): MaintenanceReason {
  const start = spans.first(outlook.at, outlook.searchLimit)?.start;
  const until = start === undefined ? undefined : outlook.mention(start);
  const next = windows.find((each) => until !== undefined && covers(each.spans, start ?? 0));
  if (next === undefined || until === undefined) {
    const gaveUp = outlook.gaveUp();
    const within = gaveUp === undefined ? 'within 400 days' : `before ${gaveUp}`;
    const message = `the ${layer} maintenance windows are shut and none opens ${within}; change one or add one`;
    return { kind: 'maintenance_window', layer, message };
  }
  return {
    kind: 'maintenance_window',
    layer,
    ...(next.id !== undefined && { id: next.id }),
    ...(next.name !== undefined && { name: next.name }),
    message: `the ${layer} maintenance windows are shut; ${next.label} opens next, at ${until}`,
    until,
  };
}

export function suppressionReason(
  { id, name, reason, hard, end, spans }: SuppressionWindow,
  outlook: Outlook,
): SuppressionReason {
  const until = mentionEnd(spans, outlook);
  const told = until ?? end;
  const ends = told === undefined ? 'for more than 400 days' : `until ${told}`;
  return {
    kind: 'suppression_window',
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    reason,
    hard,
    message: `${suppressed(hard)} ${ends}: ${reason}`,
    ...(until !== undefined && { until }),
  };
}

/** What shuts the way at an instant, without until when. */
export function whatShuts(
  layers: readonly LayerWindows[],
  suppressions: readonly SuppressionWindow[],
  at: number,
): readonly string[] {
  return [
    ...suppressions
      .filter(({ spans }) => covers(spans, at))
      .map(({ hard, reason }) => `${suppressed(hard)}: ${reason}`),
    ...layers
      .filter(({ spans }) => !covers(spans, at))
      .map(({ layer }) => `the ${layer} maintenance windows are shut`),
  ];
}

function suppressed(hard: boolean): string {
  return `${hard ? 'all changes, rollbacks too,' : 'changes'} are suppressed`;
}

/**
 * Adds what none of the reasons says alone: when all is open together, where that is later than each
 * of them ends, and what shuts the way until then; or that it never is.
 */
export function toldTogether(
  reasons: readonly WindowReason[],
  nextOpen: string | undefined,
  shutAt: (instant: number) => readonly string[],
): readonly WindowReason[] {
  const ends = reasons.flatMap(({ until }) => until ?? []).sort();
  const last = ends.at(-1);
  if (last === undefined || ends.length < reasons.length) return reasons;
  if (nextOpen === undefined)
    return reasons.map((reason) => ({ ...reason, message: `${reason.message}; ${NEVER}` }));
  if (nextOpen <= last) return reasons;
  const still = shutAt(Date.parse(last)).toSorted().join('; ');
  const more = `then it is still shut (${still}), and all is open together at ${nextOpen}`;
  return reasons.map((reason) =>
    reason.until === last ? { ...reason, message: `${reason.message}; ${more}` } : reason,
  );
}

const NEVER =
  'what is open then is shut by something else, and nothing lets plans through within 400 days: change a window or a suppression';

/** When a set that covers the instant of the outlook stops doing so. */
function mentionEnd(spans: Spans, outlook: Outlook): string | undefined {
  return outlook.mention(spans.first(outlook.at, outlook.limit)?.end ?? outlook.limit);
}
