import { describe, expect, it } from '@jest/globals';
import { EngineWorld, must } from '../testing/engine-world.js';
import { recordBlindness } from './record-blindness.js';

const AT = '2026-01-05T09:00:00.000Z';

async function hub() {
  const world = await EngineWorld.build();
  await world.connect();
  await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
  await world.entity();
  const say = async (blind: boolean) => {
    must(await recordBlindness(world.context, world.session, blind));
  };
  const events = async () =>
    (await world.events()).flatMap(({ type, data }) =>
      type === 'spoke.blind' || type === 'spoke.sees_again' ? [[type, data['blindSince']]] : [],
    );
  const audited = async () => {
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({ subject: 'spoke/dev' }, { limit: 200 }),
    );
    return items
      .filter(({ action }) => action === 'spoke.blind' || action === 'spoke.sees_again')
      .map(({ action, detail }) => [action, detail]);
  };
  return { world, say, events, audited };
}

describe('a spoke that cannot see its cluster', () => {
  it('has nothing to say of its entities from then on, and they say so', async () => {
    const { world, say } = await hub();
    expect(await world.view()).toMatchObject({ reported: { stale: false } });
    await say(true);
    const view = await world.view();
    expect(view).toMatchObject({ reported: { at: AT, stale: true } });
    await say(false);
    expect(await world.view()).toMatchObject({ reported: { stale: false } });
  });

  it('is an event and in the audit trail once, and when it sees again', async () => {
    const { world, say, events, audited } = await hub();
    await say(true);
    world.clock.advance(20_000);
    await say(true);
    await say(false);
    await say(false);
    expect(await events()).toEqual([
      ['spoke.blind', AT],
      ['spoke.sees_again', undefined],
    ]);
    const told = await audited();
    expect(told).toHaveLength(2);
    expect(told).toContainEqual(['spoke.blind', { since: AT }]);
    expect(told).toContainEqual(['spoke.sees_again', { since: AT }]);
  });

  it('reports nothing newer than what it said before', async () => {
    const { world, say } = await hub();
    await say(true);
    world.clock.advance(60_000);
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 1, health: 'Unknown' } });
    expect((await world.view()).reported?.at).toBe(AT);
  });

  it('is forgotten to be blind with the session that said so', async () => {
    const { world, say } = await hub();
    await say(true);
    await world.connect();
    const spoke = await world.context.store.transact((unit) => unit.spokes.get('dev'));
    expect(spoke?.hello?.blindSince).toBeUndefined();
  });
});
