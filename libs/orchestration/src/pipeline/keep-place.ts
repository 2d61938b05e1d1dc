import { type Deployment, refusal, type Refusal, type Waivable } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { DeploymentPlace } from '../ports/deployment-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { goesPast } from './hotfix-break-glass.js';

/** Thrown so that nothing is kept of a hotfix that was made, and is refused for what it took the place of. */
export class PlaceKept extends Error {
  override readonly name = 'PlaceKept';

  constructor(readonly refusal: Refusal) {
    super(refusal.detail);
  }
}

/** A hotfix that has not ended, with what it goes past; that is something. */
export interface PastSomething {
  readonly deployment: Deployment;
  readonly waives: readonly Waivable[];
}

/** The hotfixes at a place that go past something, or are to once they leave the line. */
export async function thosePastSomething(
  context: Context,
  unit: UnitOfWork,
  place: DeploymentPlace,
): Promise<readonly PastSomething[]> {
  const found: PastSomething[] = [];
  for (const deployment of await unit.deployments.underWayAt([place])) {
    const waives = await goesPast(context, unit, deployment);
    if (waives.length > 0) found.push({ deployment, waives });
  }
  return found;
}

/**
 * Throws `PlaceKept` where a hotfix that goes past nothing has taken the place of one of those: what was
 * urgent and could go would wait for all that holds any other. `why`: it goes past nothing, as a clause.
 */
export async function keepPlace(
  unit: UnitOfWork,
  newcomer: Pick<Deployment, 'id'>,
  others: readonly PastSomething[],
  why: string,
): Promise<void> {
  for (const other of others) {
    const now = await unit.deployments.get(other.deployment.id);
    if (now?.supersededBy === newcomer.id) throw new PlaceKept(placeKept(other, why));
  }
}

function placeKept({ deployment, waives }: PastSomething, why: string): Refusal {
  const { id, deployedBy, environment } = deployment;
  return refusal(
    'hotfix/goes_past_nothing',
    `hotfix ${id} of ${deployedBy} waits there and goes past ${waives.join(', ')}; this one would take its place and go past nothing: ${why}. Wait until that one has ended (GET /api/v1/deployments/${id}), let somebody ask who may break glass in ${environment}, or have that one given up first (POST /api/v1/plans/{id}/cancel)`,
    { data: { deployment: id, waives: [...waives] } },
  );
}
