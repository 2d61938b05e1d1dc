import { describe, expect, it } from '@jest/globals';
import { VirtualTime } from '../testing/virtual-time.js';
import { AlarmLoop } from './alarm-loop.js';

/** A loop whose work answers what the test sets, and fails when it is told to. */
function scene() {
  const time = new VirtualTime();
  const turns: number[] = [];
  const failures: { readonly message: string; readonly retryInMs: number }[] = [];
  const begunAt = time.now().getTime();
  const state: { nextInMs?: number; failing: boolean } = { failing: false };
  const loop = new AlarmLoop({
    work: async () => {
      turns.push(time.now().getTime() - begunAt);
      if (state.failing) throw new Error('the store does not answer');
      return state.nextInMs === undefined
        ? undefined
        : new Date(time.now().getTime() + state.nextInMs);
    },
    clock: time,
    timer: time,
    onFailure: (error, retryInMs) => failures.push({ message: String(error), retryInMs }),
  });
  const pauses = async (ms: number, act: () => void): Promise<void> => {
    const begun = time.waitBegins(ms);
    act();
    await begun;
  };
  return { time, turns, failures, state, loop, pauses };
}

describe('an alarm loop', () => {
  it.each([
    { name: 'at the instant its work names', nextInMs: 3210, pause: 3210 },
    {
      name: 'after ten seconds, where the instant is far away',
      nextInMs: 86_400_000,
      pause: 10_000,
    },
    { name: 'after ten seconds, where there is no instant', nextInMs: undefined, pause: 10_000 },
    { name: 'soon, and not at once, where the instant has come', nextInMs: -5, pause: 250 },
  ])('works again $name', async ({ nextInMs, pause }) => {
    const { loop, pauses, time, turns, state } = scene();
    if (nextInMs !== undefined) state.nextInMs = nextInMs;
    await pauses(pause, () => {
      loop.start();
    });
    await pauses(pause, () => {
      time.advance(pause);
    });
    expect(turns).toEqual([0, pause]);
    await loop.stop();
  });

  it('works at once when it is woken', async () => {
    const { loop, pauses, turns } = scene();
    await pauses(10_000, () => {
      loop.start();
    });
    await pauses(10_000, () => {
      loop.wake();
    });
    expect(turns).toEqual([0, 0]);
    await loop.stop();
  });

  it('rests between turns that it is woken for, so that none of them can wake it without end', async () => {
    const { loop, pauses, time, turns } = scene();
    await pauses(10_000, () => {
      loop.start();
    });
    await pauses(10_000, () => {
      loop.wake();
    });
    await pauses(250, () => {
      loop.wake();
    });
    loop.wake();
    await pauses(10_000, () => {
      time.advance(250);
    });
    expect(turns).toEqual([0, 0, 250]);
    await pauses(150, () => {
      time.advance(100);
      loop.wake();
    });
    await pauses(10_000, () => {
      time.advance(150);
    });
    time.advance(250);
    await pauses(10_000, () => {
      loop.wake();
    });
    expect(turns).toEqual([0, 0, 250, 500, 750]);
    await loop.stop();
  });

  it('tells of turns that fail, pauses longer each time, and is not woken meanwhile', async () => {
    const { loop, pauses, time, state, turns, failures } = scene();
    state.failing = true;
    await pauses(500, () => {
      loop.start();
    });
    loop.wake();
    await pauses(1000, () => {
      time.advance(500);
    });
    state.failing = false;
    await pauses(10_000, () => {
      time.advance(1000);
    });
    expect(turns).toEqual([0, 500, 1500]);
    expect(failures).toEqual([
      { message: 'Error: the store does not answer', retryInMs: 500 },
      { message: 'Error: the store does not answer', retryInMs: 1000 },
    ]);
    await loop.stop();
  });

  it('begins no turn after it was stopped', async () => {
    const { loop, pauses, time, turns } = scene();
    await pauses(10_000, () => {
      loop.start();
    });
    await loop.stop();
    loop.wake();
    time.advance(60_000);
    expect(turns).toEqual([0]);
    expect(time.pending).toEqual([]);
  });
});
