import { describe, expect, it } from '@jest/globals';
import { EngineWorld, must } from '../testing/engine-world.js';
import { learnOfPlans } from './learn-of-plans.js';
import type { ToldLoss } from './note-lost-ledgers.js';

const LOSS: ToldLoss = { namespace: 'aria', releaseName: 'aria-dev', planId: 'plan-1' };

async function hub() {
  const world = await EngineWorld.build();
  await world.connect();
  await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
  await world.entity();
  const tell = async (...lost: readonly ToldLoss[]) => {
    must(await learnOfPlans(world.context, world.session, [], lost));
  };
  const audited = async () => {
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({ subject: 'entity/aria-dev' }, { limit: 200 }),
    );
    return items
      .filter(({ action }) => action === 'entity.ledger_lost')
      .map(({ detail }) => detail);
  };
  const alarms = async () =>
    (await world.events())
      .filter(({ type }) => type === 'spoke.ledger_lost')
      .map(({ data }) => data['lostLedgers']);
  return { world, tell, audited, alarms };
}

describe('a lost ledger', () => {
  it('is shown with its entity, and an event and in the audit trail once', async () => {
    const { world, tell, audited, alarms } = await hub();
    for (let session = 0; session < 3; session += 1) {
      await world.connect();
      await tell(LOSS);
      world.clock.advance(60_000);
    }
    const since = '2026-01-05T09:00:00.000Z';
    expect((await world.view()).ledgerLost).toEqual({ ...LOSS, since });
    expect(await audited()).toEqual([{ spoke: 'dev', release: 'aria/aria-dev', planId: 'plan-1' }]);
    expect(await alarms()).toEqual([['aria/aria-dev']]);
  });

  it('is over when its spoke tells it no more, and an alarm again if it comes back', async () => {
    const { world, tell, audited, alarms } = await hub();
    await tell(LOSS);
    await tell();
    expect(await world.view()).not.toHaveProperty('ledgerLost');
    await tell(LOSS);
    expect(await world.view()).toHaveProperty('ledgerLost');
    expect([await audited(), await alarms()].map(({ length }) => length)).toEqual([2, 2]);
  });

  it('is over when another plan has succeeded, which stands in the ledger', async () => {
    const { world, tell } = await hub();
    await tell(LOSS);
    await world.release('1.1.0');
    await world.settle();
    const { id } = await world.lastPlan();
    await world.result(id, { verdict: 'succeeded', message: 'is there', evidence: {} });
    expect(await world.view()).not.toHaveProperty('ledgerLost');
  });

  it('stays where a spoke does not say whether it is lost', async () => {
    const { world, tell } = await hub();
    await tell(LOSS);
    must(await learnOfPlans(world.context, world.session, []));
    expect(await world.view()).toHaveProperty('ledgerLost');
  });

  it('of a release that is no entity here is not kept', async () => {
    const { world, tell, audited, alarms } = await hub();
    await tell({ ...LOSS, namespace: 'elsewhere' });
    const spoke = await world.context.store.transact((unit) => unit.spokes.get('dev'));
    expect(spoke).not.toHaveProperty('lostLedgers');
    expect([await audited(), await alarms()]).toEqual([[], []]);
  });
});
