import { HORIZON_MS } from './instant.js';
import type { MaintenanceWindow } from './maintenance-window.js';
import { covers, type Span } from './span.js';

/**
 * The opening of one window that an instant is in, overlapping occurrences fused, from that instant to
 * its end (400 days at most); `undefined` if the window is shut then. Asks nothing of other windows.
 */
export function openingAt({ spans }: Pick<MaintenanceWindow, 'spans'>, at: Date): Span | undefined {
  const instant = at.getTime();
  return covers(spans, instant) ? spans.first(instant, instant + HORIZON_MS) : undefined;
}
