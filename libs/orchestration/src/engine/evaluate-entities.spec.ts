import { type Constraint, ConstraintSet, type ScopeSubject } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { expect, it } from '@jest/globals';
import { EngineWorld, PERSON } from '../testing/engine-world.js';
import { ConstraintCache } from './constraint-cache.js';
import { dispatchPlan } from './dispatch-plan.js';
import { evaluateEntities } from './evaluate-entities.js';

const FAULTY: Constraint = {
  kind: 'faulty',
  evaluate: () => {
    throw new InvariantViolation('nothing fits a window that is not open');
  },
};

/** Stored constraints of which one meets a bug with one entity. */
class FaultyForOne extends ConstraintSet {
  override for(subject: ScopeSubject): readonly Constraint[] {
    return subject.entity === 'broken' ? [FAULTY] : [];
  }
}

/** A bug before any constraint is asked. */
class BrokenForOne extends ConstraintSet {
  override for(subject: ScopeSubject): readonly Constraint[] {
    if (subject.entity === 'broken') throw new TypeError('scope is undefined');
    return [];
  }
}

class Given extends ConstraintCache {
  constructor(private readonly set: ConstraintSet) {
    super(() => undefined);
  }

  override async load(): Promise<ConstraintSet> {
    return this.set;
  }
}

const NAMES = ['broken', 'sound'];

/** Two entities with a plan to 1.0.0 each, and 1.1.0 in their channel now. */
async function twoEntities(): Promise<EngineWorld> {
  const world = await EngineWorld.build({ execution: 'manual' });
  await world.connect();
  await world.report({});
  for (const name of NAMES) await world.entity({ channel: 'dev' }, {}, name);
  await world.settle();
  await world.release('1.1.0');
  return world;
}

/** Evaluates both, and answers the bugs that were told of. */
async function evaluateBoth(world: EngineWorld, set: ConstraintSet): Promise<readonly string[]> {
  const bugs: string[] = [];
  await world.context.store.transact((unit) =>
    evaluateEntities(
      world.context,
      unit,
      NAMES.map((entity) => ({ entity, force: false })),
      {
        constraints: new Given(set),
        onBug: (entity, { message }) => bugs.push(`${entity}: ${message}`),
      },
    ),
  );
  return bugs;
}

async function plansOf(world: EngineWorld): Promise<readonly string[]> {
  const plans = (await world.plans()).map(
    ({ entity, to, state, violations }) =>
      `${entity} ${to?.version ?? ''} ${[state, ...violations.map(({ code }) => code)].join(' ')}`,
  );
  return plans.sort();
}

it('a constraint that meets a bug with one entity holds its plan, and not the others', async () => {
  const world = await twoEntities();
  expect(await evaluateBoth(world, new FaultyForOne([]))).toEqual([
    'broken: constraint faulty met a bug: nothing fits a window that is not open',
  ]);
  expect(await plansOf(world)).toEqual([
    'broken 1.0.0 CANCELLED',
    'broken 1.1.0 BLOCKED constraint_failed',
    'sound 1.0.0 CANCELLED',
    'sound 1.1.0 PENDING',
  ]);
});

it('an entity that meets a bug before any constraint is left alone, and no other', async () => {
  const world = await twoEntities();
  expect(await evaluateBoth(world, new BrokenForOne([]))).toEqual(['broken: scope is undefined']);
  expect(await plansOf(world)).toEqual([
    'broken 1.0.0 PENDING',
    'sound 1.0.0 CANCELLED',
    'sound 1.1.0 PENDING',
  ]);
});

it('a plan that meets a bug of a constraint when it is sent is held, and the others go', async () => {
  const world = await twoEntities();
  await evaluateBoth(world, new ConstraintSet([]));
  const bugs: string[] = [];
  const tools = {
    constraints: new Given(new FaultyForOne([])),
    onBug: (entity: string) => bugs.push(entity),
  };
  for (const { id } of (await world.plans()).filter(({ state }) => state === 'PENDING')) {
    await dispatchPlan(world.context, PERSON, id, tools);
  }
  expect(bugs).toEqual(['broken']);
  expect(await plansOf(world)).toEqual([
    'broken 1.0.0 CANCELLED',
    'broken 1.1.0 BLOCKED constraint_failed',
    'sound 1.0.0 CANCELLED',
    'sound 1.1.0 EXECUTING',
  ]);
});
