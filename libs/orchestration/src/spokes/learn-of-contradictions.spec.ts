import { describe, expect, it } from '@jest/globals';
import { type Resolution, resolvePlan } from '../engine/resolve-plan.js';
import type { UnknownPlan } from '../ports/records.js';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import { learnOfPlans } from './learn-of-plans.js';
import { recordPlanResult, type SpokeVerdict } from './record-plan-result.js';

const UNKNOWN = { verdict: 'unknown', message: 'hooks may have run', evidence: {} } as const;

/** A plan that nobody could tell the end of, until a person said so. */
async function resolved(resolution: Resolution) {
  const world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  const { id } = await world.lastPlan();
  await world.result(id, UNKNOWN);
  must(await resolvePlan(world.context, PERSON, id, resolution, 'I looked at the cluster'));
  const learn = async (verdict: UnknownPlan['verdict']) => {
    const at = '2026-01-05T08:01:00.000Z';
    const told = { planId: id, namespace: 'aria', releaseName: 'aria-dev', verdict, at };
    must(await learnOfPlans(world.context, world.session, [told]));
  };
  const say = async (result: SpokeVerdict['result']) => {
    must(await recordPlanResult(world.context, world.session, { planId: id, attempt: 1, result }));
  };
  const contradictions = async () => {
    const page = await world.context.store.transact((unit) =>
      unit.audit.list({ subject: `plan/${id}` }, { limit: 200 }),
    );
    return page.items
      .filter(({ action }) => action === 'plan.contradiction')
      .map(({ detail }) => detail);
  };
  return { world, id, learn, say, contradictions };
}

describe('what a person said became of a plan', () => {
  it.each<{ said: Resolution; ledger: UnknownPlan['verdict']; state: string }>([
    { said: 'SUCCEEDED', ledger: 'failed', state: 'FAILED' },
    { said: 'SUCCEEDED', ledger: 'declined', state: 'CANCELLED' },
    { said: 'FAILED', ledger: 'succeeded', state: 'SUCCEEDED' },
    { said: 'CANCELLED', ledger: 'succeeded', state: 'SUCCEEDED' },
  ])(
    'stands as $said where the ledger says $ledger, and both words are shown',
    async ({ said, ledger, state }) => {
      const { world, id, learn, contradictions } = await resolved(said);
      for (let session = 0; session < 3; session += 1) await learn(ledger);
      expect(await contradictions()).toEqual([{ stored: said, said: state }]);
      expect(await world.planOf(id)).toMatchObject({
        state: said,
        message: `resolved as ${said} by dev-operator: I looked at the cluster`,
        noted: [
          {
            code: 'verdict_contradicted',
            effect: 'warns',
            message: expect.stringContaining(`${said}, and spoke dev says ${state}`),
            data: { stored: said, said: state },
          },
        ],
      });
    },
  );

  it.each<{ said: Resolution; ledger: UnknownPlan['verdict'] }>([
    { said: 'SUCCEEDED', ledger: 'succeeded' },
    { said: 'FAILED', ledger: 'failed' },
    { said: 'CANCELLED', ledger: 'declined' },
    { said: 'SUCCEEDED', ledger: 'unknown' },
  ])('$said is not contradicted by $ledger', async ({ said, ledger }) => {
    const { world, id, learn, contradictions } = await resolved(said);
    await learn(ledger);
    expect(await contradictions()).toEqual([]);
    expect(await world.planOf(id)).not.toHaveProperty('noted');
  });

  it('is shown with the other word too where the spoke says it as its verdict', async () => {
    const { world, id, say, contradictions } = await resolved('FAILED');
    const succeeded = { verdict: 'succeeded', message: 'it runs', evidence: {} } as const;
    await say(succeeded);
    await say(succeeded);
    expect(await contradictions()).toEqual([{ stored: 'FAILED', said: 'SUCCEEDED' }]);
    expect((await world.planOf(id)).noted).toHaveLength(1);
  });
});

describe('what a spoke says became of a plan', () => {
  it('contradicts nothing while the plan is not known to be over', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    const { id, version } = await world.lastPlan();
    const told = { planId: id, namespace: 'aria', releaseName: 'aria-dev' };
    const at = '2026-01-05T08:01:00.000Z';
    must(await learnOfPlans(world.context, world.session, [{ ...told, verdict: 'failed', at }]));
    expect(await world.planOf(id)).toMatchObject({ state: 'EXECUTING', version });
  });

  it('counts for nothing where the plan is of another spoke', async () => {
    const { world, id, contradictions } = await resolved('FAILED');
    await world.context.store.transact(async (unit) => {
      const plan = await unit.plans.get(id);
      if (plan !== undefined) await unit.plans.save({ ...plan, spoke: 'other' });
    });
    const at = '2026-01-05T08:01:00.000Z';
    const told = { planId: id, namespace: 'aria', releaseName: 'aria-dev', at };
    must(await learnOfPlans(world.context, world.session, [{ ...told, verdict: 'succeeded' }]));
    expect(await contradictions()).toEqual([]);
  });
});
