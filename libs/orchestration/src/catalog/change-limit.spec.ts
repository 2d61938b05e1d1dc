import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Plan } from '@apollo-deploy/domain';
import { EngineWorld, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import {
  changeEnvironmentLimit,
  changeProductLimit,
  changeSpokeLimit,
  type NewLimit,
} from './change-limit.js';

const ENTITIES = ['aria-0', 'aria-1', 'aria-2', 'aria-3', 'aria-4'];
const KINDS = {
  environment: { name: 'dev', change: changeEnvironmentLimit },
  product: { name: 'aria', change: changeProductLimit },
  spoke: { name: 'dev', change: changeSpokeLimit },
} as const;
type Kind = keyof typeof KINDS;
const ALL = ['environment', 'product', 'spoke'] as const satisfies readonly Kind[];

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  await world.report({});
});

/** Lets `maxConcurrent` plans execute from now on; absent = as many as may. */
async function limit(kind: Kind, maxConcurrent?: number): Promise<void> {
  const { name, change } = KINDS[kind];
  const wanted: NewLimit = { name, ...(maxConcurrent !== undefined && { maxConcurrent }) };
  const answer = await change(world.context, PERSON, wanted);
  expect(answer.ok).toBe(true);
}

async function install(entities: readonly string[]): Promise<void> {
  for (const name of entities) await world.entity({ channel: 'dev' }, {}, name);
  await world.settle();
}

async function count(state: Plan['state']): Promise<number> {
  return (await world.plans()).filter((plan) => plan.state === state).length;
}

/** What was written into the trail of limits, oldest first. */
async function trail(): Promise<readonly unknown[]> {
  const page = await world.context.store.transact((unit) => unit.audit.list({}, { limit: 200 }));
  return page.items
    .filter(({ action }) => action.endsWith('.limit'))
    .map(({ actor, action, subject, detail: { from, to } }) => [actor, action, subject, from, to]);
}

describe.each(ALL)('the limit of %s', (kind) => {
  const { name } = KINDS[kind];

  it('offers what is free when it is raised', async () => {
    await limit(kind, 1);
    await install(ENTITIES);
    expect(await count('EXECUTING')).toBe(1);
    await limit(kind, 3);
    await world.settle();
    expect([await count('EXECUTING'), await count('BLOCKED')]).toEqual([3, 2]);
  });

  it('lets all go when it is lifted', async () => {
    await limit(kind, 1);
    await install(ENTITIES);
    await limit(kind);
    await world.settle();
    expect([await count('EXECUTING'), await count('BLOCKED')]).toEqual([5, 0]);
  });

  it('ends nothing when it is lowered, and lets nothing more go until fewer execute', async () => {
    await limit(kind, 3);
    await install(ENTITIES);
    await limit(kind, 1);
    await world.settle();
    expect(await count('EXECUTING')).toBe(3);
    const going = (await world.plans()).filter(({ state }) => state === 'EXECUTING');
    const left = [];
    for (const { id } of going) {
      await world.result(id, SUCCEEDED, { version: '1.0.0', revision: 1 });
      await world.settle();
      left.push(await count('EXECUTING'));
    }
    expect(left).toEqual([2, 1, 1]);
  });

  it('is written into the trail once for each change, and what is no change is not', async () => {
    await limit(kind, 2);
    await limit(kind, 2);
    await limit(kind);
    // A spoke that does not say has the default.
    const without = kind === 'spoke' ? 10 : null;
    const told = ['dev-operator', `${kind}.limit`, `${kind}/${name}`];
    expect(await trail()).toEqual([
      [...told, null, 2],
      [...told, 2, without],
    ]);
  });

  it('is refused for one that does not exist', async () => {
    const answer = await KINDS[kind].change(world.context, PERSON, { name: 'nobody' });
    expect(answer).toMatchObject({ ok: false, error: { code: `catalog/${kind}_not_found` } });
  });
});

describe('the limit of an environment that is lifted', () => {
  it('lets those on other spokes go as well', async () => {
    await limit('environment', 1);
    await install(['aria-0']);
    for (const name of ['dev-2', 'dev-3', 'dev-4']) {
      const other = await OtherSpoke.joinIn(world, name, 'dev');
      await other.report();
      await other.want({ channel: 'dev' });
    }
    await world.settle();
    expect([await count('EXECUTING'), await count('BLOCKED')]).toEqual([1, 3]);
    await limit('environment');
    await world.settle();
    expect([await count('EXECUTING'), await count('BLOCKED')]).toEqual([4, 0]);
  });
});

describe.each(['environment', 'product'] as const)('the limit of %s, seen before', (kind) => {
  it('is changed in the version that was seen only', async () => {
    const { name, change } = KINDS[kind];
    const set = (maxConcurrent: number, expectedVersion: number) =>
      change(world.context, PERSON, { name, maxConcurrent, expectedVersion });
    expect(await set(2, 1)).toMatchObject({ ok: true, value: { maxConcurrent: 2, version: 2 } });
    expect(await set(3, 1)).toMatchObject({
      ok: false,
      error: { code: 'catalog/version_conflict', data: { version: 2 } },
    });
    expect(await set(3, 2)).toMatchObject({ ok: true, value: { maxConcurrent: 3, version: 3 } });
  });
});
