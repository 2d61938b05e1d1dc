import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Plan } from '@apollo-deploy/domain';
import { must } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';
import { basesOf, registerDeclaring } from '../testing/strategy-world.js';

let scene: ProductionWorld;

/** `aria` 1.0.0 runs in production, 1.2.0 has completed in `dev`, and a canary of it is asked for. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await registerDeclaring(scene.world.engine);
  await scene.promoted('1.0.0');
  await scene.inDev('1.2.0');
  await scene.prod.heard();
});

async function agree(): Promise<void> {
  await scene.world.follow();
  await scene.world.engine.approveAll('sre-1');
  await scene.world.follow();
}

let revision = 10;

/** The newest plan in production succeeds with what it brings, and does well. */
async function bringWell(): Promise<void> {
  const { id, values, to } = await scene.prod.lastPlan();
  revision += 1;
  await scene.prod.succeed(id, { version: to?.version ?? '', revision, values });
  await scene.lookOn();
  await scene.world.follow();
}

describe('a canary in production', () => {
  it('is agreed to once, and backed up once, for all of its steps', async () => {
    const { id } = must(await scene.promote({ strategy: 'canary' }));
    await agree();
    const plans: Plan[] = [];
    for (let step = 1; step <= 5; step += 1) {
      plans.push(await scene.prod.lastPlan());
      await bringWell();
    }
    expect(await scene.world.stored(id)).toMatchObject({ status: 'completed', backup: 'kept' });
    const [first, ...others] = plans;
    expect(others.map(({ stepOf }) => stepOf)).toEqual(Array(4).fill(first?.id));
    const { engine } = scene.world;
    const asked = await engine.context.store.transact(async (unit) => ({
      approvals: await unit.approvals.consumedBy(plans.map((plan) => plan.id)),
      backups: await unit.backups.getMany(basesOf(plans)),
    }));
    expect(asked).toMatchObject({
      approvals: [{ planId: first?.id, by: 'sre-1' }],
      backups: [{ releaseDigest: first?.content.base?.releaseDigest, status: 'done' }],
    });
  });

  it('is agreed to anew where somebody changes the values on the way', async () => {
    must(await scene.promote({ strategy: 'canary' }));
    await agree();
    await bringWell();
    const { id, values, to } = await scene.prod.lastPlan();
    await scene.prod.want({ version: '1.2.0' }, { replicas: 9 });
    await scene.prod.succeed(id, { version: to?.version ?? '', revision: 50, values });
    await scene.world.follow();
    expect(await scene.prod.lastPlan()).toMatchObject({
      values: { replicas: 9 },
      state: 'BLOCKED',
      violations: [{ code: 'approval' }],
    });
  });
});
