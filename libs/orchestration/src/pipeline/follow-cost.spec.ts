import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import { CountingStore } from '../testing/counting-store.js';
import { PERSON } from '../testing/engine-world.js';
import { DeploymentWorld } from '../testing/deployment-world.js';

let store: CountingStore;
let world: DeploymentWorld;
beforeEach(async () => {
  store = new CountingStore(new InMemoryStore());
  world = await DeploymentWorld.build({}, store);
});

/** So many services are deployed, and wait for the end of a freeze. */
async function waiting(services: number): Promise<void> {
  await world.engine.constraint({
    ...{ name: 'freeze', kind: 'suppression_window' },
    spec: { start: '2026-01-01T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
  });
  for (let index = 0; index < services; index += 1) {
    const service = `service-${String(index)}`;
    await world.engine.product(service, { '1.0.0': [] });
    await world.request({ service });
  }
  await world.follow();
}
/** What one turn asks of the store. */
const turn = () => store.during(() => world.turns('replica-1'));

describe('a turn of the follower', () => {
  it('costs the same for one deployment that waits as for fifty', async () => {
    await waiting(1);
    const one = await turn();
    store = new CountingStore(new InMemoryStore());
    world = await DeploymentWorld.build({}, store);
    await waiting(50);
    expect(await turn()).toEqual(one);
    expect(one).toEqual({ transactions: 1, calls: 14 });
  });

  it('costs more only for those that move, and no more for these among many', async () => {
    const extra: object[] = [];
    for (const services of [2, 20]) {
      store = new CountingStore(new InMemoryStore());
      world = await DeploymentWorld.build({}, store);
      await waiting(services);
      const idle = await turn();
      const [plan] = await world.engine.plans();
      await world.engine.engine.cancelPlan(PERSON, plan?.id ?? '', 'not today');
      const moving = await turn();
      const { transactions, calls } = moving;
      extra.push({ transactions: transactions - idle.transactions, calls: calls - idle.calls });
      expect(await turn()).toEqual(idle);
    }
    expect(extra[0]).toMatchObject({ transactions: 1 });
    expect(extra[1]).toEqual(extra[0]);
  });
});
