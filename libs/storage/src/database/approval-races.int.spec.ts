import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  addApprovalRule,
  type Context,
  OrchestrationEngine,
  type Principal,
} from '@apollo-deploy/orchestration';
import { EngineWorld, must, PERSON } from '@apollo-deploy/orchestration/testing';
import { meanwhile, type Moment, Rival } from '../testing/meanwhile-store.js';
import { sharedDatabase } from '../testing/shared-database.js';
import type { DatabaseStore } from './database-store.js';

const SRE: Principal = { kind: 'person', name: 'sre-1', roles: [] };
const RULE = { name: 'asked', environment: 'dev', requiredRoles: ['sre'], level: 1 };

const database = sharedDatabase();
let world: EngineWorld;
let there: DatabaseStore;
let planId: string;
/** An installation that an sre has agreed to waits for somebody to start it. */
beforeEach(async () => {
  there = await database.open();
  world = await EngineWorld.build({ execution: 'manual' }, await database.open());
  must(await addApprovalRule(world.context, PERSON, { ...RULE, allowAuthor: false }));
  await world.person('sre-1', 'sre');
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  await world.approveAll('sre-1');
  planId = (await world.lastPlan()).id;
  expect((await world.lastPlan()).state).toBe('PENDING');
});

function engineThere(moment: Moment, rival: Rival<unknown>): OrchestrationEngine {
  const store = meanwhile(there, moment, () => rival.begin());
  const replica: Context = { ...world.context, store };
  return new OrchestrationEngine(replica, (_, bug) => {
    throw bug;
  });
}

describe('an approval and the plan that goes by it', () => {
  it.each(['standing', 'put'])(
    'is taken back too late while the plan is being sent, at %s',
    async (statement) => {
      const rival = new Rival(database, () => world.engine.withdrawApproval(SRE, planId));
      const engine = engineThere({ repository: 'approvals', statement }, rival);
      expect(must(await engine.executePlan(PERSON, planId)).state).toBe('EXECUTING');
      expect(await rival.answer()).toMatchObject({ error: { code: 'approval/too_late' } });
    },
  );

  it.each(['standing', 'put'])(
    'keeps the plan where it was being taken back, at %s',
    async (statement) => {
      const rival = new Rival(database, () => world.engine.executePlan(PERSON, planId));
      const engine = engineThere({ repository: 'approvals', statement }, rival);
      must(await engine.withdrawApproval(SRE, planId));
      expect(await rival.answer()).toMatchObject({ error: { code: 'plan/not_ready' } });
      expect((await world.lastPlan()).violations.map(({ code }) => code)).toEqual(['approval']);
    },
  );
});

describe('a plan to which nobody can agree', () => {
  it('is looked at again within a minute where somebody was named who can, while it was made', async () => {
    await world.person('sre-1');
    await world.settle();
    await world.entity({ channel: 'dev' }, {}, 'aria-two');
    const store = meanwhile(there, { repository: 'people', statement: 'withRoles' }, () =>
      world.person('sre-2', 'sre'),
    );
    const engine = new OrchestrationEngine({ ...world.context, store }, (_, bug) => {
      throw bug;
    });
    while ((await engine.drainOnce()) > 0);
    const waitsFor = async () => {
      const plan = (await world.plans()).find(({ entity }) => entity === 'aria-two');
      return plan?.violations.map(({ code }) => code);
    };
    expect(await waitsFor()).toEqual(['gate_unsatisfiable']);

    const inAMinute = new Date(world.clock.now().getTime() + 60_000);
    expect(await world.engine.markDue()).toEqual(inAMinute);
    await world.goTo(inAMinute.toISOString());
    await world.engine.markDue();
    await world.settle();
    expect(await waitsFor()).toEqual(['approval']);
  });
});
