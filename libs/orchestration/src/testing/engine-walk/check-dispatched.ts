import {
  type Hold,
  inScope,
  type Plan,
  recallOf,
  type StoredConstraint,
} from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import type { UnitOfWork } from '../../ports/unit-of-work.js';
import { presenceOf } from '../../spokes/presence.js';
import { brokenApproval } from './broken-approval.js';
import type { WalkWorld } from './walk-world.js';

/**
 * Limits hold, and nothing that has gone out since the last look, at this instant, has done so against
 * what is in force at this instant.
 */
export async function checkDispatched(world: WalkWorld): Promise<void> {
  const executing = (await world.plans()).filter(({ state }) => state === 'EXECUTING');
  checkLimits(world, executing);
  const now = world.clock.now().toISOString();
  await world.read(async (unit) => {
    for (const plan of executing) {
      if (world.seenExecuting.has(plan.id)) continue;
      world.seenExecuting.add(plan.id);
      if (plan.startedAt !== now) continue;
      const broken = [
        ...world.constraints.flatMap((one) => brokenFreeze(world, one, plan) ?? []),
        ...(await brokenRestraints(world, unit, plan)),
        ...(await brokenSpoke(world, unit, plan)),
        ...(isProduction(world, plan) ? await brokenApproval(unit, plan, world.clock.now()) : []),
      ];
      for (const what of broken) {
        world.finding(
          `dispatched: ${plan.entity} (${plan.type}, ${plan.planClass}) against ${what}`,
        );
      }
    }
  });
}

function isProduction({ environments }: WalkWorld, { environment }: Plan): boolean {
  return environments.get(environment)?.tier === 'production';
}

function checkLimits(world: WalkWorld, executing: readonly Plan[]): void {
  const held = [
    ...[...world.environments].map(([name, of]) => ({ name, ...of, key: 'environment' as const })),
    ...[...world.products].map(([name, of]) => ({ name, ...of, key: 'product' as const })),
    ...[...world.spokeLimits].map(([name, of]) => ({ name, ...of, key: 'spoke' as const })),
  ];
  for (const { name, maxConcurrent, key } of held) {
    const count = executing.filter((plan) => plan[key] === name).length;
    if (maxConcurrent !== undefined && count > maxConcurrent) {
      world.finding(
        `limit: ${String(count)} plans execute in ${key} ${name}, not ${String(maxConcurrent)}`,
      );
    }
  }
}

/** What only a hotfix, a rollback or a roll-off may pass. */
function isOrdinary({ planClass }: Plan): boolean {
  return planClass === 'ordinary' || planClass === 'repair';
}

function brokenFreeze(
  world: WalkWorld,
  constraint: StoredConstraint,
  plan: Plan,
): string | undefined {
  const { kind, spec, scope } = constraint;
  if (kind !== 'suppression_window') return undefined;
  const tier = world.environments.get(plan.environment)?.tier ?? 'development';
  const subject = {
    ...plan,
    tier,
    planType: plan.type,
    criticality: 'medium',
    labels: {},
  } as const;
  const now = world.clock.now().toISOString();
  const inForce = isPast(spec['start'], now) && !isPast(spec['end'], now);
  const applies = spec['hard'] === true || isOrdinary(plan);
  return inForce && applies && inScope(scope, subject) ? `freeze ${constraint.id}` : undefined;
}

function isPast(instant: Json | undefined, now: string): boolean {
  return typeof instant === 'string' && Date.parse(instant) <= Date.parse(now);
}

async function brokenRestraints(
  world: WalkWorld,
  unit: UnitOfWork,
  plan: Plan,
): Promise<readonly string[]> {
  const { entity, to } = plan;
  const [hold] = await unit.holds.ofEntities([entity]);
  const [suppression] = await unit.suppressions.ofEntities([entity]);
  const recalls = await unit.recalls.ofProducts([plan.product]);
  const now = world.clock.now().toISOString();
  const recalled = to !== null && recallOf(recalls, to.version) !== undefined;
  const suppressed = suppression !== undefined && !isPast(suppression.until, now);
  return [
    ...(hold !== undefined && breaks(hold, plan) ? ['a hold'] : []),
    ...(recalled && plan.planClass !== 'repair' ? [`the recall of ${to.version}`] : []),
    ...(suppressed && isOrdinary(plan) && plan.forced !== true ? ['its suppression'] : []),
  ];
}

function breaks({ fixes }: Hold, { planClass, content }: Plan): boolean {
  const restores =
    fixes?.chartSha256 === content.chart?.sha256 && fixes?.valuesDigest === content.valuesDigest;
  return planClass === 'ordinary' && !restores;
}

async function brokenSpoke(
  world: WalkWorld,
  unit: UnitOfWork,
  plan: Plan,
): Promise<readonly string[]> {
  const spoke = await unit.spokes.get(plan.spoke);
  if (spoke === undefined) return ['a spoke that is not there'];
  const { startedAt } = world.context;
  const presence = presenceOf(spoke, { now: world.clock.now(), startedAt });
  const reachable = presence === 'connected' || presence === 'stale';
  return [
    ...(reachable ? [] : [`its spoke, which is ${presence}`]),
    ...(spoke.stateEpoch === spoke.epoch ? [] : ['a report of an earlier session']),
  ];
}
