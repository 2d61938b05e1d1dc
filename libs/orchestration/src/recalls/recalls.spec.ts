import { beforeEach, describe, expect, it } from '@jest/globals';
import { EngineWorld, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { addRecall, type NewRecall } from './add-recall.js';
import { withdrawRecall } from './withdraw-recall.js';

const RECALL: NewRecall = {
  product: 'aria',
  range: '1.1.0',
  strategy: 'forward',
  reason: 'It loses orders',
};

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.release('1.1.0');
  await world.connect();
});

async function auditOf(subject: string): Promise<readonly string[]> {
  const page = await world.context.store.transact((unit) =>
    unit.audit.list({ subject }, { limit: 200 }),
  );
  return page.items.map(({ actor, action }) => `${actor} ${action}`);
}

/** `aria-dev` follows channel `dev` and runs this version, and all is settled. */
async function running(version: string): Promise<void> {
  await world.report({ 'aria-dev': { version, revision: 1 } });
  await world.entity();
  await world.settle();
}

describe('a recalled release', () => {
  it('is no target any more: the newest that is not recalled is installed', async () => {
    const { id } = await world.recall('1.1.0');
    await world.report({});
    await world.entity();
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'install',
      state: 'EXECUTING',
      to: { version: '1.0.0' },
      passedOver: [
        {
          version: '1.1.0',
          violations: [
            {
              code: 'recall',
              message: `1.1.0 is recalled: It loses orders (recall ${id})`,
              data: { recall: id, version: '1.1.0' },
            },
          ],
        },
      ],
    });
  });

  it('is recalled too if it is registered after the recall', async () => {
    await world.recall('>=1.1.0 <1.2.0');
    await running('1.0.0');
    await world.register('aria', '1.1.7');
    await world.release('1.1.7');
    await world.settle();
    expect(await world.plans()).toEqual([]);
    expect(await world.view()).toMatchObject({
      status: 'up_to_date',
      target: { version: '1.0.0' },
    });
  });

  it('is not upgraded to by a plan that waits: another takes its place', async () => {
    await world.constraint({
      kind: 'suppression_window',
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
    });
    await running('1.0.0');
    expect(await world.lastPlan()).toMatchObject({ state: 'BLOCKED', to: { version: '1.1.0' } });
    await world.recall('1.1.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      state: 'CANCELLED',
      cancelReason: 'superseded',
    });
    expect((await world.view()).status).toBe('up_to_date');
  });

  it('blocks an entity that is pinned to it, and the status names the recall', async () => {
    const { id } = await world.recall('1.1.0');
    await world.report({});
    await world.entity({ version: '1.1.0' });
    await world.settle();
    expect(await world.plans()).toEqual([]);
    expect(await world.view()).toMatchObject({
      status: 'blocked',
      target: { version: null },
      why: expect.stringContaining(`1.1.0 is recalled: It loses orders (recall ${id})`),
    });
  });
});

describe('an offer of a recalled release', () => {
  it.each([
    { phase: 'accepted', range: '1.1.0', name: 'is taken back until it is claimed', back: true },
    { phase: 'claimed', range: '1.1.0', name: 'goes on once it is claimed', back: false },
    { phase: 'accepted', range: '1.0.0', name: 'stays where another is recalled', back: false },
  ] as const)('$name', async ({ phase, range, back }) => {
    await running('1.0.0');
    const { id } = await world.lastPlan();
    await world.progress(id, phase);
    await world.recall(range);
    const offer = { type: 'plan.offer', planId: id };
    const cancel = { type: 'plan.cancel', planId: id };
    expect(await world.outbox()).toEqual(back ? [offer, cancel] : [offer]);
  });
});

describe('an entity that runs what is recalled', () => {
  beforeEach(() => running('1.1.0'));

  it('goes forward, and stays blocked until there is something newer', async () => {
    const { id } = await world.recall('1.1.0');
    await world.settle();
    expect(await world.plans()).toEqual([]);
    expect(await world.view()).toMatchObject({
      status: 'blocked',
      why: `1.1.0 runs and is recalled: It loses orders (recall ${id}); channel dev holds nothing newer that may run: register a newer release, desire another version, or withdraw the recall`,
    });
    await world.register('aria', '1.1.1');
    await world.release('1.1.1');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'upgrade',
      state: 'EXECUTING',
      from: { version: '1.1.0' },
      to: { version: '1.1.1' },
    });
  });

  it('goes down by a downgrade, is then up to date, and stays there', async () => {
    const { id } = await world.recall('1.1.0', { strategy: 'downgrade' });
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({
      type: 'rollback',
      planClass: 'roll_off',
      state: 'EXECUTING',
      from: { version: '1.1.0' },
      to: { version: '1.0.0' },
      content: { type: 'rollback', chart: { version: '1.0.0' } },
      reason: `aria 1.0.0 should run: 1.1.0 is recalled: It loses orders (recall ${id})`,
    });
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 2 } });
    await world.result(plan.id, SUCCEEDED);
    for (let again = 0; again < 10; again += 1) {
      await world.engine.evaluateAll();
      await world.settle();
    }
    expect(await world.plans()).toHaveLength(1);
    expect((await world.view()).status).toBe('up_to_date');
  });

  it.each([
    { freeze: 'an ordinary freeze', hard: false, state: 'EXECUTING', codes: [] },
    { freeze: 'a hard freeze', hard: true, state: 'BLOCKED', codes: ['suppression_window'] },
  ])('goes down past shut windows, and in $freeze is $state', async ({ hard, state, codes }) => {
    await world.constraint({
      kind: 'maintenance_window',
      spec: { layer: 'environment', cron: '0 3 * * *', durationHours: 1, timezone: 'UTC' },
    });
    await world.constraint({
      kind: 'suppression_window',
      spec: {
        start: '2026-01-05T00:00:00Z',
        end: '2026-01-06T00:00:00Z',
        reason: 'Stocktaking',
        hard,
      },
    });
    await world.recall('1.1.0', { strategy: 'downgrade', minimum: '1.0.0' });
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ planClass: 'roll_off', to: { version: '1.0.0' }, state });
    expect(plan.violations.map(({ code }) => code)).toEqual(codes);
  });

  it('does not go below the minimum of a downgrade', async () => {
    await world.recall('1.1.0', { strategy: 'downgrade', minimum: '1.0.1' });
    await world.settle();
    expect(await world.plans()).toEqual([]);
    expect(await world.view()).toMatchObject({
      status: 'blocked',
      why: expect.stringContaining('nothing newer and nothing older down to 1.0.1'),
    });
  });

  it('goes down though it is pinned to it', async () => {
    await world.entity({ version: '1.1.0' });
    await world.recall('1.1.0', { strategy: 'downgrade' });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', to: { version: '1.0.0' } });
  });

  it('is pinned to it, and goes forward as soon as the fix is in the channel', async () => {
    await world.entity({ version: '1.1.0' });
    await world.recall('1.1.0');
    await world.settle();
    expect((await world.view()).status).toBe('blocked');
    await world.register('aria', '1.1.1');
    await world.settle();
    expect((await world.view()).status).toBe('blocked');
    await world.release('1.1.1');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'upgrade',
      planClass: 'roll_off',
      state: 'EXECUTING',
      to: { version: '1.1.1' },
    });
  });

  it('stays where it is pinned to what is not registered, until that is', async () => {
    await world.entity({ version: '2.0.0' });
    await world.recall('1.1.0');
    await world.settle();
    const stays = await world.view();
    expect(stays.why).toContain('no release matches version 2.0.0');
    await world.register('aria', '1.1.1');
    await world.release('1.1.1');
    await world.settle();
    await world.engine.evaluateAll();
    expect(await world.view()).toEqual(stays);
    expect(await world.plans()).toEqual([]);
    await world.register('aria', '2.0.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'upgrade', to: { version: '2.0.0' } });
  });

  it('leaves it by the channel once what it is pinned to is recalled as well', async () => {
    await world.entity({ version: '2.0.0' });
    await world.recall('1.1.0');
    await world.register('aria', '1.1.1');
    await world.release('1.1.1');
    await world.settle();
    expect(await world.plans()).toEqual([]);
    await world.recall('2.0.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'upgrade', to: { version: '1.1.1' } });
  });

  it('is uninstalled all the same where it is desired absent', async () => {
    await world.entity({ absent: true });
    await world.recall('1.1.0', { strategy: 'downgrade' });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'uninstall' });
  });
});

describe('a plan that waits and would be taken back to what is recalled', () => {
  const MOVED = { 'aria-dev': { version: '1.1.0', revision: 2 } };

  it('is made anew with what it can be taken back to, and again once that may run', async () => {
    await world.report({});
    await world.entity({ version: '1.0.0' });
    await world.settle();
    await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.settle();
    await world.constraint({
      kind: 'suppression_window',
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
    });
    await world.register('aria', '1.2.0');
    await world.report({ ...MOVED, 'aria-two': { version: '1.1.0', revision: 1 } });
    await world.entity({ version: '1.2.0' });
    await world.entity({ version: '1.1.0' }, {}, 'aria-two');
    await world.settle();
    expect(await waiting()).toEqual({ type: 'upgrade', state: 'BLOCKED', back: '1.0.0' });

    const { id } = await world.recall('1.0.0');
    expect(await world.engine.drainOnce()).toBe(1);
    expect(await waiting()).toEqual({ type: 'upgrade', state: 'BLOCKED', back: undefined });

    must(await withdrawRecall(world.context, PERSON, id));
    expect(await world.engine.drainOnce()).toBe(1);
    expect(await waiting()).toEqual({ type: 'upgrade', state: 'BLOCKED', back: '1.0.0' });
  });

  async function waiting(): Promise<object> {
    const { type, state, content } = await world.lastPlan();
    return { type, state, back: content.rollbackTarget?.version };
  }
});

describe('withdrawing a recall', () => {
  it('lets what only it covered run again', async () => {
    await running('1.0.0');
    await world.settle();
    const { id } = await world.recall('1.1.0');
    const other = await world.recall('1.1.0');
    must(await withdrawRecall(world.context, PERSON, id));
    await world.settle();
    expect((await world.view()).target.version).toBe('1.0.0');
    must(await withdrawRecall(world.context, PERSON, other.id));
    await world.settle();
    expect((await world.view()).target.version).toBe('1.1.0');
    expect(await auditOf(`recall/${id}`)).toEqual([
      'dev-operator recall.add',
      'dev-operator recall.withdraw',
    ]);
  });

  it('that is not there is refused', async () => {
    expect(await withdrawRecall(world.context, PERSON, 'nobody')).toMatchObject({
      ok: false,
      error: { code: 'recall/not_found' },
    });
  });
});

describe('a recall', () => {
  it('is stored with who made it and when', async () => {
    const recall = await world.recall('>=1.1.0', { strategy: 'downgrade', minimum: '1.0.0' });
    expect(recall).toEqual({
      ...RECALL,
      id: recall.id,
      range: '>=1.1.0',
      strategy: 'downgrade',
      minimum: '1.0.0',
      createdBy: 'dev-operator',
      createdAt: '2026-01-05T09:00:00.000Z',
    });
    const stored = await world.context.store.transact((unit) => unit.recalls.get(recall.id));
    expect(stored).toEqual(recall);
  });

  it.each([
    { name: 'a product nobody knows', change: { product: 'nothing' }, field: 'product' },
    { name: 'a range that is none', change: { range: '1..2' }, field: 'range' },
    {
      name: 'a minimum that is no version',
      change: { strategy: 'downgrade', minimum: '1.x' },
      field: 'minimum',
    },
    { name: 'a minimum going forward', change: { minimum: '1.0.0' }, field: 'minimum' },
    { name: 'a blank reason', change: { reason: '  ' }, field: 'reason' },
    { name: 'a reason too long', change: { reason: 'x'.repeat(501) }, field: 'reason' },
    { name: 'a strategy of its own', change: { strategy: 'sideways' }, field: 'strategy' },
  ])('with $name is refused, and stores nothing', async ({ change, field }) => {
    const given = { ...RECALL, ...change } as NewRecall;
    expect(await addRecall(world.context, PERSON, given)).toMatchObject({
      ok: false,
      error: { field },
    });
    const all = await world.context.store.transact((unit) =>
      unit.recalls.list(undefined, { limit: 1 }),
    );
    expect(all.items).toEqual([]);
  });
});
