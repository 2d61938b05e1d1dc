import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Role, RoleGrant } from '@apollo-deploy/domain';
import { setRoles } from '../people/set-roles.js';
import { EngineWorld, must, PERSON, personCalled, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { lendRoles } from './delegations.js';

const SRE_IN_PROD: readonly RoleGrant[] = [{ environment: 'prod', roles: ['sre'] }];
const SRE_IN_DEV: readonly RoleGrant[] = [{ environment: 'dev', roles: ['sre'] }];
const FREEZE = {
  kind: 'suppression_window',
  spec: { start: '2026-01-05T09:00:00Z', end: '2026-01-06T09:00:00Z', reason: 'wait' },
};
const TOMORROW = '2026-01-06T09:00:00.000Z';

let world: EngineWorld;
let prod: OtherSpoke;
/** An upgrade of production, which is proven in `dev`, waits for an sre; eve is one somewhere. */
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  prod = await OtherSpoke.join(world, 'prod', 'production');
  await world.report({});
  await world.entity({ version: '1.1.0' });
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.1.0', revision: 1 });
  await prod.report({ version: '1.0.0', revision: 1 });
  await prod.want({ version: '1.1.0' });
  await world.settle();
});

async function person(
  name: string,
  grants: readonly RoleGrant[],
  roles: readonly Role[] = [],
): Promise<void> {
  must(await setRoles(world.context, PERSON, { name, roles, grants, disabled: false }));
}

/** What became of an approval: of the plan, or why it was refused. */
async function approvedBy(by: string): Promise<string> {
  const { id, digest } = await prod.lastPlan();
  const given = await world.engine.approvePlan(personCalled(by), id, { digest });
  await world.settle();
  const { state, violations } = await prod.lastPlan();
  return given.ok ? [state, ...violations.map(({ code }) => code)].join(' ') : given.error.code;
}

const lend = (giver: string, to: string, scope: object) =>
  lendRoles(world.context, personCalled(giver), { to, roles: ['sre'], scope, until: TOMORROW });

describe('the role of an sre', () => {
  it.each<{ name: string; grants: readonly RoleGrant[]; expected: string }>([
    { name: 'in production', grants: SRE_IN_PROD, expected: 'EXECUTING' },
    { name: 'in dev alone', grants: SRE_IN_DEV, expected: 'approval/not_eligible' },
    {
      name: 'in dev, beside another one in production',
      grants: [...SRE_IN_DEV, { environment: 'prod', roles: ['developer'] }],
      expected: 'approval/not_eligible',
    },
  ])('counts for a plan of production where it is held: $name', async ({ grants, expected }) => {
    await person('eve', grants);
    expect(await approvedBy('eve')).toBe(expected);
  });

  it('that is moved elsewhere after the approval does not count at dispatch', async () => {
    await person('eve', SRE_IN_PROD);
    await world.constraint(FREEZE);
    await world.settle();
    expect(await approvedBy('eve')).toBe('BLOCKED suppression_window');
    await person('eve', SRE_IN_DEV);
    await world.settle();
    const { violations } = await prod.lastPlan();
    expect(violations.map(({ code }) => code)).toEqual([
      'suppression_window',
      'gate_unsatisfiable',
    ]);
  });
});

describe('a role in one environment, lent for every plan', () => {
  it.each<{ name: string; grants: readonly RoleGrant[]; expected: string }>([
    { name: 'counts where its giver has it', grants: SRE_IN_PROD, expected: 'EXECUTING' },
    {
      name: 'counts nowhere else',
      grants: SRE_IN_DEV,
      expected: 'approval/not_eligible',
    },
  ])('$name', async ({ grants, expected }) => {
    await person('eve', grants);
    await person('dan', [], ['viewer']);
    must(await lend('eve', 'dan', {}));
    expect(await approvedBy('dan')).toBe(expected);
  });

  it('counts no more once its giver has it elsewhere only', async () => {
    await person('eve', SRE_IN_PROD);
    await person('dan', [], ['viewer']);
    must(await lend('eve', 'dan', {}));
    await person('eve', SRE_IN_DEV);
    expect(await approvedBy('dan')).toBe('approval/not_eligible');
  });
});

describe('a role in one environment, lent for another', () => {
  it('is refused when it is lent', async () => {
    await person('eve', SRE_IN_DEV);
    await person('dan', [], ['viewer']);
    expect(await lend('eve', 'dan', { environment: 'prod' })).toMatchObject({
      ok: false,
      error: { code: 'approval/delegation_too_wide' },
    });
    expect((await lend('eve', 'dan', { environment: 'dev' })).ok).toBe(true);
  });
});
