import { beforeEach, describe, expect, it } from '@jest/globals';
import { CountingStore } from '../testing/counting-store.js';
import { EngineWorld } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { loadService } from './load-service.js';

let world: EngineWorld;
let prod: OtherSpoke;
/** `aria` is wanted in `dev` and `prod`, and runs in `dev`. */
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  prod = await OtherSpoke.join(world, 'prod', 'production');
  await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
  await world.entity();
  await prod.want({ version: '1.0.0' });
});

async function seen(environments: readonly string[] = ['dev', 'prod']) {
  const all = await world.context.store.transact((unit) =>
    loadService(world.context, unit, 'aria', environments),
  );
  return all.map(({ entity, heard, reported }) => [
    entity.name,
    heard,
    reported && (reported.release?.version ?? null),
  ]);
}

describe('what is seen of a service', () => {
  it('is what each spoke says of its entity', async () => {
    expect(await seen()).toEqual([
      ['aria-dev', true, '1.0.0'],
      ['aria-prod', true, undefined],
    ]);
    await prod.report();
    expect(await seen(['prod'])).toEqual([['aria-prod', true, null]]);
    expect(await seen(['dev'])).toEqual([['aria-dev', true, '1.0.0']]);
    expect(await seen([])).toEqual([]);
  });

  it('is as old as the last word of its spoke', async () => {
    world.clock.advance(45_000);
    await prod.heard();
    expect((await seen()).map(([, heard]) => heard)).toEqual([false, true]);
  });

  it('costs three statements, however many entities there are', async () => {
    const { store } = world.context;
    const counting = new CountingStore(store);
    const load = () =>
      counting.transact((unit) => loadService(world.context, unit, 'aria', ['dev', 'prod']));
    expect(await counting.during(load)).toEqual({ transactions: 1, calls: 3 });
  });

  it('leaves out what is to be gone', async () => {
    await world.entity({ absent: true });
    expect(await seen(['dev'])).toEqual([]);
  });
});
