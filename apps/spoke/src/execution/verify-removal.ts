import { describeRef, type KubeRef, type Timer } from '@apollo-deploy/kube';
import type { PlanVerdict } from '@apollo-deploy/protocol';
import type { Clock } from '../clock.js';
import type { LiveObjects } from '../state/live-objects.js';
import { describeKinds, firstLook, type Unseen } from './first-look.js';
import type { Evidence } from './plan-evidence.js';
import { succeeded, unhealthy, unknown } from './verdicts.js';

export interface RemovalOptions {
  /** For messages: `web in shop`. */
  readonly releaseText: string;
  /** What has to be gone. */
  readonly refs: readonly KubeRef[];
  readonly deadlineAt: Date;
  readonly evidence: Evidence;
  readonly abort: AbortSignal;
  readonly onProgress: (message: string) => void;
}

const NAMED = 5;

/** The verdict on an uninstallation: every object of the release is gone. Null if aborted. */
export async function verifyRemoval(
  { live, clock, timer }: { live: LiveObjects; clock: Clock; timer: Timer },
  options: RemovalOptions,
): Promise<PlanVerdict | null> {
  const { refs, deadlineAt, abort, onProgress } = options;
  let settle: (verdict: PlanVerdict | null) => void = () => undefined;
  const end = new Promise<PlanVerdict | null>((resolve) => (settle = resolve));
  const aborted = (): void => settle(null);
  const look = (): void => {
    const left = refs.filter((ref) => following.get(ref) !== null);
    if (left.length === 0) return settle(gone(options));
    if (clock.now() >= deadlineAt) return settle(stillThere(options, left));
    onProgress(`waiting until ${named(left)} are gone`);
  };
  let looking = false;
  const following = live.follow(refs, () => looking && look());
  const untilDeadlineMs = Math.max(deadlineAt.getTime() - clock.now().getTime(), 0);
  const cancelTimer = timer.after(untilDeadlineMs, () => looking && look());
  abort.addEventListener('abort', aborted);
  try {
    if (abort.aborted) return null;
    const { ready } = following;
    const first = { kinds: refs, deadlineAt, ready, end };
    const unseen = await firstLook({ clock, timer }, following, first);
    if (unseen !== null) return unseenVerdict(options, unseen);
    looking = true;
    look();
    return await end;
  } finally {
    looking = false;
    abort.removeEventListener('abort', aborted);
    cancelTimer();
    following.stop();
  }
}

function gone({ releaseText, refs, evidence }: RemovalOptions): PlanVerdict {
  const message = `release ${releaseText} is uninstalled and its ${refs.length} objects are gone`;
  return succeeded(message, { ...evidence, removed: refs.length });
}

function stillThere(
  { releaseText, evidence }: RemovalOptions,
  left: readonly KubeRef[],
): PlanVerdict {
  const message = `release ${releaseText} is uninstalled, but ${named(left)} are still there; see what holds them (finalizers)`;
  return unhealthy('StillTerminating', message, { ...evidence, remains: left.map(describeRef) });
}

function unseenVerdict({ releaseText, evidence }: RemovalOptions, { unseen }: Unseen): PlanVerdict {
  const message = `release ${releaseText} is uninstalled, but nobody can tell whether its objects are gone: ${describeKinds(unseen)} could not be listed; see what keeps the API server from it, then end the plan by hand`;
  return unknown(message, evidence);
}

function named(refs: readonly KubeRef[]): string {
  const names = refs.slice(0, NAMED).map(describeRef).join(', ');
  return refs.length > NAMED ? `${names} and ${refs.length - NAMED} more` : names;
}
