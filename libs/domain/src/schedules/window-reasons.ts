import type { MaintenanceWindow, WindowLayer } from './maintenance-window.js';
import type { Outlook } from './outlook.js';
import { covers, type Spans } from './span.js';
import type { SuppressionWindow } from './suppression-window.js';
import type { MaintenanceReason, SuppressionReason } from './window-answer.js';

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
  return open.map(({ name, label, spans }) => {
    const until = mentionEnd(spans, outlook);
    const stays = until === undefined ? 'for more than 400 days' : `until ${until}`;
    return {
      kind: 'maintenance_window',
      layer,
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
    ...(next.name !== undefined && { name: next.name }),
    message: `the ${layer} maintenance windows are shut; ${next.label} opens next, at ${until}`,
    until,
  };
}

export function suppressionReason(
  { name, reason, hard, spans }: SuppressionWindow,
  outlook: Outlook,
): SuppressionReason {
  const until = mentionEnd(spans, outlook);
  const ends = until === undefined ? 'for more than 400 days' : `until ${until}`;
  return {
    kind: 'suppression_window',
    ...(name !== undefined && { name }),
    reason,
    hard,
    message: `${hard ? 'all changes, rollbacks too,' : 'changes'} are suppressed ${ends}: ${reason}`,
    ...(until !== undefined && { until }),
  };
}

/** When a set that covers the instant of the outlook stops doing so. */
function mentionEnd(spans: Spans, outlook: Outlook): string | undefined {
  return outlook.mention(spans.first(outlook.at, outlook.limit)?.end ?? outlook.limit);
}
