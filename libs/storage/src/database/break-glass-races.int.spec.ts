import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Context,
  endBreakGlass,
  openBreakGlass,
  OrchestrationEngine,
  type Principal,
  reviewBreakGlass,
} from '@apollo-deploy/orchestration';
import { EngineWorld, must, PERSON } from '@apollo-deploy/orchestration/testing';
import { meanwhile, type Moment, Rival } from '../testing/meanwhile-store.js';
import { sharedDatabase } from '../testing/shared-database.js';
import type { DatabaseStore } from './database-store.js';

const BOB: Principal = { kind: 'person', name: 'bob', roles: [] };
const EVE: Principal = { kind: 'person', name: 'eve', roles: [] };
const ACCEPTED = { verdict: 'accepted' } as const;

const database = sharedDatabase();
let world: EngineWorld;
let there: DatabaseStore;
let planId: string;
let glassId: string;
/** An installation in the middle of a freeze waits for somebody to start it, by a break-glass. */
beforeEach(async () => {
  there = await database.open();
  world = await EngineWorld.build({ execution: 'manual' }, await database.open());
  const freeze = { start: '2026-01-05T00:00:00.000Z', end: '2026-01-06T00:00:00.000Z' };
  await world.constraint({
    ...{ name: 'freeze', kind: 'suppression_window', spec: { ...freeze, reason: 'Fair' } },
  });
  await world.connect();
  await world.report({});
  await world.entity();
  const asked = { product: 'aria', environment: 'dev', waives: ['window'] } as const;
  const until = '2026-01-05T11:00:00.000Z';
  const reason = 'Orders are lost at the till';
  const opened = await openBreakGlass(world.context, PERSON, { ...asked, until, reason });
  glassId = must(opened).id;
  await world.settle();
  planId = (await world.lastPlan()).id;
  expect((await world.lastPlan()).state).toBe('PENDING');
});

/** Another replica, on which something happens in the middle of what it does. */
function replica(moment: Moment, rival: Rival<unknown>): Context {
  return { ...world.context, store: meanwhile(there, moment, () => rival.begin()) };
}

const glass = () => world.context.store.transact((unit) => unit.breakGlasses.get(glassId));

describe('a break-glass and the plan that goes by it', () => {
  it.each(['owed', 'get', 'save'])(
    'ends while the plan is being sent, at %s: the plan is noted with it and taken back',
    async (statement) => {
      const rival = new Rival(database, () => endBreakGlass(world.context, BOB, glassId));
      const context = replica({ repository: 'breakGlasses', statement }, rival);
      const engine = new OrchestrationEngine(context, (_, bug) => {
        throw bug;
      });
      expect(must(await engine.executePlan(PERSON, planId)).state).toBe('EXECUTING');
      expect(await rival.answer()).toMatchObject({ ok: true });
      expect(await glass()).toMatchObject({ plans: [planId], ended: { by: 'bob' } });
      const types = (await world.outbox()).map(({ type }) => type);
      expect(types).toEqual(['plan.offer', 'plan.cancel']);
    },
  );

  it.each([
    {
      name: 'before whoever ends it has locked anything, goes',
      statement: 'get',
      answer: { ok: true, value: { state: 'EXECUTING' } },
      uses: 1,
    },
    {
      name: 'once it is being ended, stays',
      statement: 'save',
      answer: { error: { code: 'plan/not_ready' } },
      uses: 0,
    },
  ])('is ended; a plan that is sent $name', async ({ statement, answer, uses }) => {
    const rival = new Rival(database, () => world.engine.executePlan(PERSON, planId));
    const context = replica({ repository: 'breakGlasses', statement }, rival);
    must(await endBreakGlass(context, BOB, glassId));
    expect(await rival.answer()).toMatchObject(answer);
    expect(await glass()).toMatchObject({ uses, ended: { by: 'bob' } });
  });

  it('is reviewed once, whoever is faster', async () => {
    const rival = new Rival(database, () =>
      reviewBreakGlass(world.context, EVE, glassId, ACCEPTED),
    );
    const context = replica({ repository: 'breakGlasses', statement: 'save' }, rival);
    must(await reviewBreakGlass(context, BOB, glassId, ACCEPTED));
    expect(await rival.answer()).toMatchObject({ error: { code: 'break_glass/reviewed' } });
    expect(await glass()).toMatchObject({ review: { by: 'bob' } });
  });
});
