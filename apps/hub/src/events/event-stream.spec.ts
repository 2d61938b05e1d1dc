import { describe, expect, it } from '@jest/globals';
import { anEvent } from '@apollo-deploy/orchestration/testing';
import { InMemoryStore, StoreUnavailable } from '@apollo-deploy/orchestration';
import { RecordedLog } from '../testing/spokes/recorded-log.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { EventFeed } from './event-feed.js';
import type { EventFilter } from './event-filter.js';
import { EventStreams } from './event-streams.js';
import { FakeSink } from '../testing/fake-sink.js';

const HEARTBEAT_MS = 15_000;
const STALLED_MS = 30_000;

/** Nobody's credentials end here. */
const NOBODY_ENDS = { follow: () => () => undefined };

class Scene {
  readonly store = new InMemoryStore();
  readonly time = new VirtualTime();
  readonly log = new RecordedLog();
  readonly feed = new EventFeed({
    store: this.store,
    timer: this.time,
    random: () => 0.5,
    log: this.log,
  });
  readonly streams = new EventStreams({
    ...{ feed: this.feed, answers: NOBODY_ENDS },
    ...{ timer: this.time, log: this.log },
  });
  readonly sink = new FakeSink();

  constructor() {
    this.feed.start();
  }

  async happened(...types: readonly string[]): Promise<void> {
    await this.store.transact((unit) => unit.events.append(types.map((type) => anEvent({ type }))));
  }

  async serve(last?: string, filter: EventFilter = {}): Promise<void> {
    const start = await this.streams.start(last);
    await this.streams.serve(this.sink, start, { filter });
  }

  async stop(): Promise<void> {
    await this.streams.shutDown();
    await this.feed.stop();
  }
}

/** The position and type that a block tells. */
function gist(block: string): string {
  const id = /^id: (.*)$/m.exec(block)?.[1];
  const event = /^event: (.*)$/m.exec(block)?.[1];
  return [id, event].filter((part) => part !== undefined).join(' ') || block;
}

describe('one reader of events', () => {
  it('is told where it begins, what happens, and that the hub is still there', async () => {
    const scene = new Scene();
    await scene.happened('before');
    const served = scene.serve();
    expect((await scene.sink.has(2)).map(gist)).toEqual(['retry: 2000', '1']);
    await scene.happened('a', 'b');
    expect((await scene.sink.has(4)).slice(2).map(gist)).toEqual(['2 a', '3 b']);
    scene.time.advance(HEARTBEAT_MS);
    expect((await scene.sink.has(5)).at(-1)).toBe(': still here');
    await scene.stop();
    await served;
    expect(scene.sink.ending).toBe('ended');
  });

  it('begins before everything on a hub where nothing has ever happened', async () => {
    const scene = new Scene();
    const served = scene.serve();
    expect((await scene.sink.has(2)).map(gist)).toEqual(['retry: 2000', '0']);
    await scene.happened('first');
    expect(gist((await scene.sink.has(3))[2]!)).toBe('1 first');
    await scene.stop();
    await served;
  });

  it('is told how far it is, although it wanted none of what happened', async () => {
    const scene = new Scene();
    const served = scene.serve(undefined, { environment: 'prod' });
    await scene.sink.has(2);
    const other = new FakeSink();
    const servedToo = scene.streams.serve(other, await scene.streams.start(undefined), {
      filter: {},
    });
    await scene.happened('a', 'b');
    await other.has(4);
    let beats = 0;
    do {
      beats += 1;
      scene.time.advance(HEARTBEAT_MS);
      await other.has(4 + beats);
    } while (scene.sink.blocks.length === 2 + beats);
    const heartbeats = Array.from({ length: beats }, () => ': still here');
    expect(scene.sink.blocks.slice(2).map(gist)).toEqual([...heartbeats, '2']);
    await scene.stop();
    await Promise.all([served, servedToo]);
  });

  it('that reads nothing any more gets nothing more, and is cut off after half a minute', async () => {
    const scene = new Scene();
    const served = scene.serve();
    await scene.sink.has(2);
    const stalled = scene.time.waitBegins(STALLED_MS);
    scene.sink.stopReading();
    await scene.happened('a');
    await stalled;
    for (let more = 0; more < 5; more += 1) await scene.happened('b');
    scene.time.advance(STALLED_MS - 1);
    expect(scene.sink.blocks.map(gist)).toEqual(['retry: 2000', '0', '1 a']);
    scene.time.advance(1);
    await served;
    expect(scene.sink.ending).toBe('destroyed');
    expect(scene.log.warnings).toEqual([
      { msg: expect.stringContaining('does not keep up'), after: '1' },
    ]);
    await scene.stop();
    expect(scene.time.pending).toEqual([]);
  });

  it('that reads on in time gets the rest, each once', async () => {
    const scene = new Scene();
    const served = scene.serve();
    await scene.sink.has(2);
    const stalled = scene.time.waitBegins(STALLED_MS);
    scene.sink.stopReading();
    await scene.happened('a');
    await stalled;
    await scene.happened('b', 'c');
    scene.sink.readOn();
    expect((await scene.sink.has(5)).slice(2).map(gist)).toEqual(['1 a', '2 b', '3 c']);
    await scene.stop();
    await served;
    expect(scene.log.warnings).toEqual([]);
  });

  it('goes on from long ago, in pages, into what happens now', async () => {
    const scene = new Scene();
    const types = Array.from({ length: 1500 }, (_, number) => `t${String(number + 1)}`);
    await scene.happened(...types);
    const served = scene.serve('1');
    await scene.sink.has(1 + 1 + 1400);
    await scene.happened('now');
    const blocks = await scene.sink.has(1 + 1 + 1500);
    const expected = [...types.slice(1), 'now'].map((type, at) => `${String(at + 2)} ${type}`);
    expect(blocks.slice(2).map(gist)).toEqual(expected);
    await scene.stop();
    await served;
  });

  it('whose events were forgotten while it was connected is told to read anew', async () => {
    const scene = new Scene();
    await scene.happened('a', 'b', 'c');
    await scene.store.transact((unit) => unit.events.forgetBefore('2027-01-01T00:00:00.000Z'));
    const served = scene.serve('1');
    expect((await scene.sink.has(3)).map(gist)).toEqual(['retry: 2000', '1', '3 reset']);
    expect(scene.sink.blocks[2]).toContain('"after":"1"');
    await scene.happened('d');
    expect(gist((await scene.sink.has(4))[3]!)).toBe('4 d');
    await scene.stop();
    await served;
  });

  it('loses its connection, with a word in the log, where the store does not answer', async () => {
    const scene = new Scene();
    await scene.happened('a', 'b');
    const start = await scene.streams.start('1');
    await scene.store.close();
    await scene.streams.serve(scene.sink, start, { filter: {} });
    expect(scene.sink.ending).toBe('ended');
    expect(scene.log.warnings).toEqual([
      { msg: expect.stringContaining('ended early'), err: expect.any(StoreUnavailable) },
    ]);
    await scene.stop();
  });

  it('that goes away leaves nothing behind', async () => {
    const scene = new Scene();
    const served = scene.serve();
    await scene.sink.has(2);
    scene.sink.destroy();
    await served;
    await scene.stop();
    expect(scene.time.pending).toEqual([]);
    await scene.happened('a');
    expect(scene.sink.blocks).toHaveLength(2);
  });

  it('that comes while the hub ends is sent away at once', async () => {
    const scene = new Scene();
    await scene.streams.shutDown();
    await scene.serve();
    expect(scene.sink.ending).toBe('ended');
    await scene.stop();
  });
});

describe('events of another replica', () => {
  it('come within a second, though no commit of this one tells of them', async () => {
    const scene = new Scene();
    const deaf = new EventFeed({
      store: { transact: (work) => scene.store.transact(work), onCommit: () => () => undefined },
      timer: scene.time,
      random: () => 0.5,
      log: scene.log,
    });
    deaf.start();
    const streams = new EventStreams({
      ...{ feed: deaf, answers: NOBODY_ENDS },
      ...{ timer: scene.time, log: scene.log },
    });
    const served = streams.serve(scene.sink, await streams.start(undefined), { filter: {} });
    await scene.sink.has(2);
    const waits = scene.time.waitBegins(1000);
    scene.time.advance(1000);
    await waits;
    await scene.happened('elsewhere');
    scene.time.advance(1000);
    expect(gist((await scene.sink.has(3))[2]!)).toBe('1 elsewhere');
    await streams.shutDown();
    await served;
    await Promise.all([deaf.stop(), scene.stop()]);
  });
});

describe('a feed that nobody follows', () => {
  it('reads nothing', async () => {
    const scene = new Scene();
    let reads = 0;
    const feed = new EventFeed({
      store: {
        transact: (work) => {
          reads += 1;
          return scene.store.transact(work);
        },
        onCommit: (listener) => scene.store.onCommit(listener),
      },
      timer: scene.time,
      random: () => 0.5,
      log: scene.log,
    });
    const waits = scene.time.waitBegins(1000);
    feed.start();
    await waits;
    await scene.happened('a');
    const again = scene.time.waitBegins(1000);
    scene.time.advance(1000);
    await again;
    expect(reads).toBe(0);
    await Promise.all([feed.stop(), scene.stop()]);
  });
});

describe('readers of events', () => {
  const as = (person: string) =>
    ({ person, credentials: { kind: 'token', id: 'token-1' } }) as const;

  it('are thirty-two at most of one person, so that others have places too', async () => {
    const scene = new Scene();
    const { streams } = scene;
    const begin = async (person: string) => {
      const sink = new FakeSink();
      const start = await streams.start(undefined);
      streams.refuseMore(as(person));
      return { sink, served: streams.serve(sink, start, { filter: {}, standing: as(person) }) };
    };
    const began = await Promise.allSettled(Array.from({ length: 40 }, () => begin('thief')));
    const readers = began.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = began.flatMap((one) =>
      one.status === 'rejected' ? [one.reason as object] : [],
    );
    expect([readers.length, refused.length]).toEqual([32, 8]);
    expect(refused[0]).toMatchObject({ code: 'http/too_many_requests' });
    const other = await begin('ann');
    readers[0]?.sink.destroy();
    await readers[0]?.served;
    const again = await begin('thief');
    await scene.stop();
    await Promise.all([...readers, other, again].map(({ served }) => served));
  });
});
