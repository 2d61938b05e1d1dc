import type { Deployment, DeploymentKind, DeploymentTarget } from '../pipeline/deployment.js';
import { type DeploymentStatus, hasEnded } from '../pipeline/deployment-lifecycle.js';
import type { Plan } from '../plans/plan.js';

/**
 * What a deployment did to what runs. `changed`: something of it was brought, or was begun. `no_change`:
 * it ran already. `drift_repair`: only what people had changed was put right. `aborted`: it ended, or is,
 * before anything was touched.
 */
export type DoraEffect = 'changed' | 'no_change' | 'drift_repair' | 'aborted';

/** What a failure that a deployment saw itself was first seen by. */
export type DoraBreak = 'unhealthy_look' | 'plan_failed' | 'deployment_ended';

/** What DORA's figures need to know of one deployment; instants are RFC 3339 in UTC. */
export interface DoraRow {
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly kind: DeploymentKind;
  readonly status: DeploymentStatus;
  readonly toVersion: string;
  /** It brings the version that ran before. */
  readonly sameVersion: boolean;
  readonly effect: DoraEffect;
  readonly askedAt: string;
  /** From when on something of it may have run. */
  readonly reachedAt: string;
  /** Absent: it is under way. */
  readonly endedAt?: string;
  /** Of one that did not complete: when that was seen first, and by what. */
  readonly broke?: { readonly at: string; readonly by: DoraBreak };
  /** When its release was registered; absent: that is not known. */
  readonly registeredAt?: string;
}

/** What a plan of a deployment tells of it. */
export type DoraPlan = Pick<
  Plan,
  'id' | 'state' | 'outcome' | 'planClass' | 'startedAt' | 'endedAt'
>;

/** The plans without which it cannot be told what a deployment did; of most there are none. */
export function plansToTell(deployment: Deployment): readonly string[] {
  if (deployment.status === 'completed' && !isSameVersion(deployment)) return [];
  return deployment.targets.flatMap(({ planId }) => planId ?? []);
}

/**
 * What counts of a deployment.
 *
 * @param plans those of `plansToTell` that are known.
 * @param registeredAt when the release that it brings was registered, if that is known.
 */
export function doraRow(
  deployment: Deployment,
  plans: ReadonlyMap<string, DoraPlan>,
  registeredAt?: string,
): DoraRow {
  const { id, service, environment, kind, status, toVersion, deployedAt, endedAt } = deployment;
  const effect = effectOf(deployment, plans);
  const brings = deployment.steps.find((step) => step.status === 'deploying');
  return {
    ...{ id, service, environment, kind, status, toVersion, effect, askedAt: deployedAt },
    sameVersion: isSameVersion(deployment),
    reachedAt: brings?.at ?? endedAt ?? deployedAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(endedAt !== undefined &&
      status !== 'completed' &&
      effect === 'changed' && { broke: breakOf(deployment, plans, endedAt) }),
    ...(registeredAt !== undefined && { registeredAt }),
  };
}

function isSameVersion({ fromVersion, toVersion }: Deployment): boolean {
  return fromVersion === toVersion;
}

function effectOf(deployment: Deployment, plans: ReadonlyMap<string, DoraPlan>): DoraEffect {
  const { status, targets, endedAt } = deployment;
  if (status !== 'completed') {
    return targets.some((target) => isTouched(target, plans, endedAt)) ? 'changed' : 'aborted';
  }
  if (targets.some(isBroughtOutside)) return 'changed';
  const planned = targets.flatMap(({ planId }) => planId ?? []);
  if (planned.length === 0) return 'no_change';
  const repairs = planned.every((id) => plans.get(id)?.planClass === 'repair');
  return repairs ? 'drift_repair' : 'changed';
}

const BROUGHT: readonly DeploymentTarget['state'][] = [
  'deployed',
  'rolling_back',
  'healthy',
  'rolled_back',
];

/** Somebody else changed what runs, without a plan. */
function isBroughtOutside({ outside }: DeploymentTarget): boolean {
  return outside?.seen === true;
}

/** A plan that was refused or came back from its spoke touched nothing. */
function isTouched(
  target: DeploymentTarget,
  plans: ReadonlyMap<string, DoraPlan>,
  endedAt: string | undefined,
): boolean {
  if (isBroughtOutside(target)) return true;
  if (target.planId === undefined) return false;
  const plan = plans.get(target.planId);
  if (plan === undefined) return BROUGHT.includes(target.state);
  return wentOut(plan, endedAt) && plan.state !== 'CANCELLED' && plan.outcome !== 'refused';
}

/** What goes out only after a deployment has ended goes out for a newer one, which took the plan over. */
function wentOut({ startedAt }: DoraPlan, endedAt: string | undefined): boolean {
  if (startedAt === undefined) return false;
  return endedAt === undefined || Date.parse(startedAt) <= Date.parse(endedAt);
}

/** The first bad look or failed plan; its end where there is neither. */
function breakOf(
  { targets }: Deployment,
  plans: ReadonlyMap<string, DoraPlan>,
  endedAt: string,
): NonNullable<DoraRow['broke']> {
  const seen = targets.flatMap((target) => [
    ...target.looks
      .filter(({ healthy }) => !healthy)
      .map(({ at }) => ({ at, by: 'unhealthy_look' as const })),
    ...failureOf(plans.get(target.planId ?? ''), endedAt),
  ]);
  seen.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return seen[0] ?? { at: endedAt, by: 'deployment_ended' };
}

function failureOf(plan: DoraPlan | undefined, endedAt: string): NonNullable<DoraRow['broke']>[] {
  if (plan?.endedAt === undefined || !wentOut(plan, endedAt)) return [];
  const hasFailed = plan.state === 'FAILED' || plan.state === 'ROLLED_BACK';
  return hasFailed ? [{ at: plan.endedAt, by: 'plan_failed' }] : [];
}

/** It has ended by then; what ended later is under way as of then. */
export function endedBy(row: DoraRow, asOf: number): row is DoraRow & { readonly endedAt: string } {
  return row.endedAt !== undefined && hasEnded(row.status) && Date.parse(row.endedAt) <= asOf;
}
