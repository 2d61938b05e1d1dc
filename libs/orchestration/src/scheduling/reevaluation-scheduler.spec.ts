import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Context } from '../context.js';
import { OrchestrationEngine } from '../engine/orchestration-engine.js';
import { CountingIds } from '../ports/ids.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import { CountingStore } from '../testing/counting-store.js';
import { anEntity, aSpoke } from '../testing/records/fleet-records.js';
import { aPlan } from '../testing/records/plan-records.js';
import { VirtualTime } from '../testing/virtual-time.js';
import { ReevaluationScheduler } from './reevaluation-scheduler.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

describe('the re-evaluation scheduler', () => {
  let time: VirtualTime;
  let store: CountingStore;
  let context: Context;
  const failures: unknown[] = [];
  beforeEach(() => {
    time = new VirtualTime();
    store = new CountingStore(new InMemoryStore());
    context = { store, clock: time, ids: new CountingIds(), startedAt: new Date(0) };
    failures.length = 0;
  });

  const scheduler = (intervalMs?: number): ReevaluationScheduler =>
    new ReevaluationScheduler({
      engine: new OrchestrationEngine(context, () => undefined),
      context,
      timer: time,
      ...(intervalMs !== undefined && { intervalMs }),
      onFailure: (error) => failures.push(error),
    });
  const at = (ms: number): string => new Date(time.now().getTime() + ms).toISOString();
  const blocked = (entity: string, recheckAt: string) =>
    store.transact((unit) =>
      unit.plans.insert(aPlan({ id: entity, entity, state: 'BLOCKED', recheckAt })),
    );
  const marked = async () =>
    (await store.transact((unit) => unit.dirty.take(100))).map(({ entity }) => entity);
  /** Resolves when the turn that `act` lets begin has ended in a pause of this length. */
  const turn = async (pauseMs: number, act: () => void): Promise<void> => {
    const pauses = time.waitBegins(pauseMs);
    act();
    await pauses;
  };

  it('marks a blocked plan at the very instant it is due, and not before', async () => {
    await blocked('a', at(3700));
    const one = scheduler();
    await turn(3700, () => {
      one.start();
    });
    expect(await marked()).toEqual([]);
    await turn(10 * SECOND_MS - 3700, () => {
      time.advance(3700);
    });
    expect(await marked()).toEqual(['a']);
    await one.stop();
    expect(failures).toEqual([]);
  });

  it('hears of an earlier instant when it is woken', async () => {
    const one = scheduler();
    await turn(10 * SECOND_MS, () => {
      one.start();
    });
    await blocked('a', at(1500));
    await turn(1500, () => {
      one.wake();
    });
    await turn(10 * SECOND_MS - 1500, () => {
      time.advance(1500);
    });
    expect(await marked()).toEqual(['a']);
    await one.stop();
  });

  it('marks all that are due at once, however many, and each once while it is marked', async () => {
    const due = at(SECOND_MS);
    for (let index = 0; index < 2500; index += 1) await blocked(`e-${String(index)}`, due);
    const engine = new OrchestrationEngine(context, () => undefined);
    time.advance(SECOND_MS);
    await engine.markDue();
    await engine.markDue();
    const taken = await store.transact((unit) => unit.dirty.take(10_000));
    expect(taken).toHaveLength(2500);
  });

  it('sweeps every five minutes if nothing else is said, and costs the same each time', async () => {
    const one = scheduler();
    const turns: { transactions: number; calls: number }[] = [];
    turns.push(
      await store.during(() =>
        turn(10 * SECOND_MS, () => {
          one.start();
        }),
      ),
    );
    for (let seconds = 10; seconds <= 310; seconds += 10) {
      const last = seconds === 300 ? 10 : Math.min(10, 300 - (seconds % 300));
      turns.push(
        await store.during(() =>
          turn(last * SECOND_MS, () => {
            time.advance(10 * SECOND_MS);
          }),
        ),
      );
    }
    const watch = { transactions: 1, calls: 3 };
    const look = { transactions: 2, calls: 7 };
    const sweep = { transactions: 4, calls: 10 };
    // Who fell silent, and what is overdue, is asked for with each turn; after what was believed for a
    // minute, the store is asked for what is due as well. The sweep comes with a look.
    const minute = [...Array.from({ length: 5 }, () => watch), look];
    const beforeSweep = Array.from({ length: 5 }, () => minute)
      .flat()
      .slice(0, 29);
    expect(turns).toEqual([sweep, ...beforeSweep, sweep, watch]);
    await one.stop();
  });

  it('asks for what is due as soon as something is committed, here or elsewhere', async () => {
    const one = scheduler();
    await turn(10 * SECOND_MS, () => {
      one.start();
    });
    const tenSeconds = (): Promise<{ transactions: number; calls: number }> =>
      store.during(() =>
        turn(10 * SECOND_MS, () => {
          time.advance(10 * SECOND_MS);
        }),
      );
    expect((await tenSeconds()).calls).toBe(3);
    await store.transact((unit) => unit.dirty.mark(['a']));
    expect((await tenSeconds()).calls).toBe(7);
    expect((await tenSeconds()).calls).toBe(3);
    await one.stop();
  });

  it('asks with each turn while other replicas are not heard', async () => {
    const one = scheduler();
    store.hears = false;
    await turn(10 * SECOND_MS, () => {
      one.start();
    });
    const { calls } = await store.during(() =>
      turn(10 * SECOND_MS, () => {
        time.advance(10 * SECOND_MS);
      }),
    );
    expect(calls).toBe(7);
    await one.stop();
  });

  it('looks within ten seconds at the plans around a spoke that fell silent', async () => {
    await store.transact(async (unit) => {
      await unit.spokes.insert(
        aSpoke({ name: 'spoke-a', connected: true, lastSeenAt: at(-2 * SECOND_MS) }),
      );
      await unit.entities.insert(anEntity({ name: 'a', spoke: 'spoke-a' }));
      await unit.plans.insert(aPlan({ id: 'a', entity: 'a', spoke: 'spoke-a', state: 'PENDING' }));
    });
    const one = scheduler();
    await turn(10 * SECOND_MS, () => {
      one.start();
    });
    // Never evaluated.
    expect(await marked()).toEqual(['a']);
    const seen: (readonly string[])[] = [];
    for (let seconds = 10; seconds <= 60; seconds += 10) {
      await turn(10 * SECOND_MS, () => {
        time.advance(10 * SECOND_MS);
      });
      seen.push(await marked());
    }
    expect(seen).toEqual([[], [], [], [], ['a'], []]);
    await one.stop();
  });

  it('leaves the sweep to one of two replicas, and takes over when it has gone', async () => {
    const [one, other] = [scheduler(MINUTE_MS), scheduler(MINUTE_MS)];
    await turn(10 * SECOND_MS, () => {
      one.start();
    });
    await turn(10 * SECOND_MS, () => {
      other.start();
    });
    const newcomer = async (name: string) => {
      await store.transact((unit) => unit.entities.insert(anEntity({ name, releaseName: name })));
    };
    await newcomer('a');
    await one.stop();
    for (let seconds = 0; seconds < 30; seconds += 10) {
      await turn(10 * SECOND_MS, () => {
        time.advance(10 * SECOND_MS);
      });
    }
    expect(await marked()).toEqual(['a']);
    await other.stop();
  });

  it('goes on when the clock is turned back by an hour', async () => {
    const one = scheduler();
    await turn(10 * SECOND_MS, () => {
      one.start();
    });
    time.turnBack(60 * MINUTE_MS);
    await store.transact((unit) => unit.entities.insert(anEntity({ name: 'a' })));
    await turn(10 * SECOND_MS, () => {
      one.wake();
    });
    expect(await marked()).toEqual(['a']);
    await one.stop();
  });

  it('has all that waits for an instant looked at again when the clock is turned back', async () => {
    const one = scheduler();
    await turn(10 * SECOND_MS, () => {
      one.start();
    });
    await blocked('a', at(14 * 24 * 60 * MINUTE_MS));
    await blocked('b', at(MINUTE_MS));
    await turn(10 * SECOND_MS, () => {
      time.advance(10 * SECOND_MS);
    });
    expect(await marked()).toEqual([]);
    time.turnBack(60 * MINUTE_MS);
    await turn(10 * SECOND_MS, () => {
      one.wake();
    });
    expect(await marked()).toEqual(['b', 'a']);
    await turn(10 * SECOND_MS, () => {
      time.advance(10 * SECOND_MS);
    });
    expect(await marked()).toEqual([]);
    await one.stop();
  });

  it('tells of a store that is away, and goes on when it is back', async () => {
    const one = scheduler();
    store.away = new Error('away');
    await turn(500, () => {
      one.start();
    });
    store.away = undefined;
    await turn(10 * SECOND_MS, () => {
      time.advance(500);
    });
    expect(failures).toEqual([new Error('away')]);
    await one.stop();
  });
});
