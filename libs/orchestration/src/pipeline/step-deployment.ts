import {
  type Deployment,
  type DeploymentFacts,
  type DeploymentTarget,
  followDeployment,
  type FollowedDeployment,
  hasEnded,
  type Move,
  type ServiceHealth,
  takeLook,
  type Unanswered,
} from '@apollo-deploy/domain';
import { canonicalJson, InvariantViolation } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { endDeployment } from './end-deployment.js';
import type { FollowTools } from './follow-tools.js';
import { giveWay } from './give-way.js';
import { openGranted } from './hotfix-break-glass.js';
import { loadDeploymentFacts } from './load-deployment-facts.js';
import { markHeldWaves } from './mark-held-waves.js';
import { advanceTarget } from './rollouts.js';
import { runningVersionOf } from './running-version-of.js';
import { saveDeployment } from './save-deployment.js';
import { settleBackPorts } from './settle-back-ports.js';
import { putBack, startTarget } from './set-desired.js';
import { takeBack } from './take-back.js';

/** What a step has done, with the deployment as it is stored now. */
export interface Stepped {
  readonly deployment: Deployment;
  /** `asks`: somebody outside is to be asked how it does, before it can be looked. */
  readonly did: Move['kind'] | 'asks';
  /** Only where it waits: the instant (RFC 3339) at which time alone moves it; absent = none does. */
  readonly until?: string;
}

/**
 * Takes a deployment one step further, by what is known of its entities now. `answer`: what somebody
 * else says of how the service does, or that nobody answered. `undefined`: there is no such deployment under way.
 *
 * Plans of its environment do not go out meanwhile: one that has not gone out when it is read, has not
 * when the step is written.
 */
export async function stepDeployment(
  context: Context,
  unit: UnitOfWork,
  id: string,
  tools: FollowTools,
  answer?: ServiceHealth | Unanswered,
): Promise<Stepped | undefined> {
  const before = await unit.deployments.get(id);
  if (before === undefined || hasEnded(before.status)) return undefined;
  await unit.environments.lock(before.environment);
  // Only now it does not change any more.
  const stored = await unit.deployments.get(id);
  if (stored === undefined || hasEnded(stored.status)) return undefined;
  const facts = await loadDeploymentFacts(context, unit, stored, tools.settlingMs);
  const followed = followDeployment(stored, facts);
  const { move } = followed;
  const deployment = await leaveLine(context, unit, { stored, facts, followed });
  if (move.kind === 'look' && context.health !== undefined && answer === undefined) {
    await markHeldWaves(unit, stored, deployment);
    return { deployment: await keep(unit, stored, deployment), did: 'asks' };
  }
  const look = (target: DeploymentTarget): DeploymentTarget => {
    const seen = facts.targets.get(target.entity)?.health;
    if (seen === undefined) return target;
    const said = { seen, ...(answer !== undefined && { answer }) };
    return takeLook(target, said, facts.now.toISOString());
  };
  const moved = await carryOut(context, unit, { deployment, move }, look);
  const until = move.kind === 'wait' ? move.until : undefined;
  const kept = await keep(unit, stored, moved);
  await markHeldWaves(unit, stored, kept);
  if (kept.status === 'completed') await settleBackPorts(context, unit, kept.service);
  // In the same transaction: else what is half-way would go back before that comes.
  if (move.kind === 'give_way') await stepDeployment(context, unit, move.to, tools);
  return {
    deployment: kept,
    did: move.kind,
    ...(until !== undefined && { until }),
  };
}

/** What is known of one that was queued only when it begins, and what it may go past only from then on. */
async function leaveLine(
  context: Context,
  unit: UnitOfWork,
  step: {
    readonly stored: Deployment;
    readonly facts: DeploymentFacts;
    readonly followed: FollowedDeployment;
  },
): Promise<Deployment> {
  const { deployment } = step.followed;
  if (!step.stored.queued || deployment.queued) return deployment;
  const from = await runningVersionOf(unit, deployment);
  const left = { ...deployment, ...(from !== undefined && { fromVersion: from }) };
  return openGranted(context, unit, left, step.facts);
}

async function carryOut(
  context: Context,
  unit: UnitOfWork,
  { deployment, move }: FollowedDeployment,
  look: (target: DeploymentTarget) => DeploymentTarget,
): Promise<Deployment> {
  switch (move.kind) {
    case 'wait':
      return deployment;
    case 'start':
      return each(deployment, move, (one) => startTarget(context, unit, deployment, one));
    case 'stop':
      return each(deployment, move, async (one) => {
        const left = await putBack(context, unit, deployment, one);
        const note = left === undefined ? move.note : `${move.note}; ${left}`;
        return { ...one, state: move.state, note };
      });
    case 'advance':
      return each(deployment, move, (one) => advanceTarget(context, unit, deployment, one));
    case 'look':
      return each(deployment, move, (one) => Promise.resolve(look(one)));
    case 'take_back':
      return each(deployment, move, (one) => takeBack(context, unit, deployment, one));
    case 'give_way':
      return giveWay(context, unit, deployment, await urgentOne(unit, move.to));
    case 'end':
      return endDeployment(context, unit, deployment, move);
  }
}

async function urgentOne(unit: UnitOfWork, id: string): Promise<Deployment> {
  const found = await unit.deployments.get(id);
  if (found === undefined) throw new InvariantViolation(`deployment ${id} is not stored`);
  return found;
}

/** One after another: what belongs to several entities is written in their order. */
async function each(
  deployment: Deployment,
  { entities }: { readonly entities: readonly string[] },
  change: (target: DeploymentTarget) => Promise<DeploymentTarget>,
): Promise<Deployment> {
  const targets: DeploymentTarget[] = [];
  for (const target of deployment.targets) {
    targets.push(entities.includes(target.entity) ? await change(target) : target);
  }
  return { ...deployment, targets };
}

/** Nothing is written of what has not changed. */
async function keep(unit: UnitOfWork, stored: Deployment, next: Deployment): Promise<Deployment> {
  return isSame(stored, next) ? stored : saveDeployment(unit, next);
}

/** Nothing of a deployment has changed. */
export function isSame(stored: Deployment, next: Deployment): boolean {
  return json(stored) === json(next);
}

function json(deployment: Deployment): string {
  return canonicalJson(
    JSON.parse(JSON.stringify(deployment)) as Parameters<typeof canonicalJson>[0],
  );
}
