import type { Candidates } from '../catalog/candidates.js';
import type { ReleaseTarget } from '../catalog/choose-release.js';
import { describeHold, type Hold } from './hold.js';

/** What a hold fixes, as a target; it goes before what is desired. Absent: there is none to go to. */
export function heldTarget(
  hold: Hold | undefined,
  { releases }: Pick<Candidates, 'releases'>,
): ReleaseTarget | undefined {
  const fixes = hold?.fixes;
  if (hold === undefined || fixes === undefined) return undefined;
  const release = releases.find(
    ({ version, chart }) => version === fixes.version && chart.sha256 === fixes.chartSha256,
  );
  return (
    release && { kind: 'release', release, reason: `held: ${describeHold(hold)}`, passedOver: [] }
  );
}

/** What a hold is judged by. */
interface HeldFacts {
  readonly hold?: Hold;
  readonly candidates: Pick<Candidates, 'releases'>;
}

/** Whether the target is what a hold fixes, and not what is desired. */
export function isHeld({ hold, candidates }: HeldFacts): boolean {
  return heldTarget(hold, candidates) !== undefined;
}
