import { beforeEach, describe, expect, it } from '@jest/globals';
import { addConstraint, type NewConstraint } from '../constraints/add-constraint.js';
import { EngineWorld, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { withdrawRecall } from '../recalls/withdraw-recall.js';
import { closeSession } from '../spokes/spoke-session.js';

// The clock stands on Monday, 5 January 2026, at 09:00.
const SOAK: NewConstraint = { name: 'an hour', kind: 'soak', spec: { minutes: 60 } };

let world: EngineWorld;
let prod: OtherSpoke;
/** `aria` 1.0.0 runs in production and 1.1.0 is wanted there; nothing is in development yet. */
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  prod = await OtherSpoke.join(world, 'prod', 'production');
  await prod.report({ version: '1.0.0', revision: 1 });
  await world.person('sre-1', 'sre');
});

/** Whoever is asked agrees at once, so that nothing waits for people. */
async function settle(): Promise<void> {
  await world.settle();
  await world.approveAll('sre-1');
}

async function wantedInProduction(version = '1.1.0'): Promise<void> {
  await prod.want({ version });
  await settle();
}

async function codes(): Promise<readonly string[]> {
  return (await prod.lastPlan()).violations.map(({ code }) => code);
}

/** A version comes to development by a plan that SUCCEEDS, and is as healthy as this. */
async function runsInDevelopment(version: string, health = 'Healthy'): Promise<void> {
  await world.entity({ version });
  await settle();
  const plan = (await world.plans()).filter(({ spoke }) => spoke === 'dev').at(-1);
  await world.result(plan?.id ?? '', SUCCEEDED, { version, revision: 1, health });
  await settle();
}

async function seenInDevelopment(version: string, health: string): Promise<void> {
  await world.report({ 'aria-dev': { version, revision: 1, health } });
  await settle();
}

/** Time goes on, both spokes are heard, and what is due is looked at. */
async function goTo(instant: string): Promise<void> {
  await world.goTo(instant);
  await prod.heard();
  await world.engine.markDue();
  await settle();
}

describe('promotion to production', () => {
  it('waits for the same chart to succeed and be Healthy below, and goes by itself then', async () => {
    await runsInDevelopment('1.0.0');
    await wantedInProduction();
    expect(await prod.lastPlan()).toMatchObject({
      state: 'BLOCKED',
      violations: [
        {
          code: 'promoted',
          message:
            'this chart of aria 1.1.0 has not succeeded and been Healthy below production: let it run in dev first',
          data: { product: 'aria', version: '1.1.0', lowerEnvironments: ['dev'] },
        },
      ],
    });
    await runsInDevelopment('1.1.0');
    expect(await prod.lastPlan()).toMatchObject({ state: 'EXECUTING', to: { version: '1.1.0' } });
  });

  it('takes proof for what is older than what runs as well', async () => {
    await runsInDevelopment('1.0.0');
    await prod.report({ version: '1.1.0', revision: 1 });
    await wantedInProduction('1.0.0');
    expect(await prod.lastPlan()).toMatchObject({
      ...{ state: 'EXECUTING', type: 'rollback' },
      ...{ from: { version: '1.1.0' }, to: { version: '1.0.0' } },
    });
  });

  it('waits for proof of what is older than what runs as of anything', async () => {
    await runsInDevelopment('1.1.0');
    await prod.report({ version: '1.1.0', revision: 1 });
    await wantedInProduction('1.0.0');
    expect(await codes()).toEqual(['promoted']);
  });

  it('waits on while the plan below has succeeded and what it brought is not Healthy', async () => {
    await wantedInProduction();
    await runsInDevelopment('1.1.0', 'Progressing');
    expect(await codes()).toEqual(['promoted']);
    await seenInDevelopment('1.1.0', 'Healthy');
    expect(await prod.lastPlan()).toMatchObject({ state: 'EXECUTING' });
  });

  it('keeps the proof when what ran below has moved on or broken since', async () => {
    await runsInDevelopment('1.1.0');
    await seenInDevelopment('1.1.0', 'Degraded');
    await wantedInProduction();
    expect(await prod.lastPlan()).toMatchObject({ state: 'EXECUTING' });
  });

  it('takes no proof from another version, nor from what no plan brought', async () => {
    await runsInDevelopment('1.0.0');
    await seenInDevelopment('1.1.0', 'Healthy');
    await wantedInProduction();
    expect(await codes()).toEqual(['promoted']);
  });

  it('takes what was there before any plan as proof once it has settled', async () => {
    await world.report({ 'aria-dev': { version: '1.1.0', revision: 1 } });
    await world.entity({ version: '1.1.0' });
    await wantedInProduction();
    await goTo('2026-01-05T09:09:59.000Z');
    expect(await codes()).toEqual(['promoted']);
    await goTo('2026-01-05T09:10:00.000Z');
    expect(await prod.lastPlan()).toMatchObject({ state: 'EXECUTING', to: { version: '1.1.0' } });
  });

  it.each([
    { name: 'of it, though it still runs below and is Healthy', range: '1.1.x', holds: true },
    { name: 'of another version leaves it', range: '1.0.x', holds: false },
  ])('takes no proof from before a withdrawn recall: one $name', async ({ range, holds }) => {
    await runsInDevelopment('1.1.0');
    const { id } = await world.recall(range);
    await settle();
    must(await withdrawRecall(world.context, PERSON, id));
    await seenInDevelopment('1.1.0', 'Progressing');
    await seenInDevelopment('1.1.0', 'Healthy');
    await goTo('2026-01-05T10:00:00.000Z');
    await wantedInProduction();
    expect(await codes()).toEqual(holds ? ['promoted'] : []);
    if (!holds) return;
    await world.entity({ version: '1.1.0' }, { replicas: 2 });
    await settle();
    const again = (await world.plans()).find(({ type }) => type === 'config_update');
    const runs = { version: '1.1.0', revision: 2, values: { replicas: 2 } };
    await world.result(again?.id ?? '', SUCCEEDED, runs);
    await settle();
    expect(await prod.lastPlan()).toMatchObject({ state: 'EXECUTING', to: { version: '1.1.0' } });
  });

  it('takes no proof from a plan that ended while its release was recalled', async () => {
    await world.entity({ version: '1.1.0' });
    await settle();
    const { id } = await world.lastPlan();
    await world.progress(id, 'helm');
    const recall = await world.recall('1.1.0');
    await world.result(id, SUCCEEDED, { version: '1.1.0', revision: 1 });
    must(await withdrawRecall(world.context, PERSON, recall.id));
    await seenInDevelopment('1.1.0', 'Healthy');
    await wantedInProduction();
    expect(await codes()).toEqual(['promoted']);
  });

  it('takes no proof from another production environment', async () => {
    await runsInDevelopment('1.1.0');
    await world.register('aria', '1.2.0');
    const second = await OtherSpoke.join(world, 'prod-eu', 'production');
    await second.report();
    await second.want({ version: '1.2.0' });
    await settle();
    expect((await second.lastPlan()).violations.map(({ code }) => code)).toEqual(['promoted']);
  });

  it('tells a system that has nothing but production the way out', async () => {
    await wantedInProduction();
    expect((await prod.lastPlan()).violations.map(({ message }) => message)).toEqual([
      'this chart of aria 1.1.0 has not succeeded and been Healthy below production: no development or staging environment has an entity of aria; give it one there (PUT /api/v1/entities/{name}) and let it run first',
    ]);
  });

  it('holds a first installation as well', async () => {
    await prod.report();
    await wantedInProduction('1.0.0');
    expect(await prod.lastPlan()).toMatchObject({ type: 'install', state: 'BLOCKED' });
    expect(await codes()).toEqual(['promoted']);
  });

  it.each([
    { name: 'a first install that failed', status: 'failed' },
    { name: 'the history of what was uninstalled', status: 'uninstalled' },
  ])('holds the version that $name left there: it never ran', async ({ status }) => {
    await prod.report({ version: '1.1.0', revision: 1, status, health: 'Missing' });
    await wantedInProduction();
    expect(await prod.lastPlan()).toMatchObject({ state: 'BLOCKED', to: { version: '1.1.0' } });
    expect(await codes()).toEqual(['promoted']);
  });

  it('lets an older version go that is proven, after the first install of a newer one failed', async () => {
    await runsInDevelopment('1.0.0');
    await prod.report({ version: '1.1.0', revision: 1, status: 'failed', health: 'Missing' });
    await wantedInProduction('1.0.0');
    expect(await prod.lastPlan()).toMatchObject({ state: 'EXECUTING', to: { version: '1.0.0' } });
  });

  it('does not hold other values of the version that runs', async () => {
    await prod.want({ version: '1.0.0' }, { replicas: 3 });
    await settle();
    expect(await prod.lastPlan()).toMatchObject({ type: 'config_update', state: 'EXECUTING' });
  });

  it('chooses the newest that is proven, and says what it passed over', async () => {
    await world.register('aria', '1.2.0');
    await runsInDevelopment('1.1.0');
    await prod.want({ range: '1.x' });
    await settle();
    const plan = await prod.lastPlan();
    expect(plan).toMatchObject({ state: 'EXECUTING', to: { version: '1.1.0' } });
    expect(
      plan.passedOver.map(({ version, violations }) => [version, violations.map((v) => v.code)]),
    ).toEqual([['1.2.0', ['promoted']]]);
  });

  it('tells what it passes over now, also of a plan that has waited since before', async () => {
    await world.constraint({
      name: 'freeze',
      kind: 'suppression_window',
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
      scope: { environments: ['prod'] },
    });
    await runsInDevelopment('1.1.0');
    await prod.want({ range: '1.x' });
    await settle();
    const before = await prod.lastPlan();
    expect(before).toMatchObject({ state: 'BLOCKED', passedOver: [] });
    await world.register('aria', '1.2.0');
    await settle();
    expect(await prod.lastPlan()).toMatchObject({
      id: before.id,
      passedOver: [{ version: '1.2.0', violations: [{ code: 'promoted' }] }],
    });
  });
});

describe('leaving what is recalled in production', () => {
  it('passes over an older release that its dependencies forbid, proven or not', async () => {
    await world.product('base', { '1.0.0': [] });
    await world.register('aria', '1.1.5', [{ product: 'base', range: '*', optional: false }]);
    await world.register('aria', '1.2.0');
    await prod.report({ version: '1.2.0', revision: 2 });
    await prod.want({ range: '1.x' });
    await world.recall('1.2.0', { strategy: 'downgrade' });
    await settle();
    const plan = await prod.lastPlan();
    expect(plan).toMatchObject({
      type: 'rollback',
      planClass: 'roll_off',
      state: 'EXECUTING',
      to: { version: '1.1.0' },
    });
    expect(
      plan.passedOver.map(({ version, violations }) => [version, violations.map((v) => v.code)]),
    ).toEqual([
      ['1.2.0', ['recall']],
      ['1.1.5', ['dependency_missing']],
    ]);
  });
});

describe('soaking', () => {
  it('says the exact instant, and lets the plan go at it', async () => {
    await world.constraint({ ...SOAK, scope: { environments: ['prod'] } });
    await runsInDevelopment('1.1.0');
    await wantedInProduction();
    const recheckAt = '2026-01-05T10:00:00.000Z';
    expect(await prod.lastPlan()).toMatchObject({
      state: 'BLOCKED',
      recheckAt,
      violations: [
        {
          code: 'soak',
          message:
            'an hour: aria 1.1.0 has to run Healthy in a lower tier for 60 minutes first, and has for 0',
          data: { rule: 'an hour', version: '1.1.0', from: null, minutes: 60, healthyMinutes: 0 },
          recheckAt,
        },
      ],
    });
    const explained = must(await world.engine.explain((await prod.lastPlan()).id));
    expect(explained.earliestAt).toBe(recheckAt);
    const start = world.clock.now().getTime();
    for (let half = 1; half < 120; half += 1) {
      await goTo(new Date(start + half * 30_000).toISOString());
    }
    expect(await codes()).toEqual(['soak']);
    await goTo(recheckAt);
    expect(await prod.lastPlan()).toMatchObject({ state: 'EXECUTING' });
  });

  it('stands still while what soaks is not Healthy, and goes on from there', async () => {
    await world.constraint({ ...SOAK, scope: { environments: ['prod'] } });
    await runsInDevelopment('1.1.0');
    await wantedInProduction();
    await goTo('2026-01-05T09:00:40.000Z');
    await seenInDevelopment('1.1.0', 'Degraded');
    const [soaks] = (await prod.lastPlan()).violations;
    expect(soaks?.message).toContain('so the time stands still');
    expect(soaks).not.toHaveProperty('recheckAt');
    await goTo('2026-01-05T12:00:00.000Z');
    await seenInDevelopment('1.1.0', 'Healthy');
    expect((await prod.lastPlan()).recheckAt).toBe('2026-01-05T12:59:20.000Z');
  });

  it.each([
    { name: 'goes on without a new session', reconnects: false },
    { name: 'ends with a new session', reconnects: true },
  ])('never counts silence that $name', async ({ reconnects }) => {
    await world.constraint({ ...SOAK, scope: { environments: ['prod'] } });
    await runsInDevelopment('1.1.0');
    await wantedInProduction();
    await goTo('2026-01-05T09:00:30.000Z');
    world.clock.advance(6 * 3_600_000 - 30_000);
    if (reconnects) {
      await closeSession(world.context, world.session);
      await world.connect();
    }
    await goTo('2026-01-05T15:00:00.000Z');
    await seenInDevelopment('1.1.0', 'Healthy');
    expect((await prod.lastPlan()).recheckAt).toBe('2026-01-05T15:59:30.000Z');
  });

  it('says anew until when, as soon as what soaks is heard again', async () => {
    await world.constraint({ ...SOAK, scope: { environments: ['prod'] } });
    await runsInDevelopment('1.1.0');
    await wantedInProduction();
    await goTo('2026-01-05T09:00:30.000Z');
    for (const ms of [30_000, 30_000, 20_000]) {
      world.clock.advance(ms);
      await prod.heard();
    }
    await world.goTo('2026-01-05T09:01:50.000Z');
    await settle();
    const { violations, recheckAt } = await prod.lastPlan();
    expect(recheckAt).toBe('2026-01-05T10:01:20.000Z');
    expect(violations).toMatchObject([{ code: 'soak', recheckAt }]);
  });

  it('looks only at its source, where it names one', async () => {
    const staging = await OtherSpoke.join(world, 'staging', 'staging');
    await staging.report();
    await world.constraint({
      ...SOAK,
      spec: { minutes: 1, from: 'staging' },
      scope: { environments: ['prod'] },
    });
    await runsInDevelopment('1.1.0');
    await goTo('2026-01-05T09:00:40.000Z');
    await goTo('2026-01-05T09:01:20.000Z');
    await wantedInProduction();
    expect(await codes()).toEqual(['soak']);
    await staging.heard();
    await staging.want({ version: '1.1.0' });
    await settle();
    await staging.succeed((await staging.lastPlan()).id, { version: '1.1.0', revision: 1 });
    await settle();
    expect((await prod.lastPlan()).recheckAt).toBe('2026-01-05T09:02:20.000Z');
  });

  it('is refused with a source that does not exist', async () => {
    const refused = await addConstraint(world.context, PERSON, {
      ...SOAK,
      spec: { minutes: 5, from: 'stagign' },
    });
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'catalog/environment_not_found', field: 'spec.from' },
    });
  });
});
