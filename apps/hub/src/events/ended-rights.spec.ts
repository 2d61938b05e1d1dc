import { describe, expect, it } from '@jest/globals';
import {
  type Credentials,
  InMemoryStore,
  type NewEvent,
  type PersonRecord,
  StoreUnavailable,
  type UnitOfWork,
} from '@apollo-deploy/orchestration';
import {
  aLoginSession,
  anEvent,
  aPerson,
  aToken,
  CountingStore,
} from '@apollo-deploy/orchestration/testing';
import { OpenAnswers } from '../http/open-answers.js';
import { FakeSink } from '../testing/fake-sink.js';
import { RecordedLog } from '../testing/spokes/recorded-log.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { EventFeed } from './event-feed.js';
import type { EventFilter } from './event-filter.js';
import { EventStreams } from './event-streams.js';

const LOOK_MS = 2_000;
const TOKEN: Credentials = { kind: 'token', id: 'token-1' };
const SESSION: Credentials = { kind: 'session', id: 'session-1' };
const ISSUER: Credentials = {
  kind: 'issuer',
  roles: ['viewer'],
  expiresAt: '2026-01-05T09:00:03.000Z',
};
/** Ann, who sees `dev` and `prod`. */
const ANN = aPerson({
  roles: [],
  grants: [
    { environment: 'dev', roles: ['viewer'] },
    { environment: 'prod', roles: ['viewer'] },
  ],
});
const DEV_ONLY = { roles: [], grants: [{ environment: 'dev', roles: ['viewer'] }] } as const;

/** A process that serves readers of events from a store which others write to as well. */
class Replica {
  readonly log = new RecordedLog();
  readonly feed: EventFeed;
  readonly answers: OpenAnswers;
  readonly streams: EventStreams;

  constructor(store: CountingStore, time: VirtualTime) {
    const parts = { timer: time, random: () => 0.5, log: this.log };
    this.feed = new EventFeed({ ...parts, store });
    this.answers = new OpenAnswers({ ...parts, context: { store, clock: time } });
    const { feed, answers } = this;
    this.streams = new EventStreams({ feed, answers, timer: time, log: this.log });
  }

  start(): void {
    this.feed.start();
    this.answers.start();
  }

  async stop(): Promise<void> {
    await this.streams.shutDown();
    await Promise.all([this.feed.stop(), this.answers.stop()]);
  }
}

class Scene {
  readonly time = new VirtualTime();
  readonly store = new CountingStore(new InMemoryStore());
  readonly replica = new Replica(this.store, this.time);
  readonly replicas = [this.replica, new Replica(this.store, this.time)];
  private readonly served: Promise<void>[] = [];

  static async begin(): Promise<Scene> {
    const scene = new Scene();
    await scene.store.transact(async (unit) => {
      await unit.people.insert(ANN);
      await unit.tokens.insert(aToken());
      await unit.loginSessions.insert(aLoginSession());
    });
    const looked = scene.looks();
    for (const replica of scene.replicas) replica.start();
    await looked;
    return scene;
  }

  /** A reader at each replica, who is there. */
  async read(credentials: Credentials | undefined, filter: EventFilter = {}): Promise<FakeSink[]> {
    const standing = credentials === undefined ? undefined : { person: 'ann', credentials };
    const sinks = this.replicas.map(() => new FakeSink());
    for (const [at, { streams }] of this.replicas.entries()) {
      const sink = sinks[at] ?? new FakeSink();
      const start = await streams.start(undefined);
      this.served.push(streams.serve(sink, start, { filter, standing }));
      await sink.has(2);
    }
    return sinks;
  }

  /** Two seconds pass, and every replica has looked. */
  async look(): Promise<void> {
    const looked = this.looks();
    this.time.advance(LOOK_MS);
    await looked;
  }

  /** Resolves when all that is served has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.served);
  }

  async happens(...events: readonly NewEvent[]): Promise<void> {
    await this.store.transact((unit) => unit.events.append(events));
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.ended();
    expect(this.time.pending).toEqual([]);
  }

  private async looks(): Promise<void> {
    await Promise.all(this.replicas.map(() => this.time.waitBegins(LOOK_MS)));
  }
}

const change = (changed: Partial<PersonRecord>) => async (unit: UnitOfWork) => {
  await unit.people.save({ ...ANN, ...changed });
};
const eventIn = (environment: string, type: string): NewEvent =>
  anEvent({ type, subject: { kind: 'plan', name: 'plan-1', environment } });

describe('a stream of events', () => {
  it.each<{
    name: string;
    by: Credentials;
    filter?: EventFilter;
    deed: (unit: UnitOfWork) => Promise<unknown>;
  }>([
    {
      name: 'the token was revoked',
      by: TOKEN,
      deed: (unit) => unit.tokens.revoke('token-1', 'admin', '2026-01-05T09:00:00.000Z'),
    },
    { name: 'its owner was disabled', by: TOKEN, deed: change({ disabled: true }) },
    { name: 'its owner has no role left', by: TOKEN, deed: change({ grants: [] }) },
    {
      name: 'its owner does not see any more what was asked for',
      ...{ by: TOKEN, filter: { environment: 'prod' }, deed: change(DEV_ONLY) },
    },
    {
      name: 'the session was ended',
      by: SESSION,
      deed: (unit) => unit.loginSessions.end('session-1', 'ann', '2026-01-05T09:00:00.000Z'),
    },
    {
      name: 'all sessions of the person were ended',
      by: SESSION,
      deed: (unit) => unit.loginSessions.endAll('ann', 'admin', '2026-01-05T09:00:00.000Z'),
    },
    { name: 'whoever logged in is a machine now', by: SESSION, deed: change({ machine: true }) },
    { name: 'whom an issuer named was disabled', by: ISSUER, deed: change({ disabled: true }) },
  ])('ends within two seconds at every replica once $name', async ({ by, filter, deed }) => {
    const scene = await Scene.begin();
    const sinks = await scene.read(by, filter);
    await scene.look();
    expect(sinks.map(({ ending }) => ending)).toEqual([undefined, undefined]);

    await scene.store.transact(deed);
    await scene.look();
    await scene.ended();

    expect(sinks.map(({ ending }) => ending)).toEqual(['ended', 'ended']);
    await scene.stop();
  });

  it.each<{ name: string; by: Credentials }>([
    { name: 'a token', by: TOKEN },
    { name: 'a session that idles', by: SESSION },
    { name: 'the word of an issuer', by: ISSUER },
  ])('ends with the time of $name', async ({ by }) => {
    const scene = await Scene.begin();
    await scene.store.transact(async (unit) => {
      const expiresAt = '2026-01-05T09:00:03.000Z';
      await unit.tokens.insert(aToken({ id: 'short', hash: 'short', expiresAt }));
      const idleEndsAt = expiresAt;
      await unit.loginSessions.insert(aLoginSession({ id: 'short', hash: 'short', idleEndsAt }));
    });
    const sinks = await scene.read(by.kind === 'issuer' ? by : { ...by, id: 'short' });
    await scene.look();
    expect(sinks.map(({ ending }) => ending)).toEqual([undefined, undefined]);
    await scene.look();
    await scene.ended();
    expect(sinks.map(({ ending }) => ending)).toEqual(['ended', 'ended']);
    await scene.stop();
  });

  it('tells no more of what its reader does not see any more, and goes on with the rest', async () => {
    const scene = await Scene.begin();
    const sinks = await scene.read(TOKEN, { seen: ['dev', 'prod'] });
    await scene.store.transact(change(DEV_ONLY));
    await scene.look();
    await scene.happens(eventIn('prod', 'hidden'), eventIn('dev', 'shown'));
    for (const sink of sinks) {
      const blocks = await sink.has(3);
      expect(blocks.slice(2).map((block) => /^event: (.*)$/m.exec(block)?.[1])).toEqual(['shown']);
    }
    await scene.stop();
  });

  it('tells of what its reader sees since, too', async () => {
    const scene = await Scene.begin();
    const sinks = await scene.read(TOKEN, { seen: ['dev', 'prod'] });
    const everywhere = change({ roles: ['viewer'] });
    await scene.store.transact(async (unit) => {
      await unit.tokens.insert(aToken({ id: 'other', hash: 'other' }));
      await everywhere(unit);
    });
    await scene.look();
    await scene.happens(eventIn('staging', 'new'));
    for (const sink of sinks) expect((await sink.has(3))[2]).toContain('event: new');
    await scene.stop();
  });

  it('goes on for who needed no credentials', async () => {
    const scene = await Scene.begin();
    const sinks = await scene.read(undefined);
    await scene.store.transact(change({ disabled: true }));
    await scene.look();
    await scene.happens(eventIn('dev', 'more'));
    for (const sink of sinks) expect((await sink.has(3))[2]).toContain('event: more');
    await scene.stop();
  });

  it('costs one transaction of three statements a look, however many there are, and none without', async () => {
    const scene = await Scene.begin();
    const { answers } = scene.replica;
    const asked: unknown[] = [];
    const standing = (id: string) => ({ person: 'ann', credentials: { ...TOKEN, id } }) as const;
    const idle = await scene.store.during(() => scene.look());
    const leave = Array.from({ length: 200 }, (_, at) =>
      answers.follow(standing(`token-${String(at)}`), (authority) => asked.push(authority)),
    );
    const busy = await scene.store.during(() => scene.look());
    for (const end of leave) end();
    const after = await scene.store.during(() => scene.look());

    expect({ idle, busy, after }).toEqual({
      idle: { transactions: 0, calls: 0 },
      busy: { transactions: 1, calls: 3 },
      after: { transactions: 0, calls: 0 },
    });
    expect(asked).toHaveLength(200);
    expect(asked.filter((authority) => authority !== undefined)).toHaveLength(1);
    await scene.stop();
  });

  it('ends where nobody can be asked for 15 seconds who may still read it', async () => {
    const scene = await Scene.begin();
    const sinks = await scene.read(TOKEN);
    await scene.look();
    scene.store.away = new StoreUnavailable('away');
    for (let second = 0; second < 40; second += 1) {
      scene.time.advance(1_000);
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (second === 10) expect(sinks.map(({ ending }) => ending)).toEqual([undefined, undefined]);
    }
    await scene.ended();
    expect(sinks.map(({ ending }) => ending)).toEqual(['ended', 'ended']);
    scene.store.away = undefined;
    await scene.stop();
  });
});
