import { type Constraint, ConstraintSet, type ScopeSubject } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { expect, it } from '@jest/globals';
import { EngineWorld } from '../testing/engine-world.js';
import { ConstraintCache } from './constraint-cache.js';
import { evaluateEntities } from './evaluate-entities.js';

const FAULTY: Constraint = {
  kind: 'faulty',
  evaluate: () => {
    throw new InvariantViolation('nothing fits a window that is not open');
  },
};

class FaultyForOne extends ConstraintSet {
  override for(subject: ScopeSubject): readonly Constraint[] {
    return subject.entity === 'broken' ? [FAULTY] : [];
  }
}

class FaultyCache extends ConstraintCache {
  override async load(): Promise<ConstraintSet> {
    return new FaultyForOne([]);
  }
}

it('a constraint that meets a bug with one entity does not hold up the others', async () => {
  const world = await EngineWorld.build({ execution: 'manual' });
  await world.connect();
  await world.report({});
  for (const name of ['broken', 'sound']) await world.entity({ channel: 'dev' }, {}, name);
  await world.settle();
  await world.release('1.1.0');
  const marks = ['broken', 'sound'].map((entity) => ({ entity, force: false }));
  const bugs: string[] = [];
  await world.context.store.transact((unit) =>
    evaluateEntities(world.context, unit, marks, {
      constraints: new FaultyCache(),
      onBug: (entity, { message }) => bugs.push(`${entity}: ${message}`),
    }),
  );
  expect(bugs).toEqual(['broken: nothing fits a window that is not open']);
  const plans = (await world.plans()).map(
    ({ entity, to, state }) => `${entity} ${to?.version ?? ''} ${state}`,
  );
  expect(plans.sort()).toEqual([
    'broken 1.0.0 PENDING',
    'sound 1.0.0 CANCELLED',
    'sound 1.1.0 PENDING',
  ]);
});
