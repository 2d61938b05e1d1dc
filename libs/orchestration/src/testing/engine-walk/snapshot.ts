import type { Plan } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../../ports/unit-of-work.js';
import type { WalkWorld } from './walk-world.js';

/** What the engine holds of one entity: decisions, not sentences. */
export interface EntitySnapshot {
  /** What its last evaluation came to; `under way` while that cannot matter. */
  readonly code: string;
  readonly target: string | null | undefined;
  readonly plan: PlanSnapshot | undefined;
  readonly hold: string | undefined;
  readonly suppressedUntil: string | undefined;
  readonly rollbackTo: string | undefined;
}

/** Of an open plan. */
export interface PlanSnapshot {
  readonly type: Plan['type'];
  readonly planClass: Plan['planClass'];
  readonly state: Plan['state'];
  readonly environment: string;
  readonly to: string | undefined;
  /** Codes of what holds it, each once, in order. */
  readonly codes: readonly string[];
}

/** Of every entity, by its name. */
export type Snapshot = ReadonlyMap<string, EntitySnapshot>;

export async function takeSnapshot(world: WalkWorld): Promise<Snapshot> {
  const names = world.entities.map(({ name }) => name);
  return world.read(async (unit) => {
    const kept = {
      evaluations: await unit.evaluations.getMany(names),
      plans: await unit.plans.openOf(names),
      holds: await unit.holds.ofEntities(names),
      suppressions: await unit.suppressions.ofEntities(names),
      demands: await unit.rollbackDemands.ofEntities(names),
    };
    return new Map(names.map((name) => [name, snapshotOf(name, kept)]));
  });
}

interface Kept {
  readonly evaluations: Awaited<ReturnType<UnitOfWork['evaluations']['getMany']>>;
  readonly plans: readonly Plan[];
  readonly holds: Awaited<ReturnType<UnitOfWork['holds']['ofEntities']>>;
  readonly suppressions: Awaited<ReturnType<UnitOfWork['suppressions']['ofEntities']>>;
  readonly demands: Awaited<ReturnType<UnitOfWork['rollbackDemands']['ofEntities']>>;
}

function snapshotOf(name: string, kept: Kept): EntitySnapshot {
  const ofIt = <T extends { readonly entity: string }>(all: readonly T[]) =>
    all.find(({ entity }) => entity === name);
  const evaluation = ofIt(kept.evaluations);
  const plan = ofIt(kept.plans);
  const busy = plan?.state === 'EXECUTING' || plan?.state === 'UNKNOWN';
  return {
    code: busy ? 'under way' : (evaluation?.code ?? 'never evaluated'),
    target: busy ? undefined : evaluation?.target.version,
    plan: plan === undefined ? undefined : planSnapshot(plan),
    hold: ofIt(kept.holds)?.cause,
    suppressedUntil: ofIt(kept.suppressions)?.until,
    rollbackTo: ofIt(kept.demands)?.to.version,
  };
}

function planSnapshot(plan: Plan): PlanSnapshot {
  const { type, planClass, state, environment, to, violations } = plan;
  const codes = [...new Set(violations.map(({ code }) => code))].sort();
  return { type, planClass, state, environment, to: to?.version, codes };
}
