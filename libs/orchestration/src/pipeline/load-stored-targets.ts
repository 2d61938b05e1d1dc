import type {
  Deployment,
  DeploymentTarget,
  Entity,
  Environment,
  Hold,
  Plan,
  ReportedRelease,
  RollbackDemand,
} from '@apollo-deploy/domain';
import { distinct } from '../engine/distinct.js';
import { releaseKey } from '../engine/release-key.js';
import type { EvaluationRecord, SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { reportedState } from '../spokes/release-state.js';

/** What is stored of one entity of a deployment. */
export interface StoredTarget {
  readonly entity: Entity | undefined;
  readonly spoke: SpokeRecord | undefined;
  /** What its spoke saw last. */
  readonly release: ReportedRelease | null | undefined;
  readonly evaluation: EvaluationRecord | undefined;
  readonly demand: RollbackDemand | undefined;
  readonly openPlan: Plan | undefined;
  readonly hold: Hold | undefined;
  readonly environment: Environment | undefined;
}

/**
 * Loads what is stored of the entities of deployments, with eight statements however many they are.
 * Answers by the deployment and its target.
 */
export async function loadStoredTargets(
  unit: UnitOfWork,
  deployments: readonly Deployment[],
): Promise<(deployment: Deployment, target: DeploymentTarget) => StoredTarget> {
  const targets = deployments.flatMap((one) => one.targets);
  const names = distinct(targets.map(({ entity }) => entity));
  // Open plans before states: a plan that ends in between is then seen open, or its state is seen.
  const openPlans = byEntity(await unit.plans.openOf(names));
  const entities = await unit.entities.getMany(names);
  const spokes = byName(await unit.spokes.getMany(distinct(targets.map(({ spoke }) => spoke))));
  const summaries = await unit.releaseStates.summaries(entities);
  const evaluations = byEntity(await unit.evaluations.getMany(names));
  const demands = byEntity(await unit.rollbackDemands.ofEntities(names));
  const holds = byEntity(await unit.holds.ofEntities(names));
  const environments = byName(
    await unit.environments.getMany(distinct(deployments.map(({ environment }) => environment))),
  );
  const entityOf = byName(entities);
  const states = new Map(summaries.map((state) => [releaseKey(state), state]));
  return (deployment, { entity: name, spoke: spokeName }) => {
    const [entity, spoke] = [entityOf.get(name), spokes.get(spokeName)];
    return {
      ...{ entity, spoke },
      release: entity && reportedState(entity, spoke, states.get(releaseKey(entity)))?.release,
      evaluation: evaluations.get(name),
      demand: demands.get(name),
      openPlan: openPlans.get(name),
      hold: holds.get(name),
      environment: environments.get(deployment.environment),
    };
  };
}

function byEntity<T extends { readonly entity: string }>(rows: readonly T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.entity, row]));
}

function byName<T extends { readonly name: string }>(rows: readonly T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.name, row]));
}
