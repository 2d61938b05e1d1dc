import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DependencyDeclaration, DesiredState, Plan } from '@apollo-deploy/domain';
import { EngineWorld, failed, type SeenRelease, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';

const RUNS: SeenRelease = { version: '1.0.0', revision: 1 };

function needs(product: string, range: string): readonly DependencyDeclaration[] {
  return [{ product, range, optional: false }];
}

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
});

/** The last plan of an entity, as what people look at first. */
async function planOf(entity: string): Promise<object | undefined> {
  const plan = (await world.plans()).filter((one) => one.entity === entity).at(-1);
  return plan && { type: plan.type, state: plan.state, to: plan.to?.version, codes: codesOf(plan) };
}

function codesOf({ violations }: { readonly violations: readonly { readonly code: string }[] }) {
  return violations.map(({ code }) => code);
}

describe('a product that needs another', () => {
  beforeEach(async () => {
    await world.product('base', { '1.0.0': [], '2.0.0': [] });
    await world.product('shop', { '1.0.0': needs('base', '^2.0.0') });
    await world.release('1.0.0', 'base');
    await world.release('1.0.0', 'shop');
  });

  it('is not installed before the other runs in range, and then goes by itself', async () => {
    await world.report({});
    await world.entity({ channel: 'dev' }, {}, 'shop-dev', 'shop');
    await world.settle();
    expect(await planOf('shop-dev')).toMatchObject({
      state: 'BLOCKED',
      codes: ['dependency_missing'],
    });

    await world.entity({ channel: 'dev' }, {}, 'base-dev', 'base');
    await world.settle();
    await world.report({ 'base-dev': RUNS });
    await world.result((await world.lastPlan()).id, SUCCEEDED);
    await world.settle();
    expect(await planOf('shop-dev')).toMatchObject({
      state: 'BLOCKED',
      codes: ['dependency_version'],
    });

    await world.release('2.0.0', 'base');
    await world.settle();
    expect(await planOf('base-dev')).toMatchObject({ state: 'EXECUTING', to: '2.0.0' });
    await world.report({ 'base-dev': { version: '2.0.0', revision: 2, health: 'Progressing' } });
    await world.settle();
    expect(await planOf('shop-dev')).toMatchObject({
      state: 'BLOCKED',
      codes: ['dependency_unhealthy'],
    });

    await world.report({ 'base-dev': { version: '2.0.0', revision: 2 } });
    await world.settle();
    expect(await planOf('shop-dev')).toMatchObject({ type: 'install', state: 'EXECUTING' });
  });

  it('keeps the other from being uninstalled until it is gone itself', async () => {
    const base = { version: '2.0.0', revision: 1 };
    await world.report({ 'base-dev': base, 'shop-dev': RUNS });
    await world.entity({ channel: 'dev' }, {}, 'shop-dev', 'shop');
    await world.entity({ absent: true }, {}, 'base-dev', 'base');
    await world.settle();
    expect(await planOf('base-dev')).toMatchObject({
      type: 'uninstall',
      state: 'BLOCKED',
      codes: ['dependent_needs_it'],
    });

    await world.report({ 'base-dev': base });
    await world.entity({ absent: true }, {}, 'shop-dev', 'shop');
    await world.settle();
    expect(await planOf('base-dev')).toMatchObject({ type: 'uninstall', state: 'EXECUTING' });
  });

  it('is repaired even while the other is down', async () => {
    const base: SeenRelease = { version: '2.0.0', revision: 1 };
    await world.report({ 'base-dev': base, 'shop-dev': RUNS });
    await world.entity({ version: '2.0.0' }, {}, 'base-dev', 'base');
    await world.entity({ channel: 'dev' }, {}, 'shop-dev', 'shop');
    await world.settle();
    await world.goTo('2026-01-05T09:10:00Z');
    await world.engine.markDue();
    await world.settle();
    await world.report({
      'base-dev': { ...base, health: 'Degraded' },
      'shop-dev': { ...RUNS, missing: 'shop', health: 'Missing' },
    });
    await world.settle();
    expect(await planOf('shop-dev')).toMatchObject({
      type: 'config_update',
      state: 'EXECUTING',
      codes: [],
    });
  });
});

describe('what is left of a product where it is not installed', () => {
  const GONE: SeenRelease = { version: '1.0.0', revision: 2, status: 'uninstalled' };
  const FIRST_FAILED: SeenRelease = { ...RUNS, status: 'failed', health: 'Degraded' };
  const LEFT = [
    { name: 'the history of an uninstalled release', left: GONE },
    { name: 'a first install that failed', left: FIRST_FAILED },
  ];
  beforeEach(async () => {
    await world.product('base', { '1.0.0': [], '2.0.0': [] });
    await world.product('shop', { '1.0.0': needs('base', '^1.0.0') });
  });

  it.each(LEFT)('keeps nothing that it would need: $name', async ({ left }) => {
    await world.report({ 'base-dev': RUNS, 'shop-dev': left });
    await world.entity({ absent: true }, {}, 'shop-dev', 'shop');
    await world.entity({ version: '2.0.0' }, {}, 'base-dev', 'base');
    await world.settle();
    expect(await planOf('base-dev')).toMatchObject({ state: 'EXECUTING', to: '2.0.0', codes: [] });
  });

  it.each(LEFT)('is not there for what needs it: $name', async ({ left }) => {
    await world.report({ 'base-dev': left });
    await world.entity({ absent: true }, {}, 'base-dev', 'base');
    await world.entity({ version: '1.0.0' }, {}, 'shop-dev', 'shop');
    await world.settle();
    expect(await planOf('shop-dev')).toMatchObject({
      state: 'BLOCKED',
      codes: ['dependency_missing'],
    });
  });
});

describe('a rollback past what speaks against it', () => {
  it('keeps on the plan what that was, after its end too', async () => {
    await world.product('base', { '1.0.0': [] });
    await world.product('shop', { '1.0.0': needs('base', '^1.0.0'), '1.1.0': [] });
    await world.report({ 'base-dev': RUNS });
    await world.entity({ version: '1.0.0' }, {}, 'base-dev', 'base');
    await world.entity({ version: '1.0.0' }, {}, 'shop-dev', 'shop');
    await world.settle();
    await world.result((await world.lastPlan()).id, SUCCEEDED, RUNS);
    await world.entity({ version: '1.1.0' }, {}, 'shop-dev', 'shop');
    await world.settle();
    const bad: SeenRelease = { version: '1.1.0', revision: 2, health: 'Degraded' };
    await world.report({ 'base-dev': { ...RUNS, health: 'Degraded' }, 'shop-dev': bad });
    const upgrade = (await world.plans()).at(-1);
    await world.result(upgrade?.id ?? '', failed('unhealthy'), bad);
    await world.settle();
    const rollback = await world.lastPlan();
    expect(rollback).toMatchObject({ planClass: 'automatic_rollback', state: 'EXECUTING' });
    await world.result(rollback.id, SUCCEEDED, { ...RUNS, revision: 3 });
    expect(await world.planOf(rollback.id)).toMatchObject({
      state: 'SUCCEEDED',
      violations: [],
      noted: [{ code: 'dependency_unhealthy', effect: 'warns', data: { entity: 'base-dev' } }],
    });
    expect(upgrade).not.toHaveProperty('noted');
  });
});

describe('a release that the versions around it forbid', () => {
  beforeEach(async () => {
    await world.product('base', { '1.0.0': [] });
    await world.register('aria', '1.2.0', needs('base', '^2.0.0'));
    await world.report({ 'aria-dev': RUNS, 'base-dev': RUNS });
    await world.entity({ version: '1.0.0' }, {}, 'base-dev', 'base');
  });

  it('is passed over for an older one above what runs, and the plan says why', async () => {
    await world.entity({ range: '^1.0.0' });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      state: 'EXECUTING',
      to: { version: '1.1.0' },
      passedOver: [
        {
          version: '1.2.0',
          violations: [
            {
              code: 'dependency_version',
              message: 'aria 1.2.0 needs base ^2.0.0; base-dev runs 1.0.0',
              data: { product: 'base', range: '^2.0.0', entity: 'base-dev', version: '1.0.0' },
            },
          ],
        },
      ],
    });
  });

  it('is proposed all the same, and blocked, where no other is left', async () => {
    await world.entity({ range: '>=1.2.0' });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      state: 'BLOCKED',
      to: { version: '1.2.0' },
      passedOver: [],
      violations: [{ code: 'dependency_version' }],
    });
  });
});

describe('two products that are not there and need each other', () => {
  it('both say that neither can go first', async () => {
    await world.report({});
    await world.product('base', { '1.0.0': needs('shop', '*'), '1.1.0': needs('shop', '*') });
    await world.product('shop', { '1.0.0': needs('base', '*') });
    await world.entity({ range: '*' }, {}, 'base-dev', 'base');
    await world.entity({ range: '*' }, {}, 'shop-dev', 'shop');
    await world.engine.evaluateAll();
    expect(await planOf('base-dev')).toMatchObject({ codes: ['dependency_cycle'] });
    expect(await planOf('shop-dev')).toMatchObject({ codes: ['dependency_cycle'] });
  });
});

describe('a product that needs another on a different spoke', () => {
  it('waits while that spoke has come back and not said what runs there', async () => {
    await world.report({});
    const east = await OtherSpoke.joinIn(world, 'east', 'dev');
    await east.want({ version: '1.0.0' });
    await east.report(RUNS);
    await east.comeBack();
    await world.product('shop', { '1.0.0': needs('aria', '^1.0.0') });
    await world.entity({ version: '1.0.0' }, {}, 'shop-dev', 'shop');
    await world.settle();
    expect((await world.lastPlan()).violations).toMatchObject([
      {
        code: 'dependency_unhealthy',
        message:
          'shop 1.0.0 needs aria to run; aria-east does not: spoke east has connected and not yet said what runs',
      },
    ]);
    await east.report(RUNS);
    await world.settle();
    expect(await planOf('shop-dev')).toMatchObject({ type: 'install', state: 'EXECUTING' });
  });
});

describe('while a plan executes next door', () => {
  beforeEach(async () => {
    await world.product('base', { '1.0.0': [], '2.0.0': [] });
    await world.product('shop', { '1.0.0': needs('base', '^1.0.0') });
  });

  async function baseIs(desired: DesiredState, seen?: SeenRelease): Promise<Plan> {
    await world.report(seen === undefined ? {} : { 'base-dev': seen });
    await world.entity(desired, {}, 'base-dev', 'base');
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ entity: 'base-dev', state: 'EXECUTING' });
    return plan;
  }

  async function shopIsWanted(): Promise<readonly string[]> {
    await world.entity({ version: '1.0.0' }, {}, 'shop-dev', 'shop');
    await world.settle();
    return (await world.lastPlan()).violations.map(({ message }) => message);
  }

  it.each([
    {
      name: 'what is needed is uninstalled',
      desired: { absent: true },
      seen: RUNS,
      message: 'shop 1.0.0 needs base to run; base-dev does not: it is being uninstalled',
    },
    {
      name: 'what is needed leaves the range',
      desired: { version: '2.0.0' },
      seen: RUNS,
      message: 'shop 1.0.0 needs base ^1.0.0; base-dev is being taken to 2.0.0',
    },
    {
      name: 'what is needed is installed',
      desired: { version: '1.0.0' },
      seen: undefined,
      message: 'shop 1.0.0 needs base to run; base-dev does not: it is being installed',
    },
  ] as const)('nothing goes out that needs another: $name', async ({ desired, seen, message }) => {
    await baseIs(desired, seen);
    expect(await shopIsWanted()).toEqual([message]);
    expect(await planOf('shop-dev')).toMatchObject({ type: 'install', state: 'BLOCKED' });
  });

  it('it goes as soon as the other plan has come back untouched', async () => {
    const { id } = await baseIs({ absent: true }, RUNS);
    await shopIsWanted();
    await world.entity({ version: '1.0.0' }, {}, 'base-dev', 'base');
    await world.settle();
    expect(await planOf('shop-dev')).toMatchObject({ state: 'BLOCKED' });
    await world.result(id, {
      verdict: 'declined',
      reason: 'expired',
      message: 'the offer came too late',
      evidence: {},
    });
    await world.settle();
    expect(await planOf('shop-dev')).toMatchObject({ type: 'install', state: 'EXECUTING' });
  });

  it('nothing is uninstalled that what is being installed needs', async () => {
    await world.report({ 'base-dev': RUNS });
    await world.entity({ version: '1.0.0' }, {}, 'base-dev', 'base');
    expect(await shopIsWanted()).toEqual([]);
    expect(await planOf('shop-dev')).toMatchObject({ type: 'install', state: 'EXECUTING' });
    await world.entity({ absent: true }, {}, 'base-dev', 'base');
    await world.settle();
    expect(await planOf('base-dev')).toMatchObject({
      type: 'uninstall',
      state: 'BLOCKED',
      codes: ['dependent_needs_it'],
    });
  });
});
