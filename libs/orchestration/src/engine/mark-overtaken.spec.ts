import { beforeEach, describe, expect, it } from '@jest/globals';
import { overlaid } from '../events/overlaid.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import type { Store } from '../ports/store.js';
import { EngineWorld } from '../testing/engine-world.js';

/** The spokes that were kept from changing, for each time that any were. */
let kept: (readonly string[])[];
let world: EngineWorld;

function watched(store: Store): Store {
  return overlaid(store, {
    transact: (work) =>
      store.transact((unit) => {
        const spokes = overlaid(unit.spokes, {
          lockShared: (names) => {
            kept.push(names);
            return unit.spokes.lockShared(names);
          },
        });
        return work({ ...unit, spokes });
      }),
  });
}

beforeEach(async () => {
  kept = [];
  world = await EngineWorld.build({}, watched(new InMemoryStore()));
  await world.connect();
  await world.report({});
});

async function wanted(entities: number): Promise<void> {
  for (let index = 0; index < entities; index += 1) {
    await world.entity({ channel: 'dev' }, {}, `aria-${String(index)}`);
  }
  await world.settle();
}

describe('the spoke of plans that are being made', () => {
  it('is not kept from changing where they do not wait for it', async () => {
    await wanted(3);
    expect(kept).toEqual([]);
  });

  it.each([{ entities: 1 }, { entities: 100 }])(
    'is kept from changing once where $entities of them wait for it',
    async ({ entities }) => {
      await world.connect();
      await wanted(entities);
      expect(kept).toEqual([['dev']]);
      expect(await world.plans()).toHaveLength(entities);
    },
  );

  it('is not kept from changing where the plans are there already', async () => {
    await world.connect();
    await wanted(1);
    await world.report({});
    await world.connect();
    await world.settle();
    expect(await world.plans()).toMatchObject([{ state: 'BLOCKED' }]);
    expect(kept).toEqual([['dev']]);
  });
});
