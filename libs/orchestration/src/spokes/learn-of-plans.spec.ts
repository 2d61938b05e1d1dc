import { describe, expect, it } from '@jest/globals';
import type { UnknownPlan } from '../ports/records.js';
import { EngineWorld, must, SUCCEEDED } from '../testing/engine-world.js';
import { learnOfPlans } from './learn-of-plans.js';
import { recordPlanResult } from './record-plan-result.js';

function told(planId: string, minute: number): UnknownPlan {
  const at = new Date(Date.UTC(2026, 0, 5, 8, minute)).toISOString();
  return { planId, namespace: 'shop', releaseName: 'aria', verdict: 'failed', at };
}

/** A hub on which one plan has ended, whose spoke tells what its ledger holds. */
async function hub() {
  const world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  const { id: known } = await world.lastPlan();
  const ended = { planId: known, attempt: 1, result: SUCCEEDED };
  must(await recordPlanResult(world.context, world.session, ended));
  const learn = async (...verdicts: readonly UnknownPlan[]) =>
    learnOfPlans(world.context, world.session, verdicts);
  const unknown = async () => {
    const spoke = await world.context.store.transact((unit) => unit.spokes.get('dev'));
    return spoke?.unknownPlans?.map(({ planId }) => planId);
  };
  const audited = async () => {
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({ subject: 'spoke/dev' }, { limit: 200 }),
    );
    return items
      .filter(({ action }) => action === 'spoke.unknown_plans')
      .map(({ detail }) => detail['plans']);
  };
  return { world, known, learn, unknown, audited };
}

describe('what a spoke says that it has carried out', () => {
  it('is nothing new where the hub knows the plans', async () => {
    const { known, learn, unknown, audited } = await hub();
    must(await learn(told(known, 1)));
    expect(await unknown()).toBeUndefined();
    expect(await audited()).toEqual([]);
  });

  it('is kept and written down once where the hub does not know it', async () => {
    const { known, learn, unknown, audited } = await hub();
    for (let session = 0; session < 3; session += 1) {
      must(await learn(told('lost-1', 2), told(known, 1), told('lost-2', 3)));
    }
    expect(await unknown()).toEqual(['lost-2', 'lost-1']);
    expect(await audited()).toEqual([['lost-2 failed', 'lost-1 failed']]);
  });

  it('is written down where it is new among what was known to be unknown', async () => {
    const { learn, unknown, audited } = await hub();
    must(await learn(told('lost-1', 1)));
    must(await learn(told('lost-1', 1), told('lost-2', 2)));
    expect(await unknown()).toEqual(['lost-2', 'lost-1']);
    expect(await audited()).toContainEqual(['lost-2 failed']);
  });

  it('is forgotten when the ledger in the cluster has forgotten it', async () => {
    const { learn, unknown, audited } = await hub();
    must(await learn(told('lost-1', 1)));
    must(await learn());
    expect(await unknown()).toBeUndefined();
    expect(await audited()).toHaveLength(1);
  });

  it('is bounded: the newest hundred are kept', async () => {
    const { learn, unknown } = await hub();
    const many = Array.from({ length: 130 }, (_, index) => told(`lost-${String(index)}`, index));
    must(await learn(...many));
    const kept = (await unknown()) ?? [];
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([100, 'lost-129', 'lost-30']);
  });

  it('counts for nothing in a session that was superseded', async () => {
    const { world, unknown } = await hub();
    const old = world.session;
    await world.connect();
    expect(await learnOfPlans(world.context, old, [told('lost-1', 1)])).toMatchObject({
      error: { code: 'spoke/superseded' },
    });
    expect(await unknown()).toBeUndefined();
  });
});
