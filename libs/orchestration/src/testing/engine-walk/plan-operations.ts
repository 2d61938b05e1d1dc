import type { Plan } from '@apollo-deploy/domain';
import { resolvePlan } from '../../engine/resolve-plan.js';
import { PERSON } from '../engine-world.js';
import type { Operation } from './operation.js';
import type { WalkWorld } from './walk-world.js';

/** What people do to plans. */
export const PLAN_OPERATIONS: readonly Operation[] = [
  {
    name: 'force',
    weight: 2,
    run: async ({ engine, entities }, random) => {
      const { name } = random.pick(entities);
      const evaluated = await engine.evaluate(PERSON, name, { force: true });
      return evaluated.ok ? name : undefined;
    },
  },
  onOpenPlan('cancel', 2, async ({ engine }, plan) => {
    const cancelled = await engine.cancelPlan(PERSON, plan.id, 'Not today');
    return cancelled.ok;
  }),
  onOpenPlan('execute', 1, async ({ engine }, plan) => {
    const executed = await engine.executePlan(PERSON, plan.id);
    return executed.ok;
  }),
  onOpenPlan('resolve', 2, async ({ context }, plan, random) => {
    const resolution = random.pick(['SUCCEEDED', 'FAILED', 'CANCELLED'] as const);
    const resolved = await resolvePlan(context, PERSON, plan.id, resolution, 'I looked');
    return resolved.ok;
  }),
];

function onOpenPlan(
  name: string,
  weight: number,
  act: (world: WalkWorld, plan: Plan, random: Parameters<Operation['run']>[1]) => Promise<boolean>,
): Operation {
  return {
    name,
    weight,
    run: async (world, random) => {
      const { name: entity } = random.pick(world.entities);
      const [plan] = await world.read((unit) => unit.plans.openOf([entity]));
      if (plan === undefined) return undefined;
      return (await act(world, plan, random)) ? `${entity} ${plan.type} ${plan.state}` : undefined;
    },
  };
}
