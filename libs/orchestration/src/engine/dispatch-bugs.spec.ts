import { InvariantViolation } from '@apollo-deploy/kernel';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import { StoreUnavailable } from '../ports/store.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { EngineWorld, SUCCEEDED } from '../testing/engine-world.js';

/** Writes every offer but those for plans of one entity. */
class RefusesOffersOf extends InMemoryStore {
  /** What is thrown instead; nothing: they are written. */
  fault: Error | undefined;

  constructor(private readonly entity: string) {
    super();
  }

  override transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return super.transact((unit) => work({ ...unit, outbox: this.watched(unit) }));
  }

  private watched({ outbox, plans }: UnitOfWork): UnitOfWork['outbox'] {
    const add: UnitOfWork['outbox']['add'] = async (message) => {
      const plan = await plans.get(message.planId);
      if (plan?.entity === this.entity && this.fault !== undefined) throw this.fault;
      await outbox.add(message);
    };
    return Object.create(outbox, { add: { value: add } }) as UnitOfWork['outbox'];
  }
}

let store: RefusesOffersOf;
let world: EngineWorld;

/** `aria-a` executes, and `aria-b` and `aria-c` stand in line for its slot, in this order. */
beforeEach(async () => {
  store = new RefusesOffersOf('aria-b');
  world = await EngineWorld.build({ maxConcurrent: 1 }, store);
  await world.connect();
  await world.report({});
  for (const [index, name] of ['aria-a', 'aria-b', 'aria-c'].entries()) {
    await world.goTo(`2026-01-05T09:00:0${String(index)}.000Z`);
    await world.entity({ channel: 'dev' }, {}, name);
    await world.settle();
  }
});

async function states(): Promise<readonly string[]> {
  return (await world.plans()).map(({ entity, state, violations }) =>
    [entity, state, ...violations.map(({ code }) => code)].join(' '),
  );
}

async function endsPlanOf(name: string): Promise<void> {
  const plan = (await world.plans()).find(({ entity }) => entity === name);
  await world.result(plan?.id ?? '', SUCCEEDED, { version: '1.0.0', revision: 1 });
}

describe('a dispatch that meets a bug', () => {
  it.each([new InvariantViolation('a bug'), new TypeError('not a function')])(
    'gives its slot to the next in line, and is tried again later: %s',
    async (fault) => {
      store.fault = fault;
      await endsPlanOf('aria-a');
      await world.settle();
      expect(world.bugs).toEqual(['aria-b']);
      expect(await states()).toEqual([
        'aria-a SUCCEEDED',
        'aria-b BLOCKED constraint_failed',
        'aria-c EXECUTING',
      ]);

      store.fault = undefined;
      await endsPlanOf('aria-c');
      await world.settle();
      await world.goTo('2026-01-05T09:05:02.000Z');
      await world.engine.markDue();
      await world.settle();
      expect((await states()).slice(1)).toEqual(['aria-b EXECUTING', 'aria-c SUCCEEDED']);
    },
  );

  it('is no reason to evaluate anything before its next try', async () => {
    store.fault = new TypeError('not a function');
    await endsPlanOf('aria-a');
    await world.settle();
    await world.engine.recover({ everything: true });
    await world.engine.markDue();
    expect(await world.engine.drainOnce()).toBe(0);
  });

  it('says so to whoever asks why the plan does not go, and until when', async () => {
    store.fault = new TypeError('not a function');
    await endsPlanOf('aria-a');
    await world.settle();
    await endsPlanOf('aria-c');
    await world.settle();
    const [, held] = await world.plans();
    const explained = await world.engine.explain(held?.id ?? '');
    expect(explained).toMatchObject({
      value: {
        unmet: [
          {
            code: 'constraint_failed',
            message:
              "sending this plan met a bug (not a function); it is tried again at 2026-01-05T09:05:02.000Z; report it with the hub's log",
          },
        ],
        earliestAt: '2026-01-05T09:05:02.000Z',
      },
    });
  });
});

describe('a dispatch during an outage', () => {
  it('ends the turn and leaves the plan as it is', async () => {
    store.fault = new StoreUnavailable('the database is away');
    await endsPlanOf('aria-a');
    await expect(world.settle()).rejects.toThrow('the database is away');
    expect(world.bugs).toEqual([]);
    expect((await states()).slice(1)).toEqual(['aria-b PENDING', 'aria-c BLOCKED concurrency']);
  });
});
