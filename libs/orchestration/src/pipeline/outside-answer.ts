import {
  type Deployment,
  type DeploymentTarget,
  hasEnded,
  refusal,
  type Refusal,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { endDeployment } from './end-deployment.js';
import { loadDeploymentFacts } from './load-deployment-facts.js';
import { type OutsideErrand, recordAnswer, storedDeployment } from './outside-errand.js';
import type { NotRolledBack, RollbackProvider } from './rollback-provider.js';
import { saveDeployment } from './save-deployment.js';
import { freeAgain, noLongerAsked, suppressionOf } from './set-aside.js';

/** They have done it, they say: what has become of it meanwhile, as they are not at it any more. */
export async function acceptedOutside(
  errand: OutsideErrand,
  unit: UnitOfWork,
  deployment: Deployment,
): Promise<Result<Deployment, Refusal>> {
  await unit.environments.lock(deployment.environment);
  await recordAnswer(errand, unit, deployment, { accepted: true });
  const before = await storedDeployment(unit, deployment);
  const unseen = hasEnded(before.status) ? [] : await unseenAt(errand, unit, before);
  // The engine tries what they have not brought, also where that was declined before.
  await unit.dirty.mark(unseen, true);
  return ok(await answered(errand, unit, before));
}

/** In one transaction with what it comes to: else a hub that ends in between keeps everything from there. */
async function answered(
  { context, principal }: OutsideErrand,
  unit: UnitOfWork,
  deployment: Deployment,
): Promise<Deployment> {
  await freeAgain(context, unit, principal, deployment);
  return saveDeployment(unit, noLongerAsked(deployment));
}

/** The entities of a deployment under way of which no spoke has seen that they run what was asked for. */
async function unseenAt(
  { context, tools }: OutsideErrand,
  unit: UnitOfWork,
  deployment: Deployment,
): Promise<readonly string[]> {
  const facts = await loadDeploymentFacts(context, unit, deployment, tools.settlingMs);
  return deployment.targets
    .filter(({ state, entity }) => !SEEN.includes(state) && !facts.targets.get(entity)?.runsIt)
    .map(({ entity }) => entity);
}

const SEEN: readonly DeploymentTarget['state'][] = ['deployed', 'healthy', 'skipped'];

/**
 * They have not done it, or nobody can tell: ends it, unless it has ended by itself, or is looked at, as
 * what its spokes have seen counts.
 */
export async function failedOutside(
  errand: OutsideErrand,
  unit: UnitOfWork,
  deployment: Deployment,
  { outcome, detail }: NotRolledBack,
): Promise<Result<Deployment, Refusal>> {
  const { context, provider } = errand;
  await unit.environments.lock(deployment.environment);
  const before = await storedDeployment(unit, deployment);
  await recordAnswer(errand, unit, deployment, { accepted: false, detail });
  const isSettled = hasEnded(before.status) || (await unseenAt(errand, unit, before)).length === 0;
  if (isSettled) return ok(await answered(errand, unit, before));
  // What they may be at still is kept from everything else.
  const last = outcome === 'refused' ? await answered(errand, unit, before) : before;
  const why = `${provider.name} rollback failed: ${detail}`;
  const ended = await endDeployment(context, unit, last, { status: 'failed', notes: why });
  await saveDeployment(unit, ended);
  const said = `${why}; ${whatNext(provider, outcome, suppressionOf(before))}`;
  const data = { deployment: deployment.id, outcome };
  return err(refusal('rollback/outside_failed', said, { data }));
}

function whatNext(
  { name }: RollbackProvider,
  outcome: NotRolledBack['outcome'],
  suppression: string | undefined,
): string {
  if (outcome === 'refused') return `nothing was changed; see to ${name} and ask again`;
  const lift = suppression === undefined ? '' : ` (DELETE /api/v1/suppressions/${suppression})`;
  return `it may have been done, so nothing moves there for half an hour; see what runs, and lift that to ask again or to let things go on${lift}`;
}
