import { beforeEach, describe, expect, it } from '@jest/globals';
import { openBreakGlass } from '../break-glass/open-break-glass.js';
import { addToChannel } from '../catalog/add-to-channel.js';
import { putEntity } from '../catalog/put-entity.js';
import { must, PERSON, personCalled } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { ProductionWorld } from '../testing/production-world.js';

const WAIVES = ['approval', 'window', 'soak', 'promoted', 'health'] as const;
const SRE_1 = personCalled('sre-1');

let scene: ProductionWorld;
/** 1.0.0 runs in `dev` and `prod`; 1.0.1 and 1.1.0 are registered, and were nowhere yet. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.promoted('1.0.0');
  await scene.world.engine.register('aria', '1.0.1');
});

/** Asked for by somebody who may go past everything that a hotfix can. */
async function hotfix(): Promise<string> {
  const made = must(await scene.hotfix({ version: '1.0.1', waives: WAIVES }, SRE_1));
  expect(made.waives).toEqual(WAIVES);
  return made.deployment.id;
}

/** The newest plan there: `ordinary 1.1.0 BLOCKED`, then what holds it, and what was waived. */
async function standing(spoke: string): Promise<readonly string[]> {
  const plans = (await scene.world.engine.plans()).filter((one) => one.spoke === spoke);
  const [plan] = plans.slice(-1);
  if (plan === undefined) return [];
  const { planClass, to, state, violations, noted = [] } = plan;
  return [
    `${planClass} ${to?.version ?? ''} ${state}`,
    ...violations.map(({ code }) => code),
    ...noted.map(({ code, effect }) => `${code} ${effect}`),
  ];
}

/** Somebody changes what is to run in `prod`, past the pipeline. */
async function edit(change: object): Promise<void> {
  const { engine } = scene.world;
  const { entity } = await engine.view('aria-prod');
  engine.clock.advance(1000);
  must(await putEntity(engine.context, PERSON, { ...entity, ...change }));
  await scene.world.follow();
}

/** Nothing but what hotfixes waive holds what somebody else wants on the second spoke of `prod`. */
async function otherWants(how: 'channel' | 'version'): Promise<OtherSpoke> {
  const { engine } = scene.world;
  const { context } = engine;
  const other = await OtherSpoke.joinIn(engine, 'prod-2', 'prod');
  await other.report();
  await other.want({ version: '1.0.0' });
  await engine.settle();
  await engine.approveAll('sre-1');
  await other.succeed((await other.lastPlan()).id, { version: '1.0.0', revision: 1 });
  must(await addToChannel(context, PERSON, { channel: 'prod', product: 'aria', version: '1.1.0' }));
  await other.want(how === 'channel' ? { channel: 'prod' } : { version: '1.1.0' });
  await engine.constraint({
    ...{ name: 'freeze', kind: 'suppression_window', scope: { environments: ['prod'] } },
    spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-09T00:00:00Z', reason: 'Fair' },
  });
  await engine.settle();
  return other;
}

describe('beside a hotfix', () => {
  it.each(['version', 'channel'] as const)(
    'what somebody wants by %s on the next spoke stays held by all that held it',
    async (how) => {
      await otherWants(how);
      const before = await standing('prod-2');
      expect(before[0]).toBe('ordinary 1.1.0 BLOCKED');
      expect(before).toEqual(
        expect.arrayContaining(['promoted', 'suppression_window', 'approval']),
      );

      const id = await hotfix();
      await scene.world.follow();
      expect(await standing('prod-2')).toEqual(before);
      // Kept first, and then gone.
      expect((await standing('prod'))[0]).toBe('hotfix 1.0.1 EXECUTING');
      expect((await scene.world.stored(id)).targets).toMatchObject([
        { entity: 'aria-prod', state: 'executing', wave: 0 },
        { entity: 'aria-prod-2', state: 'waiting', wave: 1 },
      ]);
      expect(await standing('prod-2')).toEqual(before);
    },
  );

  it('what waits on the next spoke gives way to it when its turn comes', async () => {
    const other = await otherWants('version');
    await hotfix();
    await scene.finishInProd();
    await other.heard();
    await scene.world.follow();
    const [which, ...noted] = await standing('prod-2');
    expect([which, ...noted.sort()]).toEqual([
      ...['hotfix 1.0.1 EXECUTING', 'gate_unsatisfiable waived', 'promoted waived'],
      'suppression_window waived',
    ]);
  });

  it.each([
    {
      name: 'another version',
      change: { desired: { version: '1.1.0' } },
      held: ['promoted', 'gate_unsatisfiable'],
    },
    {
      name: 'another version with other values',
      change: { desired: { version: '1.1.0' }, values: { replicas: 99 } },
      held: ['promoted', 'gate_unsatisfiable'],
    },
    {
      name: 'other values of what it brings',
      change: { values: { replicas: 99 } },
      held: ['promoted', 'backup', 'gate_unsatisfiable'],
    },
  ])('$name that somebody sets in its place is held', async ({ change, held }) => {
    await hotfix();
    await edit(change);
    const version = 'desired' in change ? '1.1.0' : '1.0.1';
    expect(await standing('prod')).toEqual([`ordinary ${version} BLOCKED`, ...held]);
  });

  it('a break-glass that a person opens counts for ordinary plans and for its own', async () => {
    await otherWants('version');
    await hotfix();
    const asked = {
      ...{ product: 'aria', environment: 'prod', waives: WAIVES },
      ...{ reason: 'Orders are lost at the till', until: '2026-01-05T12:00:00.000Z' },
    };
    must(await openBreakGlass(scene.world.engine.context, SRE_1, asked));
    await scene.world.follow();
    expect((await standing('prod-2'))[0]).toBe('ordinary 1.1.0 EXECUTING');
    expect((await standing('prod'))[0]).toBe('hotfix 1.0.1 EXECUTING');
  });
});
