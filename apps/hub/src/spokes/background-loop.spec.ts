import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import { RecordedLog } from '../testing/spokes/recorded-log.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { BackgroundLoop } from './background-loop.js';

/** A loop every 1000 ms whose turns end when they are told to. */
function scene() {
  const time = new VirtualTime();
  const log = new RecordedLog();
  const turns: { succeed: () => void; fail: () => void }[] = [];
  let onTurn: () => void = () => undefined;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      turns.push({
        succeed: resolve,
        fail: () => {
          reject(new StoreUnavailable('the store does not answer'));
        },
      });
      onTurn();
    });
  const loop = new BackgroundLoop({
    name: 'sweeping',
    everyMs: () => 1000,
    work,
    timer: time,
    random: () => 0.5,
    log,
  });
  const turn = async (number: number) => {
    while (turns.length < number) await new Promise<void>((resolve) => (onTurn = resolve));
    return turns[number - 1]!;
  };
  return { time, log, loop, turns, turn };
}

describe('a background loop', () => {
  it('takes its first turn at once and the next after its pause', async () => {
    const { time, loop, turn, turns } = scene();
    loop.start();
    const paused = time.waitBegins(1000);
    (await turn(1)).succeed();
    await paused;
    time.advance(999);
    expect(turns).toHaveLength(1);
    time.advance(1);
    await turn(2);
  });

  it('takes a turn when it is woken', async () => {
    const { time, loop, turn } = scene();
    loop.start();
    const paused = time.waitBegins(1000);
    (await turn(1)).succeed();
    await paused;
    loop.wake();
    await turn(2);
    expect(time.pending).toEqual([]);
  });

  it('takes one more turn, not two at a time, when it is woken during one', async () => {
    const { loop, turn, turns } = scene();
    loop.start();
    const first = await turn(1);
    loop.wake();
    loop.wake();
    expect(turns).toHaveLength(1);
    first.succeed();
    await turn(2);
    expect(turns).toHaveLength(2);
  });

  it('says what failed and tries again, each time after a longer pause', async () => {
    const { time, loop, turn, log } = scene();
    loop.start();
    for (const [index, pauseMs] of [500, 1000, 2000].entries()) {
      const paused = time.waitBegins(pauseMs);
      (await turn(index + 1)).fail();
      await paused;
      time.advance(pauseMs);
    }
    await turn(4);
    expect(log.errors.map(({ msg, retryInMs }) => ({ msg, retryInMs }))).toEqual(
      [500, 1000, 2000].map((retryInMs) => ({
        msg: 'sweeping failed; it is tried again',
        retryInMs,
      })),
    );
  });

  it('is not woken while it pauses after a failure', async () => {
    const { time, loop, turn, turns } = scene();
    loop.start();
    const paused = time.waitBegins(500);
    (await turn(1)).fail();
    await paused;
    loop.wake();
    expect(time.pending).toEqual([500]);
    expect(turns).toHaveLength(1);
    time.advance(500);
    await turn(2);
  });

  it('stops when the turn in hand is done, and not before', async () => {
    const { time, loop, turn, turns } = scene();
    loop.start();
    const first = await turn(1);
    const events: string[] = [];
    const stopped = loop.stop().then(() => events.push('stopped'));
    events.push('finishing');
    first.succeed();
    await stopped;
    expect(events).toEqual(['finishing', 'stopped']);
    time.advance(60_000);
    expect(turns).toHaveLength(1);
  });

  it('stops at once while it pauses', async () => {
    const { time, loop, turn, turns } = scene();
    loop.start();
    const paused = time.waitBegins(1000);
    (await turn(1)).succeed();
    await paused;
    await loop.stop();
    expect(turns).toHaveLength(1);
  });
});
