import { describe, expect, it } from '@jest/globals';
import {
  EngineWorld,
  must,
  releaseReport,
  type SeenRelease,
  SUCCEEDED,
} from '../testing/engine-world.js';
import { recordFullState } from './record-state.js';
import { reportedRecord } from './release-state.js';

const BEFORE: SeenRelease = { version: '1.0.0', revision: 1 };
const BROUGHT: SeenRelease = { version: '1.1.0', revision: 2 };
/** Names the record that the plan made, as the evidence of a spoke does. */
const NAMED = { ...SUCCEEDED, evidence: { head: { secretUid: 'uid-2' } } };

/** The upgrade of 1.0.0 to 1.1.0 is said to have SUCCEEDED, with what its spoke saw then. */
async function upgraded(seen: SeenRelease = BROUGHT) {
  const world = await EngineWorld.build();
  await world.connect();
  await world.report({ 'aria-dev': BEFORE });
  await world.release('1.1.0');
  await world.entity();
  await world.settle();
  const { id } = await world.lastPlan();
  await world.result(id, NAMED, seen);
  const noted = async () => (await world.planOf(id)).noted?.map(({ code }) => code);
  const audited = async () => {
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({ subject: `plan/${id}` }, { limit: 200 }),
    );
    return items.filter(({ action }) => action === 'plan.success_contradicted').length;
  };
  return { world, id, noted, audited };
}

describe('a success', () => {
  it.each<{ name: string; later: SeenRelease }>([
    { name: 'is as it was before the plan', later: BEFORE },
    {
      name: 'has another chart in the record of the plan',
      later: { version: '1.0.0', revision: 2 },
    },
    { name: 'has other values in the record of the plan', later: { ...BROUGHT, values: { a: 1 } } },
  ])('is pointed out, once, where the release $name afterwards', async ({ later }) => {
    const { world, id, noted, audited } = await upgraded();
    for (let round = 0; round < 3; round += 1) {
      await world.report({ 'aria-dev': later });
      await world.report({ 'aria-dev': { version: '1.1.0', revision: 5 } });
    }
    expect(await world.planOf(id)).toMatchObject({ state: 'SUCCEEDED' });
    expect([await noted(), await audited()]).toEqual([['success_contradicted'], 1]);
    const told = (await world.events()).filter(({ type }) => type === 'plan.changed');
    expect(told.map(({ data }) => data['noted'])).toEqual([['success_contradicted']]);
  });

  it('is pointed out where the look that came with it shows the release as before', async () => {
    const { noted, audited } = await upgraded(BEFORE);
    expect([await noted(), await audited()]).toEqual([['success_contradicted'], 1]);
  });

  it.each<{ name: string; later: Readonly<Record<string, SeenRelease>> }>([
    { name: 'went on as it was', later: { 'aria-dev': { ...BROUGHT, health: 'Degraded' } } },
    { name: 'was taken back by hand', later: { 'aria-dev': { version: '1.0.0', revision: 3 } } },
    { name: 'was upgraded by hand', later: { 'aria-dev': { version: '2.0.0', revision: 3 } } },
    { name: 'was uninstalled by hand', later: {} },
    {
      name: 'was installed anew by hand',
      later: { 'aria-dev': { version: '9.0.0', revision: 1 } },
    },
  ])('is not where the release $name', async ({ later }) => {
    const { world, noted, audited } = await upgraded();
    await world.report(later);
    expect([await noted(), await audited()]).toEqual([undefined, 0]);
  });

  it('is not where the release has a record that its spoke cannot read', async () => {
    const { world, noted, audited } = await upgraded();
    const report = releaseReport('aria-dev', BROUGHT);
    const identity = {
      ...{ chartName: 'unreadable', chartVersion: 'unreadable' },
      ...{ valuesDigest: '', manifestDigest: '', releaseDigest: 'of-the-labels-alone' },
    };
    const unreadable = { ...report, head: { ...reportedRecord({ report }), ...identity } };
    const { context, session } = world;
    must(await recordFullState(context, session, { generation: 99, releases: [unreadable] }));
    expect([await noted(), await audited()]).toEqual([undefined, 0]);
  });

  it('is not by a look that is older', async () => {
    const { world, noted } = await upgraded();
    const { context, session } = world;
    const old = { ...releaseReport('aria-dev', BEFORE), observedAt: '2026-01-05T08:59:59.999Z' };
    must(await recordFullState(context, session, { generation: 99, releases: [old] }));
    expect(await noted()).toBeUndefined();
  });
});
