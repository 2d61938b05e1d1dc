import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DesiredState } from '@apollo-deploy/domain';
import { EngineWorld, SUCCEEDED } from '../testing/engine-world.js';

/** Versions that Helm takes from a chart and that are none here: somebody else brought them. */
const FOREIGN = ['v1.2.0', '1.2', '01.2.0', 'latest'];

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
});

/** The last plan of an entity, as what people look at first. */
async function planOf(entity: string): Promise<object | undefined> {
  const plan = (await world.plans()).filter((one) => one.entity === entity).at(-1);
  return plan && { type: plan.type, state: plan.state, to: plan.to?.version ?? null };
}

describe.each(FOREIGN)('a release that runs as %s', (version) => {
  it('holds what needs it, in words that say what to do, until a registered one runs', async () => {
    await world.product('base', { '1.0.0': [] });
    await world.product('shop', {
      '1.0.0': [{ product: 'base', range: '>=1.0.0', optional: false }],
    });
    await world.release('1.0.0', 'shop');
    await world.report({ 'base-dev': { version, revision: 3 } });
    await world.entity({ channel: 'dev' }, {}, 'base-dev', 'base');
    await world.entity({ channel: 'dev' }, {}, 'shop-dev', 'shop');
    await world.settle();
    expect(world.bugs).toEqual([]);
    expect(await world.view('shop-dev')).toMatchObject({
      status: 'blocked',
      openPlan: {
        violations: [
          {
            code: 'dependency_version',
            message: `shop 1.0.0 needs base >=1.0.0; base-dev runs ${version}, which is no MAJOR.MINOR.PATCH version and so in no range: deploy a registered release of base to base-dev`,
            data: { product: 'base', entity: 'base-dev', range: '>=1.0.0', version },
          },
        ],
      },
    });

    await world.release('1.0.0', 'base');
    await world.settle();
    const { id } = await world.lastPlan();
    await world.result(id, SUCCEEDED, { version: '1.0.0', revision: 4 });
    await world.settle();
    expect(await planOf('shop-dev')).toEqual({
      ...{ type: 'install', state: 'EXECUTING', to: '1.0.0' },
    });
  });

  const WISHES: readonly { name: string; desired: DesiredState; expected: object }[] = [
    {
      name: 'its channel',
      desired: { channel: 'dev' },
      expected: { type: 'upgrade', to: '1.0.0' },
    },
    {
      name: 'a range',
      desired: { range: '>=1.0.0' },
      expected: { type: 'upgrade', to: '1.1.0' },
    },
    {
      name: 'a version',
      desired: { version: '1.0.0' },
      expected: { type: 'upgrade', to: '1.0.0' },
    },
    { name: 'absence', desired: { absent: true }, expected: { type: 'uninstall', to: null } },
  ];
  it.each(WISHES)('gives way to $name, past recalls and rules', async (given) => {
    await world.recall('<1.0.0', { strategy: 'downgrade' });
    await world.constraint({
      kind: 'rule',
      spec: {
        message: 'What runs is too new',
        when: {
          not: {
            any: [
              { fact: 'from.version', operator: 'gte', value: '9.0.0' },
              { fact: 'from.version', operator: 'inRange', value: '^9' },
            ],
          },
        },
      },
    });
    await world.report({ 'aria-dev': { version, revision: 3 } });
    await world.entity(given.desired);
    await world.settle();
    expect(world.bugs).toEqual([]);
    expect(await planOf('aria-dev')).toEqual({ ...given.expected, state: 'EXECUTING' });
    expect(await world.view()).toMatchObject({ status: 'executing' });
  });
});
