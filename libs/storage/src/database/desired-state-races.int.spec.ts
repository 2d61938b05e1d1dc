import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type EntityInput,
  OrchestrationEngine,
  putEntity,
  removeConstraint,
} from '@apollo-deploy/orchestration';
import { EngineWorld, failed, must, PERSON, SUCCEEDED } from '@apollo-deploy/orchestration/testing';
import { meanwhile, Rival } from '../testing/meanwhile-store.js';
import { sharedDatabase } from '../testing/shared-database.js';
import type { DatabaseStore } from './database-store.js';

/** The dispatch has read its facts: the evaluation before it was the first to read these. */
const DISPATCHING = { repository: 'rollbackDemands', statement: 'ofEntities', time: 2 } as const;

const database = sharedDatabase();
let world: EngineWorld;
let here: DatabaseStore;
let there: DatabaseStore;
beforeEach(async () => {
  here = await database.open();
  there = await database.open();
  world = await EngineWorld.build({}, here);
  await world.register('aria', '1.2.0');
  await world.connect();
  await world.report({});
  await world.entity({ version: '1.0.0' });
  await succeeds({ version: '1.0.0', revision: 1 });
});

async function succeeds(seen: Parameters<EngineWorld['result']>[2]): Promise<void> {
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, seen);
  await world.settle();
}

/** Another replica dispatches what is due, and a person saves this in the middle of it. */
async function savedWhileDispatching(change: Pick<EntityInput, 'desired' | 'values'>) {
  const saving = new Rival(database, () => put('aria-dev', change));
  const store = meanwhile(there, DISPATCHING, () => saving.begin());
  const bug = (entity: string): never => {
    throw new Error(`the evaluation of ${entity} met a bug`);
  };
  world.clock.advance(1000);
  await new OrchestrationEngine({ ...world.context, store }, bug).drainOnce();
  await saving.answer();
  await world.settle();
}

async function told(): Promise<readonly string[]> {
  return (await world.plans()).map(
    ({ type, state, to }) => `${type} ${to?.version ?? ''} ${state}`,
  );
}

async function holds(): Promise<number> {
  return (await database.query('SELECT id FROM holds')).length;
}

describe('a desired state that is saved while a plan is being dispatched', () => {
  it('lets an upgrade go, and is carried out after it', async () => {
    await world.entity({ version: '1.1.0' });
    await savedWhileDispatching({ desired: { version: '1.2.0' } });
    expect(await told()).toEqual(['install 1.0.0 SUCCEEDED', 'upgrade 1.1.0 EXECUTING']);
    await succeeds({ version: '1.1.0', revision: 2 });
    expect((await told()).at(-1)).toBe('upgrade 1.2.0 EXECUTING');
  });

  it('lets a rollback go that was owed, and is not held off by it', async () => {
    await world.entity({ version: '1.1.0' });
    await world.settle();
    const bad = { version: '1.1.0', revision: 2, health: 'Degraded' };
    await world.result((await world.lastPlan()).id, failed('unhealthy'), bad);
    await savedWhileDispatching({ desired: { version: '1.2.0' } });
    expect((await told()).at(-1)).toBe('rollback 1.0.0 EXECUTING');
    await succeeds({ version: '1.0.0', revision: 3 });
    expect(await holds()).toBe(0);
    expect(await told()).toEqual([
      'install 1.0.0 SUCCEEDED',
      'upgrade 1.1.0 ROLLED_BACK',
      'rollback 1.0.0 SUCCEEDED',
      'upgrade 1.2.0 EXECUTING',
    ]);
  });

  it('lets a rollback go that was asked for, and is not held off by it', async () => {
    await world.entity({ version: '1.1.0' });
    await succeeds({ version: '1.1.0', revision: 2 });
    await world.entity({ version: '1.0.0' });
    await savedWhileDispatching({ desired: { version: '1.2.0' } });
    expect((await told()).at(-1)).toBe('rollback 1.0.0 EXECUTING');
    await succeeds({ version: '1.0.0', revision: 3 });
    expect(await holds()).toBe(0);
    expect((await told()).at(-1)).toBe('upgrade 1.2.0 EXECUTING');
  });
});

describe('an entity that changes while what would hold its plan is taken away', () => {
  it.each([
    {
      name: 'is made',
      scope: {},
      moment: { repository: 'entities', statement: 'namesIn' },
      entity: 'aria-new',
      change: { desired: { version: '1.0.0' } },
    },
    {
      name: 'gets a label that is in its scope',
      scope: { labels: { team: 'blue' } },
      moment: { repository: 'entities', statement: 'list' },
      entity: 'aria-dev',
      change: { desired: { version: '1.1.0' }, labels: { team: 'blue' } },
    },
  ] as const)('is not held by it where it $name', async ({ scope, moment, entity, change }) => {
    const { id } = await world.constraint({
      name: 'nothing at all',
      kind: 'rule',
      spec: {
        message: 'Not now',
        when: { fact: 'product.name', operator: 'eq', value: 'another' },
      },
      scope,
    });
    await world.settle();
    const store = await database.open();
    const saving = new Rival(database, async () => {
      await put(entity, change);
      const engine = new OrchestrationEngine({ ...world.context, store }, (_, bug) => {
        throw bug;
      });
      while ((await engine.drainOnce()) > 0);
    });
    const removing = meanwhile(there, moment, () => saving.begin());
    must(await removeConstraint({ ...world.context, store: removing }, PERSON, id));
    await saving.answer();
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ entity, state: 'EXECUTING' });
  });
});

async function put(
  name: string,
  change: Pick<EntityInput, 'desired' | 'values' | 'labels'>,
): Promise<void> {
  const installed = { spoke: 'dev', product: 'aria', namespace: 'aria', releaseName: name };
  must(await putEntity(world.context, PERSON, { name, ...installed, ...change }));
}
