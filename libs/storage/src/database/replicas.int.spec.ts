import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AnnouncingStore,
  type Context,
  type Lease,
  OrchestrationEngine,
  RecurringScheduleService,
  removeConstraint,
} from '@apollo-deploy/orchestration';
import { EngineWorld, must, PERSON } from '@apollo-deploy/orchestration/testing';
import { DrainingProcess } from '../testing/draining-process.js';
import { sharedDatabase } from '../testing/shared-database.js';
import { IN_TRANSACTION, WAITS_FOR_A_LOCK } from '../testing/test-database.js';
import type { DatabaseStore } from './database-store.js';

/** Two replicas of a hub on one database, and what the first is told to do. */
interface Replicas {
  readonly world: EngineWorld;
  readonly other: Context;
  readonly engines: readonly [OrchestrationEngine, OrchestrationEngine];
}

const database = sharedDatabase();
let draining: DrainingProcess | undefined;
afterEach(async () => {
  await draining?.kill();
  draining = undefined;
});

async function replicas(environment: Parameters<typeof EngineWorld.build>[0]): Promise<Replicas> {
  const world = await EngineWorld.build(environment, await database.open());
  const other = {
    ...world.context,
    store: new AnnouncingStore(await database.open(), world.clock),
  };
  await world.connect();
  await world.report({});
  const fail = (entity: string): never => {
    throw new Error(`the evaluation of ${entity} met a bug`);
  };
  return { world, other, engines: [world.engine, new OrchestrationEngine(other, fail)] };
}

async function manyEntities(world: EngineWorld, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, index) => `aria-${String(1000 + index)}`);
  for (const name of names) await world.entity({ channel: 'dev' }, {}, name);
  return names;
}

async function drainAll(engine: OrchestrationEngine): Promise<number> {
  let evaluated = 0;
  for (;;) {
    const batch = await engine.drainOnce();
    if (batch === 0) return evaluated;
    evaluated += batch;
  }
}

/** How often each entity was evaluated to a plan, as the audit trail says. */
async function proposals(): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query(
    `SELECT detail->>'entity' AS entity, count(*)::integer AS times
     FROM audit_entries WHERE action = 'plan.propose' GROUP BY 1 ORDER BY 1`,
  );
  return new Map(rows.map(({ entity, times }) => [String(entity), Number(times)]));
}

async function untilAlone(): Promise<void> {
  while ((await database.connections(IN_TRANSACTION)) > 0);
}

describe('two replicas that drain one queue', () => {
  it('evaluate every marked entity, and none twice', async () => {
    const { world, engines } = await replicas({ execution: 'manual' });
    const names = await manyEntities(world, 450);
    await Promise.all(engines.map(drainAll));
    expect(await proposals()).toEqual(new Map(names.map((name) => [name, 1])));
    expect(await database.query('SELECT entity FROM dirty_entities')).toEqual([]);
  });

  it('forget nothing when one is killed in the middle of a batch', async () => {
    const { world, engines } = await replicas({ execution: 'manual' });
    const names = await manyEntities(world, 160);
    draining = await DrainingProcess.inTheMiddle(database.url, 70);
    // What the first has in hand is nobody else's.
    expect(await drainAll(engines[1])).toBe(60);
    expect(await proposals()).toEqual(new Map(names.slice(100).map((name) => [name, 1])));
    await draining.kill();
    await untilAlone();
    expect(await drainAll(engines[1])).toBe(100);
    expect(await proposals()).toEqual(new Map(names.map((name) => [name, 1])));
    const plans = await database.query('SELECT entity, id FROM plans ORDER BY entity');
    expect(plans.map(({ entity }) => entity)).toEqual(names);
    expect(plans.filter(({ id }) => String(id).startsWith('killed'))).toEqual([]);
  });
});

describe('a freeze that races with dispatches on another replica', () => {
  const ROUNDS = 200;
  const FREEZE = {
    kind: 'suppression_window',
    spec: { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z', reason: 'audit' },
    scope: { environments: ['dev'] },
  };

  it(`is kept once it is saved, in ${String(ROUNDS)} races, and takes back what went before`, async () => {
    const { world, engines } = await replicas({ execution: 'manual' });
    const [here, there] = engines;
    const outcomes = { dispatched: 0, held: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      await world.entity({ channel: 'dev' }, { round });
      await drainAll(here);
      const { id, state } = await world.lastPlan();
      expect({ round, state }).toEqual({ round, state: 'PENDING' });

      const dispatch = async () => there.executePlan(PERSON, id);
      const freeze = async () => world.constraint({ ...FREEZE, name: `freeze-${String(round)}` });
      const [saved, sent] =
        round % 2 === 0
          ? await Promise.all([freeze(), dispatch()])
          : await Promise.all([dispatch(), freeze()]).then(([one, two]) => [two, one] as const);

      const messages = (await world.outbox()).filter(({ planId }) => planId === id);
      const types = messages.map(({ type }) => type);
      if (sent.ok) {
        outcomes.dispatched += 1;
        expect({ round, types }).toEqual({ round, types: ['plan.offer', 'plan.cancel'] });
      } else {
        outcomes.held += 1;
        expect({ round, types, code: sent.error.code }).toEqual({
          round,
          types: [],
          code: 'plan/not_ready',
        });
        for (const engine of engines) {
          expect(await engine.executePlan(PERSON, id)).toMatchObject({ ok: false });
          await drainAll(engine);
        }
        expect(await world.lastPlan()).toMatchObject({ id, state: 'BLOCKED' });
      }
      must(await removeConstraint(world.context, PERSON, saved.id));
      if (sent.ok) {
        const message = 'the offer was withdrawn';
        const returned = { verdict: 'declined', reason: 'window_closed', message } as const;
        await world.result(id, { ...returned, evidence: {} });
      }
    }
    expect(outcomes.dispatched).toBeGreaterThan(0);
    expect(outcomes.held).toBeGreaterThan(0);
  });
});

describe('two replicas that act on openings of one schedule', () => {
  it('claim each one once, over a year of nights', async () => {
    const { world, other } = await replicas({});
    const services = [world.context, other].map((context) => new RecurringScheduleService(context));
    const daily = { name: 'nightly', cron: '0 2 * * *', durationHours: 2, environments: ['dev'] };
    must(await services[0]!.createSchedule(PERSON, daily));
    for (let night = 0; night < 365; night += 1) {
      const untilOpen = Date.parse('2026-01-06T02:00:00Z') + night * 86_400_000;
      world.clock.advance(untilOpen - world.clock.now().getTime());
      const both = await Promise.all(services.map((service) => service.claimOccurrences()));
      expect({ night, claimed: both.flatMap(({ claimed }) => claimed).length }).toEqual({
        night,
        claimed: 1,
      });
    }
    const [row] = await database.query(
      `SELECT (SELECT count(*)::integer FROM occurrences WHERE missed = 0) AS occurrences,
         (SELECT count(*)::integer FROM audit_entries WHERE action = 'schedule.open') AS entries`,
    );
    expect(row).toEqual({ occurrences: 365, entries: 365 });
  });
});

describe('a lease', () => {
  const acquire = (store: DatabaseStore, holder: string, now: string) =>
    store.transact((unit) => unit.leases.acquire({ name: 'sweep', holder, ttlMs: 30_000, now }));

  it('does not pass on before a write under it has committed, whatever the clock says', async () => {
    const [one, other] = [await database.open(), await database.open()];
    const lease = (await acquire(one, 'a', '2026-03-02T12:00:00.000Z')) as Lease;
    const order: string[] = [];
    let takeover: Promise<Lease | undefined> | undefined;
    await one.transact(async (unit) => {
      expect(await unit.leases.fence(lease)).toBe(true);
      takeover = acquire(other, 'b', '2026-03-02T13:00:00.000Z').then((taken) => {
        order.push('taken over');
        return taken;
      });
      while (order.length === 0 && (await database.connections(WAITS_FOR_A_LOCK)) === 0);
      await unit.dirty.mark(['a']);
      order.push('written');
    });
    expect(await takeover).toMatchObject({ holder: 'b', token: 2 });
    expect(order).toEqual(['written', 'taken over']);
    expect(await one.transact((unit) => unit.leases.fence(lease))).toBe(false);
  });
});
