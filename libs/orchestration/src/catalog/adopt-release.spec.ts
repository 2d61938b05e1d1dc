import { beforeEach, describe, expect, it } from '@jest/globals';
import { EngineWorld, failed, HELLO, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { adoptRelease, leaveRelease } from './adopt-release.js';

const BY_HAND = { version: '1.0.0', revision: 3, unmanaged: true } as const;
const ADOPTED = { version: '1.1.0', revision: 4 } as const;
const NAME = { name: 'aria-dev' };

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.release('1.1.0');
  await world.connect();
  await world.report({ 'aria-dev': BY_HAND });
  await world.entity();
  await world.settle();
});

async function adopt(): Promise<void> {
  must(await adoptRelease(world.context, PERSON, NAME));
  await world.settle();
}

async function trail(): Promise<readonly unknown[]> {
  const page = await world.context.store.transact((unit) => unit.audit.list({}, { limit: 200 }));
  return page.items
    .filter(({ action }) => action === 'entity.adopt' || action === 'entity.leave')
    .map(({ action, actor, subject }) => [action, actor, subject]);
}

describe('an entity whose release somebody else has installed', () => {
  it('has a plan that waits, and says how the release is adopted', async () => {
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ type: 'upgrade', state: 'BLOCKED' });
    const { unmet } = must(await world.engine.explain(plan.id));
    expect(unmet).toMatchObject([
      {
        code: 'adoption',
        message:
          'release aria/aria-dev on spoke dev was not made by Apollo; let the next plan of aria-dev adopt it (PUT /api/v1/entities/aria-dev/adoption), or install under another release name',
      },
    ]);
    expect(await world.outbox()).toEqual([]);
  });

  it('is upgraded in place once a person has said so, and that is used up', async () => {
    await adopt();
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({
      state: 'EXECUTING',
      type: 'upgrade',
      content: { adopt: true, base: { revision: 3 } },
    });
    await world.result(plan.id, SUCCEEDED, ADOPTED);
    await world.settle();
    expect(await world.view()).toMatchObject({
      status: 'up_to_date',
      reported: { release: ADOPTED },
    });
    expect((await world.view()).entity).not.toHaveProperty('adopt');
    expect(await trail()).toEqual([['entity.adopt', 'dev-operator', 'entity/aria-dev']]);
  });

  it('is adopted without another version too, if that is what runs', async () => {
    await world.entity({ version: '1.0.0' });
    await world.settle();
    expect(await world.view()).toMatchObject({ status: 'up_to_date' });
    await adopt();
    expect(await world.lastPlan()).toMatchObject({
      state: 'EXECUTING',
      type: 'upgrade',
      planClass: 'ordinary',
      reason: 'aria 1.0.0 runs in a release that Apollo did not make, and is to be adopted',
    });
  });

  it('keeps the word through a change of what is desired', async () => {
    must(await adoptRelease(world.context, PERSON, NAME));
    await world.entity({ channel: 'dev' }, { replicas: 2 });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', content: { adopt: true } });
  });

  it('keeps it while a plan has not touched anything, and not longer', async () => {
    await adopt();
    await world.result((await world.lastPlan()).id, failed('refused'));
    expect((await world.view()).entity.adopt).toBe(true);
    await world.goTo('2026-01-05T10:00:00.000Z');
    await world.settle();
    await world.result((await world.lastPlan()).id, failed('unhealthy'), ADOPTED);
    expect((await world.view()).entity).not.toHaveProperty('adopt');
  });

  it('waits again when a person takes it back', async () => {
    const blocked = await world.lastPlan();
    must(await adoptRelease(world.context, PERSON, NAME));
    must(await leaveRelease(world.context, PERSON, NAME));
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ id: blocked.id, state: 'BLOCKED' });
    expect(await trail()).toEqual([
      ['entity.adopt', 'dev-operator', 'entity/aria-dev'],
      ['entity.leave', 'dev-operator', 'entity/aria-dev'],
    ]);
  });

  it('waits for an agent that can adopt', async () => {
    const before = HELLO.capabilities.filter((one) => one !== 'adopt');
    await world.connect({ capabilities: before });
    await world.report({ 'aria-dev': BY_HAND });
    await adopt();
    expect(await world.lastPlan()).toMatchObject({
      state: 'BLOCKED',
      violations: [{ code: 'spoke_ready', data: { missing: ['adopt'] } }],
    });
  });

  it('is offered nothing while somebody is at work on the release', async () => {
    await world.report({ 'aria-dev': { ...BY_HAND, status: 'pending-upgrade' } });
    await adopt();
    expect(await world.outbox()).toEqual([]);
    expect((await world.view()).why).toContain(
      'revision 3 is pending-upgrade: a Helm operation is at work on it or died there',
    );
  });
});

describe('the word that a release may be adopted', () => {
  it.each([
    {
      name: 'there is no such release',
      seen: {},
      expected:
        "entity aria-dev has nothing to adopt: release aria-dev in aria on spoke dev was not reported; look at what is there (GET /api/v1/spokes/{name}/releases), and at the entity's namespace and release name",
    },
    {
      name: 'it is the work of Apollo',
      seen: { 'aria-dev': { version: '1.0.0', revision: 3 } },
      expected:
        'entity aria-dev has nothing to adopt: release aria-dev in aria on spoke dev is not reported as made by somebody else; if it is, bring the agent of the spoke to a version that says so',
    },
  ])('is refused where $name', async ({ seen, expected }) => {
    await world.report(seen);
    expect(await adoptRelease(world.context, PERSON, NAME)).toMatchObject({
      ok: false,
      error: { code: 'catalog/nothing_to_adopt', detail: expected },
    });
  });

  it('is refused of an entity that has changed since it was seen', async () => {
    const { version } = (await world.view()).entity;
    const stale = { ...NAME, expectedVersion: version + 1 };
    for (const say of [adoptRelease, leaveRelease]) {
      expect(await say(world.context, PERSON, stale)).toMatchObject({
        error: { code: 'catalog/version_conflict' },
      });
    }
  });

  it('changes nothing when it is said twice, or taken back where nobody said it', async () => {
    must(await leaveRelease(world.context, PERSON, NAME));
    const once = must(await adoptRelease(world.context, PERSON, NAME));
    expect(must(await adoptRelease(world.context, PERSON, NAME))).toEqual(once);
    expect(await trail()).toHaveLength(1);
  });

  it('is refused of an entity that is not there', async () => {
    expect(await adoptRelease(world.context, PERSON, { name: 'nobody' })).toMatchObject({
      error: { code: 'catalog/entity_not_found' },
    });
  });
});
