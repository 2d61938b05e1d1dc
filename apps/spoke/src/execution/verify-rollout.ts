import type { ReleaseRecord } from '@apollo-deploy/helm';
import type { KubeApi, Timer } from '@apollo-deploy/kube';
import type { PlanVerdict } from '@apollo-deploy/protocol';
import type { Clock } from '../clock.js';
import type { HealthRules } from '../health-rules/read-health-rules.js';
import type { LiveObjects } from '../state/live-objects.js';
import { manifestRefs } from '../state/manifest-refs.js';
import { definedKinds } from './defined-kinds.js';
import { describeKinds } from './first-look.js';
import { lastLogLines } from './last-log-lines.js';
import { headEvidence, type Evidence } from './plan-evidence.js';
import { named } from './rollout-look.js';
import { watchRollout, type RolloutEnd } from './rollout-watch.js';
import { succeeded, unhealthy, unknown } from './verdicts.js';

export interface VerifyCollaborators {
  readonly kube: KubeApi;
  readonly live: LiveObjects;
  readonly healthRules: HealthRules;
  readonly clock: Clock;
  readonly timer: Timer;
}

export interface VerifyOptions {
  readonly head: ReleaseRecord;
  readonly startedAt: Date;
  readonly deadlineAt: Date;
  /** What has been found out so far. */
  readonly evidence: Evidence;
  readonly abort: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** The verdict on a deployed revision by its live objects; null if aborted. */
export async function verifyRollout(
  collaborators: VerifyCollaborators,
  options: VerifyOptions,
): Promise<PlanVerdict | null> {
  const { head, abort } = options;
  const what = `revision ${head.revision} of release ${head.name} in ${head.namespace}`;
  const refs = await manifestRefs(collaborators.kube, head);
  if (!refs.ok) {
    const message = `${what} is deployed, but nobody can tell how its objects are: ${refs.error.message}`;
    return unknown(message, { ...options.evidence, ...headEvidence(head) });
  }
  const objects = [...refs.value, ...(await definedKinds(collaborators.kube, head))];
  const end = await watchRollout(collaborators, { ...options, refs: objects, abort });
  if (end === null) return null;
  if (!('verdict' in end)) {
    const message = `${what} is deployed, but nobody can tell how its objects are: ${describeKinds(end.unseen)} could not be listed; see what keeps the API server from it, then end the plan by hand`;
    return unknown(message, { ...options.evidence, ...headEvidence(head) });
  }
  const evidence = {
    ...options.evidence,
    ...headEvidence(head),
    objects: objects.length,
    ...(end.unseen.length > 0 && { notSeen: end.unseen.map(({ what }) => what) }),
    ...(end.hidden.length > 0 && { podsNotSeen: end.hidden.map(({ what }) => what) }),
  };
  if (end.verdict.verdict === 'healthy') return settled(what, end, evidence);
  return notHealthy(collaborators.kube, what, end, evidence);
}

/** Everything that could be looked at is as it should be. */
function settled(
  what: string,
  { verdict, unseen, hidden }: RolloutEnd,
  evidence: Evidence,
): PlanVerdict {
  const blind = hidden.length === 0 ? '' : `; nobody can tell how these are: ${named(hidden)}`;
  if (unseen.length === 0) {
    return succeeded(`${what} is deployed and ${verdict.message}${blind}`, evidence);
  }
  const doubt = `${what} is deployed, but nobody can tell how these are: ${named(unseen)}`;
  return unknown(`${doubt}; of the others, ${verdict.message}`, evidence);
}

async function notHealthy(
  kube: KubeApi,
  what: string,
  { verdict: { worst, message }, hidden }: RolloutEnd,
  evidence: Evidence,
): Promise<PlanVerdict> {
  const blind = hidden.length === 0 ? '' : `; its cause may be with ${named(hidden)}`;
  const log = await lastLogLines(kube, worst?.pod);
  const reason = worst?.reason ?? 'NotHealthy';
  const told = `${what} is deployed and not healthy: ${message}${blind}`;
  return log === null
    ? unhealthy(reason, told, evidence)
    : unhealthy(reason, `${told}:\n${log}`, { ...evidence, log });
}
