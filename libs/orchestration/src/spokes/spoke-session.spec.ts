import { describe, expect, it } from '@jest/globals';
import { EngineWorld, failed, must, SUCCEEDED } from '../testing/engine-world.js';
import { admitted, joinedSpoke } from '../testing/joined-spoke.js';
import type { SpokeRecord } from '../ports/records.js';
import { presenceOf } from './presence.js';
import { recordHeartbeats } from './record-heartbeats.js';
import { recordPlanProgress } from './record-plan-progress.js';
import { recordPlanResult } from './record-plan-result.js';
import { recordFullState, recordStateDelta } from './record-state.js';
import { closeSession, openSession } from './spoke-session.js';

async function executing(): Promise<EngineWorld> {
  const world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  return world;
}

async function auditOf(world: EngineWorld, subject: string): Promise<readonly string[]> {
  const page = await world.context.store.transact((unit) =>
    unit.audit.list({ subject }, { limit: 200 }),
  );
  return page.items.map(({ action }) => action);
}

function storedSpoke({ context }: EngineWorld): Promise<SpokeRecord | undefined> {
  return context.store.transact((unit) => unit.spokes.get('dev'));
}

describe('a session of a spoke', () => {
  it('that was superseded writes nothing', async () => {
    const world = await executing();
    const old = world.session;
    await world.connect();
    const { id } = await world.lastPlan();
    const superseded = { ok: false, error: { code: 'spoke/superseded' } };
    const { context } = world;
    expect(
      await recordPlanResult(context, old, { planId: id, attempt: 1, result: SUCCEEDED }),
    ).toMatchObject(superseded);
    expect(await recordPlanProgress(context, old, { planId: id, phase: 'helm' })).toMatchObject(
      superseded,
    );
    expect(await recordFullState(context, old, { generation: 99, releases: [] })).toMatchObject(
      superseded,
    );
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', phase: 'dispatched' });
  });

  it('that was superseded does not close its successor', async () => {
    const world = await executing();
    const old = world.session;
    await world.connect();
    await closeSession(world.context, old);
    const spoke = await world.context.store.transact((unit) => unit.spokes.get('dev'));
    expect(spoke).toMatchObject({ connected: true, epoch: world.session.epoch });
  });

  it('closing, blocks what has not gone out and ends nothing that has', async () => {
    const world = await EngineWorld.build({ execution: 'manual' });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    await closeSession(world.context, world.session);
    await world.settle();
    expect((await world.lastPlan()).state).toBe('BLOCKED');
  });

  it.each([
    { name: 'nobody says when it was heard', heardAt: undefined, seen: '2026-01-05T09:00:08.000Z' },
    {
      name: 'it was heard since that was noted',
      heardAt: '2026-01-05T09:00:12.000Z',
      seen: '2026-01-05T09:00:12.000Z',
    },
    {
      name: 'another replica has heard it since',
      heardAt: '2026-01-05T09:00:02.000Z',
      seen: '2026-01-05T09:00:08.000Z',
    },
  ])('that ends in silence leaves the spoke seen at its last word: $name', async (given) => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.goTo('2026-01-05T09:00:08.000Z');
    world.clock.advance(49_000);
    await closeSession(world.context, world.session, given.heardAt);
    const spoke = await world.context.store.transact((unit) => unit.spokes.get('dev'));
    expect(spoke).toMatchObject({ connected: false, lastSeenAt: given.seen });
  });

  it('can say nothing about a plan of another spoke', async () => {
    const world = await executing();
    await joinedSpoke(world.context, { spoke: 'other', environment: 'dev' });
    const { id } = await world.lastPlan();
    const other = { spoke: 'other', environment: 'dev', epoch: 0 };
    must(
      await recordPlanResult(world.context, other, { planId: id, attempt: 1, result: SUCCEEDED }),
    );
    expect((await world.lastPlan()).state).toBe('EXECUTING');
  });
});

describe('a cluster', () => {
  const hello = {
    agentVersion: '0.1.0',
    agentInstance: 'instance-2',
    clusterUid: 'cluster-2',
    helmVersion: 'v4.3.1',
    kubernetesVersion: 'v1.36.3',
    capabilities: [],
    simulated: false,
  };

  it('other than the one that the spoke joined from is refused, recorded, and an alarm', async () => {
    const world = await executing();
    const known = world.session;
    expect(await openSession(world.context, admitted('dev'), hello)).toMatchObject({
      ok: false,
      error: { code: 'spoke/other_cluster' },
    });
    expect(await auditOf(world, 'spoke/dev')).toContain('spoke.alarm.other_cluster');
    expect(await storedSpoke(world)).toMatchObject({ alarm: { kind: 'other_cluster' } });
    const { id } = await world.lastPlan();
    must(
      await recordPlanResult(world.context, known, { planId: id, attempt: 1, result: SUCCEEDED }),
    );
  });

  it('may change when the spoke joins again; what the one before has told is not its', async () => {
    const world = await executing();
    const joining = { spoke: 'dev', environment: 'dev', clusterUid: 'cluster-2' };
    await joinedSpoke(world.context, joining, admitted('dev', 'key-2'));
    expect((await storedSpoke(world))?.stateGeneration).toBeUndefined();
    const { context } = world;
    expect(await openSession(context, admitted('dev', 'key-2'), hello)).toMatchObject({ ok: true });
    expect(await openSession(context, admitted('dev'), hello)).toMatchObject({
      ok: false,
      error: { code: 'spoke/unauthenticated' },
    });
  });
});

describe('a verdict', () => {
  it('that comes twice has one effect and one entry in the audit trail', async () => {
    const world = await executing();
    const { id } = await world.lastPlan();
    await world.result(id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    const first = await world.lastPlan();
    await world.result(id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    expect(await world.lastPlan()).toEqual(first);
    expect(await auditOf(world, `plan/${id}`)).toEqual([
      'plan.propose',
      'plan.dispatch',
      'plan.succeeded',
    ]);
  });

  it('that contradicts the first one is kept out and recorded', async () => {
    const world = await executing();
    const { id } = await world.lastPlan();
    await world.result(id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.result(id, failed('broken'));
    expect((await world.lastPlan()).state).toBe('SUCCEEDED');
    expect(await auditOf(world, `plan/${id}`)).toContain('plan.contradiction');
  });

  it("on another attempt than the plan's is ignored", async () => {
    const world = await executing();
    const { id } = await world.lastPlan();
    const verdict = { planId: id, attempt: 99, result: SUCCEEDED };
    must(await recordPlanResult(world.context, world.session, verdict));
    expect((await world.lastPlan()).state).toBe('EXECUTING');
  });

  it('settles a plan that was unknown', async () => {
    const world = await executing();
    const { id } = await world.lastPlan();
    await world.result(id, { verdict: 'unknown', message: 'hooks may have run', evidence: {} });
    await world.result(id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    expect((await world.lastPlan()).state).toBe('SUCCEEDED');
  });
});

describe('the phase of a plan', () => {
  it('never goes back', async () => {
    const world = await executing();
    const { id } = await world.lastPlan();
    for (const phase of ['helm', 'claimed', 'accepted'] as const) {
      must(await recordPlanProgress(world.context, world.session, { planId: id, phase }));
    }
    expect((await world.lastPlan()).phase).toBe('helm');
  });
});

describe('reported state', () => {
  const report = {
    namespace: 'aria',
    releaseName: 'aria-dev',
    head: {
      revision: 1,
      status: 'deployed',
      chartVersion: '1.0.0',
      valuesDigest: 'v',
      releaseDigest: 'd',
    },
    health: 'Healthy',
    drift: [],
    observedAt: '2026-01-05T09:00:00.000Z',
  };

  it.each([
    { name: 'follows on what is stored', generation: 2, receipt: 'stored' },
    { name: 'was stored before', generation: 1, receipt: 'known' },
    { name: 'leaves a gap', generation: 3, receipt: 'gap' },
  ])('as a delta that $name is $receipt', async ({ generation, receipt }) => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    const delta = { generation, changed: [report], removed: [] };
    expect(await recordStateDelta(world.context, world.session, delta)).toEqual({
      ok: true,
      value: receipt,
    });
  });

  it('marks only the entities whose release changed', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity({ channel: 'dev' }, {}, 'aria-dev');
    await world.entity({ channel: 'dev' }, {}, 'aria-two');
    await world.context.store.transact((unit) => unit.dirty.take(100));
    const marked = async (): Promise<readonly string[]> =>
      (await world.context.store.transact((unit) => unit.dirty.take(100))).map(
        ({ entity }) => entity,
      );
    const send = (generation: number, observedAt: string): ReturnType<typeof recordStateDelta> =>
      recordStateDelta(world.context, world.session, {
        generation,
        changed: [{ ...report, observedAt }],
        removed: [],
      });
    must(await send(2, '2026-01-05T09:00:01.000Z'));
    expect(await marked()).toEqual(['aria-dev']);
    must(await send(3, '2026-01-05T09:00:02.000Z'));
    expect(await marked()).toEqual([]);
  });
});

describe('the presence of a spoke', () => {
  const now = new Date('2026-01-05T09:00:00.000Z');
  const silentFor = (ms: number): string => new Date(now.getTime() - ms).toISOString();
  const base = { revoked: false, epoch: 1, connected: true };

  it.each([
    {
      name: 'heard 44.999 s ago',
      spoke: { ...base, lastSeenAt: silentFor(44_999) },
      presence: 'connected',
    },
    {
      name: 'silent for 45 s',
      spoke: { ...base, lastSeenAt: silentFor(45_000) },
      presence: 'stale',
    },
    {
      name: 'silent for 2 min',
      spoke: { ...base, lastSeenAt: silentFor(120_000) },
      presence: 'disconnected',
    },
    {
      name: 'silent for just under 15 min',
      spoke: { ...base, lastSeenAt: silentFor(899_999) },
      presence: 'disconnected',
    },
    {
      name: 'silent for 15 min',
      spoke: { ...base, lastSeenAt: silentFor(900_000) },
      presence: 'lost',
    },
    {
      name: 'hung up a second ago',
      spoke: { ...base, connected: false, lastSeenAt: silentFor(1000) },
      presence: 'stale',
    },
    {
      name: 'never connected',
      spoke: { ...base, epoch: 0, connected: false },
      presence: 'pending',
    },
    {
      name: 'revoked',
      spoke: { ...base, revoked: true, lastSeenAt: silentFor(0) },
      presence: 'revoked',
    },
  ])('is $presence when $name', ({ spoke, presence }) => {
    expect(presenceOf(spoke, { now, startedAt: new Date(0) })).toBe(presence);
  });

  it.each([
    { name: 'a millisecond before the hub has run for 3 min', ranMs: 179_999, presence: 'stale' },
    { name: 'when the hub has run for 3 min', ranMs: 180_000, presence: 'lost' },
  ])('long silent, is $presence $name', ({ ranMs, presence }) => {
    const spoke = { ...base, lastSeenAt: silentFor(86_400_000) };
    const startedAt = new Date(now.getTime() - ranMs);
    expect(presenceOf(spoke, { now, startedAt })).toBe(presence);
  });
});

describe('heartbeats', () => {
  it('that resume on the same session let go what waited for the spoke', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    world.clock.advance(60_000);
    await world.entity();
    await world.settle();
    expect((await world.lastPlan()).state).toBe('BLOCKED');
    const now = world.clock.now().toISOString();
    await recordHeartbeats(world.context, new Map([['dev', now]]));
    await world.settle();
    expect((await world.lastPlan()).state).toBe('EXECUTING');
  });

  it('of a spoke that was never away mark nothing', async () => {
    const world = await EngineWorld.build({ execution: 'manual' });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    const now = world.clock.now().toISOString();
    await recordHeartbeats(world.context, new Map([['dev', now]]));
    expect(await world.context.store.transact((unit) => unit.dirty.take(10))).toEqual([]);
  });
});
