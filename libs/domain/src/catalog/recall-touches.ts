import { allowedByEnvironment, type Candidates, isAbove } from './candidates.js';
import type { DesiredState } from './entity.js';
import { offers } from './offers.js';
import { type Recall, recallOf } from './recall.js';

/**
 * Whether a recall can change what an entity gets: it covers what runs, or a release that is or may
 * become its target. That is the newest that may run, and any other above what runs; for one that
 * leaves a recalled release, whatever it may go to. `candidates.recalls` are the others that stand.
 */
export function recallTouches(
  recall: Recall,
  desired: DesiredState,
  candidates: Omit<Candidates, 'objections'>,
): boolean {
  const alone = [recall];
  const covers = (version: string): boolean => recallOf(alone, version) !== undefined;
  const { floor, recalls = [] } = candidates;
  if (floor !== undefined && covers(floor)) return true;
  if ('absent' in desired) return false;
  const unopposed = { ...candidates, objections: () => [] };
  const { releases, usable } = offers.of(desired, unopposed);
  if (floor !== undefined && recallOf(recalls, floor) !== undefined) {
    // Registered or not: a pin to what is recalled gives way.
    if ('version' in desired && covers(desired.version)) return true;
    const others = allowedByEnvironment(unopposed).releases;
    return [...releases, ...others].some(({ version }) => covers(version));
  }
  return releases.some(
    (release) =>
      covers(release.version) && (release === usable[0] || isAbove(release.version, floor)),
  );
}
