import { allowedByEnvironment, type Candidates, isNewer } from './candidates.js';
import { chooseFrom, notRecalled, type TargetSelection } from './choose-release.js';
import type { DesiredState } from './entity.js';
import type { Offer } from './offers.js';
import { type Recall, recallOf, tellRecall } from './recall.js';

/** An entity that runs what is recalled. */
export interface RunsRecalled {
  /** The version that runs. */
  readonly runs: string;
  readonly recall: Recall;
  readonly desired: DesiredState;
  /** What its desired state allows. */
  readonly allowed: Offer;
}

/**
 * Where an entity goes that runs what is recalled. A pin to another version is followed, whatever the
 * strategy, and waited for while that is not registered; a pin to a recalled version gives way to the
 * environment's channel. `forward` goes to something newer only; `downgrade` to something older that is not
 * below the minimum, and if there is none, to something newer. Where nothing is left it stays, and the
 * answer names the recall.
 */
export function leaveRecalled(
  { runs, recall, desired, allowed }: RunsRecalled,
  candidates: Candidates,
): TargetSelection {
  const { recalls = [] } = candidates;
  const pinned = 'version' in desired;
  const gaveWay = pinned && recallOf(recalls, desired.version) !== undefined;
  const from = gaveWay ? allowedByEnvironment(candidates) : allowed;
  const usable = gaveWay ? notRecalled(from.releases, recalls) : allowed.usable;
  const older = usable.filter(({ version }) => mayGoDownTo(version, runs, recall));
  const newer = usable.filter(({ version }) => isNewer(version, runs));
  const pool = pinned && !gaveWay ? usable : older.length > 0 ? older : newer;
  const chosen = chooseFrom({ ...from, pool }, candidates);
  if (chosen === undefined) {
    const why = pinned && !gaveWay ? whyItWaits : whyItStays;
    return { kind: 'none', reason: why(runs, recall, from.source) };
  }
  const why =
    pool === older
      ? `${chosen.release.version} is the newest below it that may run`
      : chosen.reason;
  return { ...chosen, reason: `${runs} is ${tellRecall(recall)}; ${why}`, leaves: recall };
}

function mayGoDownTo(version: string, runs: string, { strategy, minimum }: Recall): boolean {
  if (strategy !== 'downgrade' || !isNewer(runs, version)) return false;
  return minimum === undefined || !isNewer(minimum, version);
}

function whyItWaits(runs: string, recall: Recall, source: string): string {
  return `${runs} runs and is ${tellRecall(recall)}; no release matches ${source}: register it, desire another version, or withdraw the recall`;
}

function whyItStays(runs: string, { strategy, minimum, ...recall }: Recall, source: string) {
  const down =
    strategy === 'downgrade'
      ? ` and nothing older${minimum === undefined ? '' : ` down to ${minimum}`}`
      : '';
  return `${runs} runs and is ${tellRecall(recall)}; ${source} holds nothing newer${down} that may run: register a newer release, desire another version, or withdraw the recall`;
}
