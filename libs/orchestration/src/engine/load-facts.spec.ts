import { ConstraintSet, type Environment } from '@apollo-deploy/domain';
import { describe, expect, it } from '@jest/globals';
import { EngineWorld } from '../testing/engine-world.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { loadFacts } from './load-facts.js';
import { replicaFacts } from './replica-facts.js';

const NO_CONSTRAINTS = new ConstraintSet([]);

/** The unit with every call to one of its repositories counted. */
function counting(unit: UnitOfWork, calls: string[]): UnitOfWork {
  return new Proxy(unit, {
    get(target, name: Exclude<keyof UnitOfWork, 'finish'>) {
      return new Proxy(target[name], {
        get(repository, method: string) {
          const member = Reflect.get(repository, method) as unknown;
          if (typeof member !== 'function') return member;
          return (...args: readonly unknown[]): unknown => {
            calls.push(`${name}.${method}`);
            return Reflect.apply(member, repository, args) as unknown;
          };
        },
      });
    },
  });
}

async function callsFor(
  entities: number,
  environment: Partial<Environment> = {},
): Promise<readonly string[]> {
  const world = await EngineWorld.build(environment);
  await world.connect();
  await world.report({});
  const names = Array.from({ length: entities }, (_, index) => `entity-${String(index)}`);
  for (const name of names) await world.entity({ channel: 'dev' }, {}, name);
  const calls: string[] = [];
  await world.context.store.transact(async (unit) => {
    const presence = replicaFacts(world.context);
    const facts = await loadFacts(counting(unit, calls), names, presence, NO_CONSTRAINTS);
    expect(facts).toHaveLength(entities);
  });
  return calls;
}

describe('the facts of a batch', () => {
  it('are read with the same statements for 2 entities and for 100', async () => {
    const few = await callsFor(2);
    expect(await callsFor(100)).toEqual(few);
    expect(few.length).toBe(20);
  });

  it('are read with four statements more where runs elsewhere matter', async () => {
    const few = await callsFor(2, { tier: 'production' });
    expect(await callsFor(100, { tier: 'production' })).toEqual(few);
    expect(few.slice(-4)).toEqual([
      'runs.leading',
      'spokes.getMany',
      'entities.environmentsOf',
      'environments.getMany',
    ]);
  });

  it('of no entity are read with one statement', async () => {
    const world = await EngineWorld.build();
    const calls: string[] = [];
    await world.context.store.transact((unit) =>
      loadFacts(counting(unit, calls), ['nobody'], replicaFacts(world.context), NO_CONSTRAINTS),
    );
    expect(calls).toEqual(['entities.getMany']);
  });
});
