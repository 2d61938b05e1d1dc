import { CountingIds, InMemoryStore, VirtualClock } from '@apollo-deploy/orchestration';
import type { EntityStatus } from '@apollo-deploy/orchestration';
import { anEntity, anEnvironment, aProduct, aSpoke } from '@apollo-deploy/orchestration/testing';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { findEntities } from './find-entities.js';

const AT = '2026-03-01T12:00:00.000Z';
const store = new InMemoryStore();
const context = {
  store,
  clock: new VirtualClock(new Date(AT)),
  ids: new CountingIds(),
  startedAt: new Date(0),
};

/** Of 450 entities, those whose number divides by 100 are absent as desired. */
beforeAll(async () => {
  await store.transact(async (unit) => {
    await unit.environments.insert(anEnvironment());
    await unit.products.insert(aProduct());
    await unit.spokes.insert(
      aSpoke({ stateAt: AT, lastSeenAt: AT, connected: true, epoch: 1, stateEpoch: 1 }),
    );
    for (let number = 0; number < 450; number += 1) {
      const name = `e${String(number).padStart(3, '0')}`;
      const desired = number % 100 === 0 ? { absent: true as const } : { channel: 'dev' };
      await unit.entities.insert(anEntity({ name, desired }));
    }
  });
});

async function find(status: EntityStatus, limit: number, after?: string): Promise<unknown> {
  const request = { limit, ...(after !== undefined && { after }) };
  const { items, next } = await findEntities(context, { status }, request);
  return { names: items.map(({ entity }) => entity.name), next };
}

describe('entities with a status', () => {
  it.each<{ name: string; limit: number; after?: string; names: string[]; next?: string }>([
    { name: 'all that there are', limit: 10, names: ['e000', 'e100', 'e200', 'e300', 'e400'] },
    {
      name: 'exactly as many as asked for',
      limit: 5,
      names: ['e000', 'e100', 'e200', 'e300', 'e400'],
    },
    { name: 'a first page', limit: 2, names: ['e000', 'e100'], next: 'e100' },
    { name: 'a second page', limit: 2, after: 'e100', names: ['e200', 'e300'], next: 'e300' },
    { name: 'a last page', limit: 2, after: 'e300', names: ['e400'] },
    { name: 'nothing', limit: 2, after: 'e400', names: [] },
  ])('are found as $name', async ({ limit, after, names, next }) => {
    expect(await find('up_to_date', limit, after)).toEqual({ names, next });
  });
});
