import type { CommitSignal } from '@apollo-deploy/orchestration';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import { RecordedLog } from '../testing/spokes/recorded-log.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { EngineLoop } from './engine-loop.js';

/** How often a queue is looked at of which nobody tells anything. */
const LOOK_MS = 30_000;

/** An engine with so many batches in its queue, which can be out of order for a while. */
class BatchEngine {
  readonly calls: string[] = [];
  readonly failures: Error[] = [];
  batches = 0;

  async recover({ everything }: { readonly everything: boolean }): Promise<void> {
    this.calls.push(everything ? 'recover everything' : 'recover');
    this.fail();
  }

  async drainOnce(): Promise<number> {
    this.calls.push('drain');
    this.fail();
    if (this.batches === 0) return 0;
    this.batches -= 1;
    return 200;
  }

  private fail(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }
}

function scene() {
  const time = new VirtualTime();
  const engine = new BatchEngine();
  const log = new RecordedLog();
  let signal: (signal: CommitSignal) => void = () => undefined;
  const hearing = { others: true };
  const store = {
    hearsOthers: () => hearing.others,
    onCommit: (listener: (signal: CommitSignal) => void) => {
      signal = listener;
      return () => (signal = () => undefined);
    },
  };
  const onEvaluated = (): void => {
    engine.calls.push('tell');
  };
  const loop = new EngineLoop({
    store,
    engine,
    onEvaluated,
    clock: time,
    timer: time,
    random: () => 0.5,
    log,
  });
  const commit = (dirty: boolean) => {
    signal({ dirty, outbox: ['dev'], events: false });
  };
  return { time, engine, log, loop, commit, hearing };
}

describe('the engine loop', () => {
  it('recovers once, then drains until the queue is empty and says so', async () => {
    const { loop, engine, time } = scene();
    engine.batches = 2;
    const idle = time.waitBegins(LOOK_MS);
    loop.start();
    await idle;
    expect(engine.calls).toEqual(['recover everything', 'drain', 'drain', 'drain', 'tell']);
    const again = time.waitBegins(LOOK_MS);
    time.advance(LOOK_MS);
    await again;
    expect(engine.calls.slice(5)).toEqual(['recover', 'drain']);
    await loop.stop();
  });

  it('drains when a commit has marked something, and only then', async () => {
    const { loop, engine, time, commit } = scene();
    const idle = time.waitBegins(LOOK_MS);
    loop.start();
    await idle;
    commit(false);
    expect(time.pending).toEqual([LOOK_MS]);
    const again = time.waitBegins(LOOK_MS);
    commit(true);
    await again;
    expect(engine.calls).toEqual(['recover everything', 'drain', 'drain']);
    await loop.stop();
  });

  it('recovers later where the store is away at the start', async () => {
    const { loop, engine, time, log } = scene();
    engine.failures.push(new StoreUnavailable('the store does not answer'));
    const failed = time.waitBegins(500);
    loop.start();
    await failed;
    const idle = time.waitBegins(LOOK_MS);
    time.advance(500);
    await idle;
    expect(engine.calls).toEqual(['recover everything', 'recover everything', 'drain']);
    expect(log.errors).toHaveLength(1);
    await loop.stop();
  });

  it('goes on with the next batch after one that failed', async () => {
    const { loop, engine, time } = scene();
    const idle = time.waitBegins(LOOK_MS);
    loop.start();
    await idle;
    engine.failures.push(new TypeError('no such member'));
    const failed = time.waitBegins(500);
    time.advance(LOOK_MS);
    await failed;
    engine.batches = 1;
    const again = time.waitBegins(LOOK_MS);
    time.advance(500);
    await again;
    expect(engine.batches).toBe(0);
    await loop.stop();
  });

  it('recovers what a failed turn may have left undispatched', async () => {
    const { loop, engine, time, commit } = scene();
    const idle = time.waitBegins(LOOK_MS);
    loop.start();
    await idle;
    engine.failures.push(new StoreUnavailable('the store does not answer'));
    const failed = time.waitBegins(500);
    commit(true);
    await failed;
    const again = time.waitBegins(LOOK_MS);
    time.advance(500);
    await again;
    expect(engine.calls).toEqual([
      'recover everything',
      'drain',
      'drain',
      'recover everything',
      'drain',
    ]);
    await loop.stop();
  });

  it('asks nothing for as long as nothing is marked, and then for what may be left', async () => {
    const { loop, engine, time, commit } = scene();
    const idle = time.waitBegins(LOOK_MS);
    loop.start();
    await idle;
    engine.calls.length = 0;
    for (let second = 1; second < 30; second += 1) {
      time.advance(1000);
      commit(false);
    }
    expect({ calls: engine.calls, pending: time.pending }).toEqual({ calls: [], pending: [1000] });
    const looked = time.waitBegins(LOOK_MS);
    time.advance(1000);
    await looked;
    expect(engine.calls).toEqual(['recover', 'drain']);
    await loop.stop();
  });

  it('asks each second while others cannot be heard, from the moment they are not', async () => {
    const { loop, engine, time, commit, hearing } = scene();
    const idle = time.waitBegins(LOOK_MS);
    loop.start();
    await idle;
    engine.calls.length = 0;
    hearing.others = false;
    const deaf = time.waitBegins(1000);
    // A store tells that it may have missed something as if something had been marked.
    commit(true);
    await deaf;
    for (let turn = 0; turn < 20; turn += 1) {
      const next = time.waitBegins(1000);
      time.advance(1000);
      await next;
    }
    const drains = Array.from({ length: 20 }, () => 'drain');
    expect(engine.calls).toEqual([...drains, 'recover', 'drain']);
    hearing.others = true;
    const hears = time.waitBegins(LOOK_MS);
    commit(true);
    await hears;
    await loop.stop();
  });

  it('looks for what a killed replica left when the clock was turned back, too', async () => {
    const { loop, engine, time, commit } = scene();
    const idle = time.waitBegins(LOOK_MS);
    loop.start();
    await idle;
    engine.calls.length = 0;
    time.turnBack(3_600_000);
    const again = time.waitBegins(LOOK_MS);
    commit(true);
    await again;
    expect(engine.calls).toEqual(['recover', 'drain']);
    await loop.stop();
  });

  it('leaves the rest of the queue where it is when it stops', async () => {
    const { loop, engine, time, commit } = scene();
    engine.batches = 1000;
    loop.start();
    await loop.stop();
    expect(engine.batches).toBeGreaterThan(0);
    commit(true);
    expect(time.pending).toEqual([]);
  });
});
