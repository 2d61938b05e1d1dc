import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommitSignals } from '@apollo-deploy/orchestration';
import { RecordedLog } from '../testing/spokes/recorded-log.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { DeploymentWaits } from './deployment-waits.js';

const TOLD = { dirty: false, outbox: [], events: true };

let time: VirtualTime;
let signals: CommitSignals;
let ended: Set<string>;
/** What was looked for, one look after another. */
let looks: (readonly string[])[];
let waits: DeploymentWaits;
beforeEach(() => {
  time = new VirtualTime();
  signals = new CommitSignals();
  ended = new Set();
  looks = [];
  waits = new DeploymentWaits({
    store: { onCommit: (listener) => signals.subscribe(listener) },
    endedAmong: (ids) => {
      looks.push(ids);
      return Promise.resolve(ids.filter((id) => ended.has(id)));
    },
    timer: time,
    random: () => 0.5,
    log: new RecordedLog(),
  });
  waits.start();
});
afterEach(() => waits.stop());

/** Begins a wait; answers whether it is over. */
function begin(id = 'deploy_1', limitMs = 60_000) {
  const client = new AbortController();
  const state = { over: false, client, done: Promise.resolve() };
  state.done = waits.waitFor(id, limitMs, client.signal).then(() => {
    state.over = true;
  });
  return state;
}

/** The loop has looked, and pauses. */
const looked = () => time.waitBegins(1000);

describe('a request that waits for a deployment', () => {
  it('goes on at once when this process tells that it has ended', async () => {
    const first = looked();
    const wait = begin();
    await first;
    expect(wait.over).toBe(false);
    ended.add('deploy_1');
    signals.emit(TOLD);
    await wait.done;
  });

  it('goes on within a second when another replica has ended it', async () => {
    const first = looked();
    const wait = begin();
    await first;
    ended.add('deploy_1');
    time.advance(1000);
    await wait.done;
    expect(looks).toHaveLength(2);
  });

  it('goes on when it had ended before', async () => {
    ended.add('deploy_1');
    await begin().done;
    expect(looks).toEqual([['deploy_1']]);
  });

  it('goes on when its time is over, and not before', async () => {
    const first = looked();
    const wait = begin('deploy_1', 500);
    await first;
    time.advance(499);
    expect(wait.over).toBe(false);
    time.advance(1);
    await wait.done;
  });

  it('does not wait at all for no time', async () => {
    await begin('deploy_1', 0).done;
    expect(time.pending.filter((ms) => ms !== 1000)).toEqual([]);
  });

  it('costs nothing any more when its client has gone', async () => {
    const first = looked();
    const wait = begin();
    await first;
    wait.client.abort();
    await wait.done;
    expect(time.pending).toEqual([1000]);
    const before = looks.length;
    const second = looked();
    time.advance(1000);
    await second;
    expect(looks).toHaveLength(before);
  });

  it('goes on when the hub stops, as one does that comes after that', async () => {
    const wait = begin();
    await waits.stop();
    await wait.done;
    await begin().done;
    expect(time.pending).toEqual([]);
  });

  it('is looked for together with the others, each deployment once', async () => {
    const first = looked();
    const all = [begin('deploy_1'), begin('deploy_1'), begin('deploy_2')];
    await first;
    expect(looks.at(-1)).toEqual(['deploy_1', 'deploy_2']);
    ended.add('deploy_1');
    signals.emit(TOLD);
    await Promise.all([all[0]?.done, all[1]?.done]);
    expect(all[2]?.over).toBe(false);
  });
});
