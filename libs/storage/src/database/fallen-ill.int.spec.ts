import { beforeEach, describe, expect, it } from '@jest/globals';
import { DeploymentWorld, OtherSpoke, SUCCEEDED } from '@apollo-deploy/orchestration/testing';
import { sharedDatabase } from '../testing/shared-database.js';

const database = sharedDatabase();

let world: DeploymentWorld;
let two: OtherSpoke;

/** `aria` 1.0.0 runs on both spokes of `dev`, and nothing newer may come to the second before ten. */
beforeEach(async () => {
  world = await DeploymentWorld.build({}, await database.open());
  const { engine } = world;
  two = await OtherSpoke.joinIn(engine, 'two', 'dev');
  await two.report();
  await engine.entity({ version: '1.0.0' });
  await two.want({ version: '1.0.0' });
  await engine.settle();
  const seen = { version: '1.0.0', revision: 1 };
  await engine.result((await planOn('dev')).id, SUCCEEDED, seen);
  await two.succeed((await two.lastPlan()).id, seen);
  await engine.settle();
  await engine.constraint({
    ...{ name: 'freeze', kind: 'suppression_window', scope: { entities: ['aria-two'] } },
    spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-05T10:00:00Z', reason: 'Fair' },
  });
  await goTo('2026-01-05T09:00:01.000Z');
});

async function planOn(spoke: string) {
  const plan = (await world.engine.plans()).filter((one) => one.spoke === spoke).at(-1);
  if (plan === undefined) throw new Error(`no plan on ${spoke}`);
  return plan;
}

async function goTo(instant: string): Promise<void> {
  await world.engine.goTo(instant);
  await two.heard();
  await world.engine.engine.markDue();
  await world.follow();
}

describe('a deployment in PostgreSQL whose first wave falls ill as the freeze of the second ends', () => {
  it('lets nothing of the second out, and goes back at the first', async () => {
    const { engine } = world;
    const { id } = await world.deploy({ version: '1.1.0' });
    await engine.result((await planOn('dev')).id, SUCCEEDED, { version: '1.1.0', revision: 2 });
    for (const second of ['01', '09', '17']) await goTo(`2026-01-05T09:00:${second}.000Z`);
    expect(await world.stored(id)).toMatchObject({
      targets: [{ state: 'healthy' }, { state: 'started' }],
    });
    await goTo('2026-01-05T09:59:55.000Z');
    await engine.report({ 'aria-dev': { version: '1.1.0', revision: 2, health: 'Degraded' } });
    await world.follow();
    await goTo('2026-01-05T10:00:00.000Z');
    expect(await world.stored(id)).toMatchObject({
      targets: [{ state: 'deployed', fellIllAt: '2026-01-05T09:59:55.000Z' }, {}],
    });
    expect(await planOn('two')).toMatchObject({
      ...{ state: 'BLOCKED', to: { version: '1.1.0' } },
      violations: [{ code: 'wave' }],
    });
    await goTo('2026-01-05T10:00:05.000Z');
    expect(await planOn('two')).toMatchObject({ state: 'CANCELLED' });
    await engine.result((await planOn('dev')).id, SUCCEEDED, { version: '1.0.0', revision: 3 });
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      ...{ status: 'rolled_back', rollbackVersion: '1.0.0' },
      targets: [{ state: 'rolled_back' }, { state: 'not_started' }],
    });
  });
});
