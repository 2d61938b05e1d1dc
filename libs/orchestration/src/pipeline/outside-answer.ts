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
import {
  type OutsideAsking,
  type OutsideErrand,
  recordAnswer,
  storedDeployment,
} from './outside-errand.js';
import type { NotRolledBack, RollbackProvider } from './rollback-provider.js';
import { saveDeployment } from './save-deployment.js';

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
  return ok(await answered(unit, before));
}

async function answered(unit: UnitOfWork, deployment: Deployment): Promise<Deployment> {
  if (hasEnded(deployment.status)) return deployment;
  const targets = deployment.targets.map(({ outside, ...target }) => {
    if (outside === undefined) return target;
    const { until: _, ...rest } = outside;
    return { ...target, outside: rest };
  });
  return saveDeployment(unit, { ...deployment, targets });
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
  { deployment, suppression }: OutsideAsking,
  { outcome, detail }: NotRolledBack,
): Promise<Result<Deployment, Refusal>> {
  const { context, provider } = errand;
  await unit.environments.lock(deployment.environment);
  const before = await storedDeployment(unit, deployment);
  await recordAnswer(errand, unit, deployment, { accepted: false, detail });
  if (hasEnded(before.status)) return ok(before);
  if ((await unseenAt(errand, unit, before)).length === 0) return ok(await answered(unit, before));
  const why = `${provider.name} rollback failed: ${detail}`;
  const ended = await endDeployment(context, unit, before, { status: 'failed', notes: why });
  await saveDeployment(unit, ended);
  const said = `${why}; ${whatNext(provider, outcome, suppression)}`;
  const data = { deployment: deployment.id, outcome };
  return err(refusal('rollback/outside_failed', said, { data }));
}

function whatNext(
  { name }: RollbackProvider,
  outcome: NotRolledBack['outcome'],
  suppression: string,
): string {
  return outcome === 'refused'
    ? `nothing was changed; see to ${name} and ask again`
    : `it may have been done, so nothing moves there for half an hour; see what runs, and lift that to ask again or to let things go on (DELETE /api/v1/suppressions/${suppression})`;
}
