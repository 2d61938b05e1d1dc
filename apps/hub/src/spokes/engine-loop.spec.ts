import type { CommitSignal } from '@apollo-deploy/orchestration';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import { RecordedLog } from '../testing/spokes/recorded-log.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { EngineLoop } from './engine-loop.js';

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
  const store = {
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
    timer: time,
    random: () => 0.5,
    log,
  });
  const commit = (dirty: boolean) => {
    signal({ dirty, outbox: ['dev'], events: false });
  };
  return { time, engine, log, loop, commit };
}

describe('the engine loop', () => {
  it('recovers once, then drains until the queue is empty and says so', async () => {
    const { loop, engine, time } = scene();
    engine.batches = 2;
    const idle = time.waitBegins(1000);
    loop.start();
    await idle;
    expect(engine.calls).toEqual(['recover everything', 'drain', 'drain', 'drain', 'tell']);
    const again = time.waitBegins(1000);
    time.advance(1000);
    await again;
    expect(engine.calls.slice(5)).toEqual(['drain']);
    await loop.stop();
  });

  it('drains when a commit has marked something, and only then', async () => {
    const { loop, engine, time, commit } = scene();
    const idle = time.waitBegins(1000);
    loop.start();
    await idle;
    commit(false);
    expect(time.pending).toEqual([1000]);
    const again = time.waitBegins(1000);
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
    const idle = time.waitBegins(1000);
    time.advance(500);
    await idle;
    expect(engine.calls).toEqual(['recover everything', 'recover everything', 'drain']);
    expect(log.errors).toHaveLength(1);
    await loop.stop();
  });

  it('goes on with the next batch after one that failed', async () => {
    const { loop, engine, time } = scene();
    const idle = time.waitBegins(1000);
    loop.start();
    await idle;
    engine.failures.push(new TypeError('no such member'));
    const failed = time.waitBegins(500);
    time.advance(1000);
    await failed;
    engine.batches = 1;
    const again = time.waitBegins(1000);
    time.advance(500);
    await again;
    expect(engine.batches).toBe(0);
    await loop.stop();
  });

  it('recovers what a failed turn may have left undispatched', async () => {
    const { loop, engine, time } = scene();
    const idle = time.waitBegins(1000);
    loop.start();
    await idle;
    engine.failures.push(new StoreUnavailable('the store does not answer'));
    const failed = time.waitBegins(500);
    time.advance(1000);
    await failed;
    const again = time.waitBegins(1000);
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

  it('looks every thirty turns for what a killed replica left where plans go by themselves', async () => {
    const { loop, engine, time } = scene();
    const idle = time.waitBegins(1000);
    loop.start();
    await idle;
    for (let turn = 0; turn < 31; turn += 1) {
      const next = time.waitBegins(1000);
      time.advance(1000);
      await next;
    }
    expect(engine.calls.filter((call) => call === 'recover')).toHaveLength(1);
    expect(engine.calls.slice(-3)).toEqual(['drain', 'recover', 'drain']);
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
