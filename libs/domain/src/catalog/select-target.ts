import { type Allowed, type Candidates, isAbove } from './candidates.js';
import { chooseFrom, type TargetSelection } from './choose-release.js';
import type { DesiredState } from './entity.js';
import { leaveRecalled } from './leave-recalled.js';
import { type Offer, offers, type Wanted } from './offers.js';
import { type Recall, recallOf, tellRecall } from './recall.js';

/**
 * The newest release that the desired state allows, that is not recalled and that nothing speaks
 * against; if something speaks against all of them, the newest, whose plan is then blocked. Nothing
 * older than what runs is fallen back to, unless a recall with `downgrade` covers what runs: then the
 * target is the newest below it, and not below the recall's minimum. Where the newest runs already,
 * nobody is asked what speaks against it: there is nothing else to go to.
 */
export function selectTarget(desired: DesiredState, candidates: Candidates): TargetSelection {
  if ('absent' in desired) return ABSENT;
  const offer = offers.of(desired, candidates);
  const { newest } = offer;
  if (newest !== undefined && newest.release.version === candidates.floor) return newest;
  return selectFrom(offer, desired, candidates);
}

const ABSENT: TargetSelection = Object.freeze({ kind: 'absent', reason: 'it is desired absent' });

/** As `selectTarget`, whatever runs. */
export function selectFrom(offer: Offer, desired: Wanted, candidates: Candidates): TargetSelection {
  const { floor, recalls = [] } = candidates;
  const recall = floor === undefined ? undefined : recallOf(recalls, floor);
  if (recall !== undefined && floor !== undefined) {
    return leaveRecalled({ runs: floor, recall, desired, allowed: offer }, candidates);
  }
  const pool = offer.usable.filter(({ version }, index) => index === 0 || isAbove(version, floor));
  const selection = chooseFrom({ ...offer, pool }, candidates);
  return selection ?? { kind: 'none', reason: whyNone(offer, recalls) };
}

function whyNone({ releases, source }: Allowed, recalls: readonly Recall[]): string {
  const [newest] = releases;
  if (newest === undefined) return `no release matches ${source}`;
  const recall = recallOf(recalls, newest.version);
  const told = recall === undefined ? '' : `: ${newest.version} is ${tellRecall(recall)}`;
  return `no release that matches ${source} may run${told}; register a newer one, desire another, or withdraw the recall`;
}
