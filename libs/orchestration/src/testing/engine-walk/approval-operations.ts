import type { Plan } from '@apollo-deploy/domain';
import type { Principal } from '../../ports/principal.js';
import { setRoles } from '../../people/set-roles.js';
import { PERSON } from '../engine-world.js';
import { APPROVERS } from './approvers.js';
import type { Operation } from './operation.js';
import type { Random } from './random.js';
import type { WalkWorld } from './walk-world.js';

/** What people say about plans in production, and who may. */
export const APPROVAL_OPERATIONS: readonly Operation[] = [
  onWaitingPlan('approve', 8, async ({ engine }, { id, digest }, by) => {
    const given = await engine.approvePlan(by, id, { digest });
    return given.ok;
  }),
  onWaitingPlan('reject', 1, async ({ engine }, { id }, by) => {
    const rejected = await engine.rejectPlan(by, id, 'Not like this');
    return rejected.ok;
  }),
  onWaitingPlan('withdraw', 2, async ({ engine }, { id }, by) => {
    const withdrawn = await engine.withdrawApproval(by, id);
    return withdrawn.ok;
  }),
  {
    name: 'roles',
    weight: 1,
    run: async ({ context }, random) => {
      const name = random.pick(APPROVERS);
      const roles = random.once(3) ? ([] as const) : (['sre'] as const);
      const set = await setRoles(context, PERSON, { name, roles, grants: [], disabled: false });
      return set.ok ? `${name} ${roles.join()}` : undefined;
    },
  },
];

function onWaitingPlan(
  name: string,
  weight: number,
  act: (world: WalkWorld, plan: Plan, by: Principal) => Promise<boolean>,
): Operation {
  return {
    name,
    weight,
    run: async (world, random) => {
      const waiting = (await world.plans()).filter(
        ({ state, environment }) =>
          environment === 'prod' && (state === 'PENDING' || state === 'BLOCKED'),
      );
      if (waiting.length === 0) return undefined;
      const plan = random.pick(waiting);
      const by = approver(random);
      const done = await act(world, plan, by);
      return done ? `${by.name} ${plan.entity} ${plan.type}` : undefined;
    },
  };
}

function approver(random: Random): Principal {
  return { kind: 'person', name: random.pick(APPROVERS), roles: [] };
}
