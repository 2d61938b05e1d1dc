import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ApprovalRule, Plan } from '@apollo-deploy/domain';
import { basesOf, OWN_VALUES, registerDeclaring } from '../testing/strategy-world.js';
import { addApprovalRule } from '../approvals/approval-rules.js';
import { must, PERSON } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

let scene: ProductionWorld;

/** 1.0.2 runs in `prod`. Its chart and that of 1.0.4 declare all strategies, that of 1.0.3 none. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  const { engine } = scene.world;
  await registerDeclaring(engine, '1.0.2');
  await registerDeclaring(engine, '1.0.4');
  await engine.register('aria', '1.0.3');
  await scene.promoted('1.0.2');
  await scene.prod.want({ version: '1.0.2' }, OWN_VALUES);
  await scene.finishInProd();
});

const AT_ONCE = {
  ...OWN_VALUES,
  apollo: {
    rollout: { strategy: 'immediate', stable: '1.0.4', candidate: '1.0.4', weight: 100 },
  },
};

async function hotfix(version: string): Promise<string> {
  const { id } = must(await scene.hotfix({ version })).deployment;
  await scene.world.follow();
  return id;
}

/** The newest plan in production succeeds with what it brings. */
async function bring(health = 'Healthy'): Promise<Plan> {
  const plan = await scene.prod.lastPlan();
  const revision = (plan.content.base?.revision ?? 0) + 1;
  const version = plan.to?.version ?? '';
  await scene.prod.succeed(plan.id, { version, values: plan.values, revision, health });
  await scene.lookOn();
  await scene.world.follow();
  return plan;
}

async function agree(): Promise<void> {
  await scene.world.engine.approveAll('sre-1');
  await scene.world.follow();
}

describe('a hotfix of a chart that declares immediate', () => {
  it('tells the chart to replace all at once, and nothing any more before it completes', async () => {
    const id = await hotfix('1.0.4');
    await agree();
    const first = await bring();
    expect(first).toMatchObject({ type: 'upgrade', planClass: 'hotfix', values: AT_ONCE });
    const second = await bring();
    expect(second).toMatchObject({
      ...{ type: 'config_update', planClass: 'hotfix', values: OWN_VALUES, stepOf: first.id },
    });
    const deployment = await scene.world.stored(id);
    expect(deployment).toMatchObject({ status: 'completed', strategy: 'immediate' });
    expect(deployment.notes).not.toContain('pods');
    expect((await scene.prod.lastPlan()).id).toBe(second.id);
  });

  it('is agreed to, backed up and let through once for both steps', async () => {
    const { engine } = scene.world;
    await engine.constraint({
      ...{ name: 'freeze', kind: 'suppression_window', scope: { environments: ['prod'] } },
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-09T00:00:00Z', reason: 'Fair' },
    });
    const id = await hotfix('1.0.4');
    const { waitsFor } = await scene.world.shown(id);
    expect(waitsFor.map(({ code }) => code)).toEqual(['backup', 'approval']);
    await agree();
    const first = await bring();
    const second = await scene.prod.lastPlan();
    expect(second).toMatchObject({ violations: [], state: 'EXECUTING', stepOf: first.id });
    await bring();
    const { breakGlass, backup } = await scene.world.stored(id);
    expect(backup).toBe('kept');
    const seen = await engine.context.store.transact(async (unit) => ({
      approvals: await unit.approvals.consumedBy([first.id, second.id]),
      glasses: await unit.breakGlasses.owed(['aria']),
      glass: await unit.breakGlasses.get(breakGlass ?? ''),
      backups: await unit.backups.getMany(basesOf([first, second])),
    }));
    expect(seen).toMatchObject({
      approvals: [{ planId: first.id, by: 'sre-1' }],
      glasses: [{ id: breakGlass }],
      glass: { ended: { by: 'engine' }, plans: [first.id, second.id] },
      backups: [{ releaseDigest: first.content.base?.releaseDigest, status: 'done' }],
    });
  });

  it('is seen as immediate by the rules on approvals', async () => {
    const { engine } = scene.world;
    const rule: ApprovalRule = {
      ...{ name: 'at once', strategy: 'immediate', requiredRoles: ['admin'] },
      ...{ level: 1, allowAuthor: false },
    };
    must(await addApprovalRule(engine.context, PERSON, rule));
    const askedFor = async (version: string): Promise<readonly unknown[]> => {
      await hotfix(version);
      const { violations } = await scene.prod.lastPlan();
      return violations.flatMap(({ code, data }) => (code === 'backup' ? [] : [data['rule']]));
    };
    expect(await askedFor('1.0.3')).toEqual(['production']);
    expect(await askedFor('1.0.4')).toEqual(['at once', 'production']);
  });

  it('leaves nothing of it to go back to', async () => {
    await hotfix('1.0.4');
    await agree();
    const baseline = () =>
      scene.world.engine.context.store.transact((unit) => unit.baselines.newestOf(['aria-prod']));
    await bring();
    expect(await baseline()).toMatchObject([{ version: '1.0.2', values: OWN_VALUES }]);
    await bring();
    expect(await baseline()).toMatchObject([{ version: '1.0.4', values: OWN_VALUES }]);
  });

  it.each([
    { name: 'the first step', good: 0 },
    { name: 'the second', good: 1 },
  ])('goes back to what ran before where $name does badly', async ({ good }) => {
    const id = await hotfix('1.0.4');
    await agree();
    for (let step = 0; step < good; step += 1) await bring();
    await bring('Degraded');
    expect(await scene.prod.lastPlan()).toMatchObject({
      ...{ type: 'rollback', to: { version: '1.0.2' }, values: OWN_VALUES },
    });
    await bring();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'rolled_back' });
  });

  it('replaces what is newer as well', async () => {
    await registerDeclaring(scene.world.engine, '1.0.9');
    await scene.inDev('1.0.9');
    await scene.prod.heard();
    must(await scene.promote());
    await scene.world.follow();
    await agree();
    await bring();
    await hotfix('1.0.4');
    await agree();
    expect(await scene.prod.lastPlan()).toMatchObject({ type: 'rollback', values: AT_ONCE });
  });

  it('has nothing to replace where its version runs', async () => {
    await hotfix('1.0.4');
    await agree();
    await bring();
    await bring();
    const again = await hotfix('1.0.4');
    expect(await scene.world.stored(again)).toMatchObject({
      status: 'completed',
      targets: [
        {
          note: 'it ran already, so nothing was changed; the deployment that brought it found it well, and its spoke does now',
        },
      ],
    });
  });
});

describe('a hotfix of a chart that does not declare immediate', () => {
  it('goes all the same, as its chart replaces pods, and says so', async () => {
    const id = await hotfix('1.0.3');
    await agree();
    const plan = await bring();
    expect(plan).toMatchObject({ type: 'upgrade', planClass: 'hotfix', values: OWN_VALUES });
    expect(await scene.world.stored(id)).toMatchObject({
      ...{ status: 'completed', strategy: 'immediate' },
      notes: expect.stringContaining(
        'aria-prod: pods are replaced as the chart of aria 1.0.3 says, as it does not declare immediate (annotation apollo/strategies in Chart.yaml)',
      ),
    });
    expect((await scene.prod.lastPlan()).id).toBe(plan.id);
  });

  it('has the next one go so as well, though that declares it', async () => {
    await hotfix('1.0.3');
    await agree();
    await bring();
    const id = await hotfix('1.0.4');
    await agree();
    expect(await bring()).toMatchObject({ type: 'upgrade', values: OWN_VALUES });
    expect(await scene.world.stored(id)).toMatchObject({
      status: 'completed',
      notes: expect.stringContaining(
        'aria-prod: pods are replaced as the chart of aria 1.0.4 says, as that of 1.0.3, which runs, does not declare immediate',
      ),
    });
  });
});

describe('immediate', () => {
  it('is for hotfixes also where the chart declares it', async () => {
    const asked = await scene.world.request({ version: '1.0.4', strategy: 'immediate' });
    expect(asked).toMatchObject({
      ...{ ok: false },
      error: {
        code: 'deployment/strategy_not_declared',
        detail: 'strategy immediate is for hotfixes; use rolling',
      },
    });
  });
});
