import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Context,
  learnOfPlans,
  openSession,
  OrchestrationEngine,
  putEntity,
  recordBlindness,
  recordClockSkew,
  recordFullState,
  recordHeartbeats,
  type SpokeSession,
} from '@apollo-deploy/orchestration';
import {
  admitted,
  EngineWorld,
  HELLO,
  joinedSpoke,
  must,
  PERSON,
  releaseReport,
  SUCCEEDED,
} from '@apollo-deploy/orchestration/testing';
import { meanwhile, type Moment, Rival } from '../testing/meanwhile-store.js';
import { neverTwice } from '../testing/never-twice-store.js';
import { sharedDatabase } from '../testing/shared-database.js';
import type { DatabaseStore } from './database-store.js';

const RUNS = { 'aria-dev': { version: '1.0.0', revision: 1 } };
const ROUNDS = 30;
const MINUTE_MS = 60_000;

const database = sharedDatabase();
let world: EngineWorld;
let there: DatabaseStore;
beforeEach(async () => {
  there = await database.open();
  world = await EngineWorld.build({}, await database.open());
  await world.connect();
  await world.report(RUNS);
  await world.entity();
  await world.settle();
});

/** What another replica works with, where this happens in the middle of it. */
function replica(moment: Moment, act: () => Promise<void>): Context {
  return { ...world.context, store: meanwhile(neverTwice(there), moment, act) };
}

/** Evaluates on a replica until nothing is left to do. */
async function evaluate(context: Context): Promise<void> {
  const engine = new OrchestrationEngine(context, (_, bug) => {
    throw bug;
  });
  while ((await engine.drainOnce()) > 0);
}

/** The moment at which an evaluation has read the spokes of what it evaluates, or those around it. */
function spokesRead(time = 1): Moment {
  return { repository: 'spokes', statement: 'getMany', time };
}

async function heard(context: Context = world.context): Promise<void> {
  await recordHeartbeats(context, new Map([['dev', world.clock.now().toISOString()]]));
}

/** `web` on a spoke of its own needs `aria`, whose spoke has connected anew and not said what runs. */
async function webNeedsAria(): Promise<void> {
  const { context } = world;
  await world.product('web', { '1.0.0': [{ product: 'aria', range: '^1', optional: false }] });
  await world.release('1.0.0', 'web');
  await joinedSpoke(context, { spoke: 'two', environment: 'dev', clusterUid: 'cluster-2' });
  const hello = { ...HELLO, clusterUid: 'cluster-2' };
  const second = must(await openSession(context, admitted('two'), hello));
  must(await recordFullState(context, second, { generation: 1, releases: [] }));
  await world.connect();
  await world.settle();
  const entity = { name: 'web-two', spoke: 'two', product: 'web', namespace: 'aria' };
  must(await putEntity(context, PERSON, { ...entity, desired: { channel: 'dev' } }));
}

/** The spoke says what runs in its present session, by another replica if so. */
async function reports(context: Context, session: SpokeSession): Promise<void> {
  const releases = [releaseReport('aria-dev', RUNS['aria-dev'])];
  must(await recordFullState(context, session, { generation: 9, releases }));
}

describe('a plan that is made while what it waits for comes', () => {
  const SPEECHES: { name: string; before: () => Promise<void>; act: () => Promise<void> }[] = [
    {
      name: 'its spoke says what runs',
      before: () => world.connect(),
      act: () => world.report(RUNS),
    },
    {
      name: 'its spoke tells its ledger',
      before: async () => {
        await world.connect({ capabilities: [...HELLO.capabilities, 'tell_ledger'] });
        await world.report(RUNS);
      },
      act: async () => {
        must(await learnOfPlans(world.context, world.session, [], []));
      },
    },
    {
      name: 'its spoke is heard again',
      before: async () => {
        world.clock.advance(10 * MINUTE_MS);
        await Promise.resolve();
      },
      act: heard,
    },
    {
      name: 'its spoke sees its cluster again',
      before: async () => {
        must(await recordBlindness(world.context, world.session, true));
      },
      act: async () => {
        must(await recordBlindness(world.context, world.session, false));
      },
    },
    {
      name: 'the clock of its spoke is set right',
      before: async () => {
        must(await recordClockSkew(world.context, world.session, 10 * MINUTE_MS));
      },
      act: async () => {
        must(await recordClockSkew(world.context, world.session, 0));
      },
    },
  ];
  it.each(SPEECHES)('is looked at again at once: $name', async ({ before, act }) => {
    await before();
    await world.release('1.1.0');
    await evaluate(replica(spokesRead(), act));
    expect(await world.plans()).toMatchObject([{ state: 'EXECUTING', violations: [] }]);
  });

  it('is looked at again at once: the spoke says what runs of what it needs', async () => {
    await webNeedsAria();
    await evaluate(replica(spokesRead(2), () => world.report(RUNS)));
    expect(await world.plans()).toMatchObject([{ entity: 'web-two', state: 'EXECUTING' }]);
  });

  it('is looked at again at once: its spoke says what runs, and has looked for plans already', async () => {
    await world.connect();
    await world.release('1.1.0');
    const evaluating: Context = { ...world.context, store: neverTwice(await database.open()) };
    const evaluation = new Rival(database, () => evaluate(evaluating));
    const moment = { repository: 'plans', statement: 'openOf' } as const;
    await reports(
      replica(moment, () => evaluation.begin()),
      world.session,
    );
    await evaluation.answer();
    expect(await world.plans()).toMatchObject([{ state: 'EXECUTING' }]);
  });

  it('is seen by its spoke that says what runs once the plan is about to be stored', async () => {
    await world.connect();
    await world.release('1.1.0');
    const reporting: Context = { ...world.context, store: neverTwice(await database.open()) };
    const report = new Rival(database, () => reports(reporting, world.session));
    const moment = { repository: 'spokes', statement: 'lockShared' } as const;
    await evaluate(replica(moment, () => report.begin()));
    await report.answer();
    await world.settle();
    expect(await world.plans()).toMatchObject([{ state: 'EXECUTING' }]);
  });

  it('because its spoke was silent for too long by the clock there, is seen by who hears the spoke', async () => {
    world.clock.advance(44_900);
    await world.release('1.1.0');
    const ahead = { now: () => new Date(world.clock.now().getTime() + 200) };
    const store = await database.open();
    await heard(replica(spokesRead(), () => evaluate({ ...world.context, store, clock: ahead })));
    expect(await world.plans()).toMatchObject([
      { state: 'BLOCKED', violations: [{ code: 'spoke_ready' }] },
    ]);
    await world.settle();
    expect(await world.plans()).toMatchObject([{ state: 'EXECUTING' }]);
  });

  it(`goes in each of ${String(ROUNDS)} races with its spoke that says what runs`, async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      await world.connect();
      await world.entity({ channel: 'dev' }, { round });
      const before = { version: '1.0.0', revision: round, values: { round: round - 1 } };
      const runs = { 'aria-dev': round === 1 ? RUNS['aria-dev'] : before };
      await Promise.all([evaluate({ ...world.context, store: there }), world.report(runs)]);
      await world.settle();
      const { id, state } = await world.lastPlan();
      expect({ round, state }).toEqual({ round, state: 'EXECUTING' });
      await world.result(id, SUCCEEDED, { ...before, revision: round + 1, values: { round } });
      await world.settle();
    }
  });
});

describe('what settles while nobody sees it', () => {
  it('is looked at again at once when its spoke is back meanwhile', async () => {
    await world.connect();
    await world.entity({ channel: 'dev' }, {}, 'aria-dev');
    await evaluate(replica(spokesRead(), () => world.report(RUNS)));
    const [evaluation] = await database.query('SELECT settling, awaits_spoke FROM evaluations');
    expect(evaluation).toMatchObject({ settling: expect.anything(), awaits_spoke: null });
  });
});
