import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { readHubConfig } from '../src/config/hub-config.js';
import { JsonLogger } from '../src/platform/json-logger.js';
import { type RunningHub, startHub } from '../src/start-hub.js';
import { ListeningHub } from '../src/testing/spokes/listening-hub.js';
import { SpokeClient } from '../src/testing/spokes/spoke-client.js';
import { aReport, HELLO } from '../src/testing/spokes/spoke-scene.js';
import { EventReader, type ReadEvent } from './support/event-reader.js';
import { HubClient } from './support/hub-client.js';
import { testChart } from './support/test-chart.js';

const readers: EventReader[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close();
});

async function read(url: string, lastId?: string, query?: string): Promise<EventReader> {
  const reader = await EventReader.open(url, lastId, query);
  readers.push(reader);
  return reader;
}

function typesOf(events: readonly ReadEvent[]): readonly string[] {
  return events.map(({ type }) => type);
}

describe('the stream of events', () => {
  let hub: ListeningHub;
  let client: HubClient;
  beforeEach(async () => {
    hub = await ListeningHub.start();
    client = new HubClient(`http://127.0.0.1:${String(hub.port)}`);
    for (const name of ['aria', 'cart']) {
      await client.post('/api/v1/products', { name, criticality: 'low' });
    }
    await client.release('aria', '1.0.0', await testChart('aria', '1.0.0'));
  });
  afterEach(() => hub.stop());

  function desire(name: string, product: string): unknown {
    const desired = { channel: 'dev' };
    return client.put(`/api/v1/entities/${name}`, { spoke: 'dev', product, desired });
  }

  it('tells of an installation, in order, while it happens', async () => {
    const reader = await read(client.url, '', '?entity=aria-dev');
    await reader.positioned();
    const spoke = await hub.connect();
    spoke.say('state.full', { generation: 1, part: 1, parts: 1, releases: [] });
    await desire('aria-dev', 'aria');
    const { id, p: offer } = await spoke.next('plan.offer');
    const { planId, attempt } = offer;
    const at = new Date().toISOString();
    const result = { verdict: 'succeeded' as const, message: 'all is well', evidence: {} };
    spoke.say('plan.accept', { planId, attempt, at });
    spoke.say('plan.result', { planId, attempt, at, result, release: aReport('aria') });
    spoke.say('ack', {}, id);

    const events = await reader.first(1, ({ type }) => type === 'plan.ended');
    expect(events[0]?.data).toMatchObject({
      subject: { kind: 'plan', name: planId, entity: 'aria-dev', environment: 'dev' },
      data: { state: 'SUCCEEDED', type: 'install', version: '1.0.0' },
    });
    const types = typesOf(reader.events);
    const plan = types.filter((type) => type.startsWith('plan.'));
    expect(plan.slice(0, 4)).toEqual([
      'plan.proposed',
      'plan.dispatched',
      'plan.phase',
      'plan.ended',
    ]);
    expect(types[0]).toBe('entity.created');
  });

  describe('tells of an alarm, which is shown with the spoke', () => {
    /** The next alarm in the stream that began before `act`, and the one that is shown then. */
    async function alarmAfter(act: () => Promise<unknown>): Promise<readonly unknown[]> {
      const reader = await read(client.url);
      await reader.positioned();
      await act();
      const [event] = await reader.first(1, ({ type }) => type === 'spoke.alarm');
      expect(event?.data.subject).toMatchObject({ kind: 'spoke', name: 'dev', environment: 'dev' });
      const { items } = await client.list('/api/v1/spokes');
      return [event?.data.data['alarm'], items.find(({ name }) => name === 'dev')?.['alarm']];
    }

    it('when it was offered what nobody has signed', async () => {
      const spoke = await hub.connect();
      const alarm = { planId: 'plan-1', reason: 'NotSigned', message: 'the plan is not signed' };
      const [told, shown] = await alarmAfter(() => Promise.resolve(spoke.say('alarm', alarm)));
      const expected = {
        kind: 'untrusted_offer',
        message:
          'spoke dev was offered plan-1 and trusts it not (NotSigned): the plan is not signed',
      };
      expect(told).toEqual(expected);
      expect(shown).toEqual({ ...expected, at: expect.any(String) });
    });

    it('when two agents keep taking the session from each other', async () => {
      const connect = async (agentInstance: string): Promise<SpokeClient> => {
        const agent = await SpokeClient.dial(hub.port, hub.credentialOf('dev'));
        agent.say('hello', { ...HELLO, agentInstance, clock: new Date().toISOString() });
        return agent;
      };
      const [told, shown] = await alarmAfter(async () => {
        for (const instance of ['one', 'two', 'one']) {
          await (await connect(instance)).next('welcome');
        }
        await (
          await connect('two')
        ).closed;
      });
      expect([told, shown]).toMatchObject([{ kind: 'clone' }, { kind: 'clone' }]);
    });
  });

  it('can be read by a browser, and through a proxy', async () => {
    const { response, ...reader } = await read(client.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const other = await read(client.url);
    await other.positioned();
    expect(other.retryMs).toBe(2000);
    expect(reader.events).toEqual([]);
    expect((await fetch(`${client.url}/api/v1/events`, { method: 'HEAD' })).status).toBe(200);
  });

  it.each([
    { name: 'one entity and its plans', query: '?entity=cart-dev', expected: ['cart-dev'] },
    { name: 'one product', query: '?product=cart', expected: ['cart-dev'] },
    { name: 'a kind', query: '?kind=entity', expected: ['aria-dev', 'cart-dev'] },
    { name: 'an environment', query: '?environment=dev', expected: ['aria-dev', 'cart-dev'] },
    {
      name: 'everything together',
      query: '?environment=dev&kind=entity&product=aria',
      expected: ['aria-dev'],
    },
  ])('has what was asked for: $name', async ({ query, expected }) => {
    const reader = await read(client.url, '', query);
    await reader.positioned();
    await desire('aria-dev', 'aria');
    await desire('cart-dev', 'cart');
    const created = await reader.first(expected.length, ({ type }) => type === 'entity.created');
    expect(created.map(({ data }) => data.subject.name)).toEqual(expected);
  });

  it.each(['?kind=release', '?after=', '?since=1'])('refuses a query %s', async (query) => {
    const response = await fetch(`${client.url}/api/v1/events${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'http/invalid_request' });
  });

  it('goes on by `after` as by the header, which counts before it', async () => {
    const other = { spoke: 'dev', product: 'aria', namespace: 'other', desired: { absent: true } };
    await client.put('/api/v1/entities/other-dev', other);
    const first = await read(client.url);
    await first.positioned();
    const start = first.lastId;
    await desire('aria-dev', 'aria');
    await desire('cart-dev', 'cart');
    const created = ({ type }: ReadEvent): boolean => type === 'entity.created';
    const [aria] = await first.first(2, created);

    const byQuery = await read(client.url, '', `?after=${start}`);
    expect((await byQuery.first(2, created)).map(({ data }) => data.subject.name)).toEqual([
      'aria-dev',
      'cart-dev',
    ]);
    const byBoth = await read(client.url, aria?.id, `?after=${start}`);
    expect((await byBoth.first(1, created)).map(({ data }) => data.subject.name)).toEqual([
      'cart-dev',
    ]);
  });

  it('says that it must be read anew where the last event is not known', async () => {
    const reader = await read(client.url, '4711-1');
    const [reset] = await reader.first(1);
    expect(reset).toMatchObject({ type: 'reset', data: { type: 'reset', after: '4711-1' } });
    await desire('aria-dev', 'aria');
    const [, next] = await reader.first(2);
    expect(next).toMatchObject({ type: 'entity.created' });
    expect(typesOf(reader.events).filter((type) => type === 'reset')).toHaveLength(1);
  });

  it('says so to a reader that came before anything had happened, too', async () => {
    const early = await read(client.url);
    await early.positioned();
    await early.close();
    expect((await read(client.url, early.lastId)).events).toEqual([]);
    await desire('aria-dev', 'aria');
    const [reset] = await (await read(client.url, early.lastId)).first(1);
    expect(reset?.type).toBe('reset');
  });

  it('serves many readers at once, and refuses more than it can', async () => {
    const many = await Promise.all(Array.from({ length: 256 }, () => read(client.url)));
    const refused = await fetch(`${client.url}/api/v1/events`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(await refused.json()).toMatchObject({ code: 'http/too_many_streams' });
    await desire('aria-dev', 'aria');
    const all = await Promise.all(many.map((reader) => reader.first(1)));
    expect(new Set(all.map(([event]) => event?.id)).size).toBe(1);
  });

  it('has it all for a reader that did not read while more came than any buffer holds', async () => {
    const slow = connect(hub.port, '127.0.0.1');
    await once(slow, 'connect');
    slow.write('GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(slow, 'readable');
    const quick = await read(client.url);
    await quick.positioned();
    const events = 20_000;
    for (let written = 0; written < events; written += 1000) {
      await hub.store.transact((unit) =>
        unit.events.append(Array.from({ length: 1000 }, (_, index) => filler(written + index))),
      );
      await quick.first(written + 1000);
    }
    const seen = await numbersFrom(slow, events);
    expect(seen).toEqual(Array.from({ length: events }, (_, number) => number));
    slow.destroy();
  });

  it('ends in order when the hub stops', async () => {
    const reader = await read(client.url);
    await reader.positioned();
    // Would wait for a reader that nobody sends away.
    await hub.stop();
    await reader.ended;
    expect(hub.logger.errors).toEqual([]);
  });
});

/** An event of about a kilobyte. */
function filler(number: number) {
  return {
    at: new Date(0).toISOString(),
    type: 'entity.evaluated',
    subject: { kind: 'entity' as const, name: 'filler', entity: 'filler', environment: 'dev' },
    data: { number, why: 'x'.repeat(1000) },
  };
}

/** The numbers of the fillers that come over a raw connection, until there are so many. */
async function numbersFrom(socket: Socket, count: number): Promise<readonly number[]> {
  const numbers: number[] = [];
  let rest = '';
  for await (const chunk of socket) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const number = /"number":(\d+),/.exec(line)?.[1];
      if (number !== undefined) numbers.push(Number(number));
    }
    if (numbers.length >= count) break;
  }
  return numbers;
}

describe.each(['database', 'filesystem'])('a reader of events from a hub on a %s', (storage) => {
  let folder: string;
  let database: TestDatabase | undefined;
  let hub: RunningHub;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-events-'));
    if (storage === 'database') database = await testDatabase();
  });
  afterAll(async () => {
    await hub.stop();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function started(): Promise<HubClient> {
    const config = readHubConfig(
      {
        APOLLO_LOGIN: 'local',
        APOLLO_PORT: '0',
        APOLLO_STORAGE: storage,
        APOLLO_STORAGE_DIR: join(folder, 'data'),
        ...(database !== undefined && { DATABASE_URL: database.url }),
      },
      folder,
    );
    if (!config.ok) throw new Error(JSON.stringify(config.error));
    hub = await startHub(config.value, new JsonLogger('silent', { write: () => undefined }));
    return new HubClient(hub.url);
  }

  it('misses nothing and gets nothing twice, however often the hub and it start anew', async () => {
    let client = await started();
    await client.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    await client.post('/api/v1/join-tokens', { spoke: 'dev', environment: 'dev' });
    await client.post('/api/v1/products', { name: 'aria', criticality: 'low' });

    let reader = await read(client.url);
    await reader.positioned();
    const all: ReadEvent[] = [];
    const rounds = 6;
    const perRound = 20;
    for (let round = 0; round < rounds; round += 1) {
      for (let number = 0; number < perRound; number += 1) {
        await client.put('/api/v1/entities/aria-dev', {
          spoke: 'dev',
          product: 'aria',
          desired: { version: `1.${String(round)}.${String(number)}` },
        });
        // In the middle of it the reader breaks off, having read an unknown part.
        if (number === perRound / 2) {
          await reader.close();
          all.push(...reader.events);
          reader = await read(client.url, reader.lastId, '?kind=entity');
        }
      }
      if (round % 2 === 0) {
        await hub.stop();
        await reader.ended;
        all.push(...reader.events);
        client = await started();
        reader = await read(client.url, reader.lastId, '?kind=entity');
      }
    }
    await client.put('/api/v1/entities/aria-dev', {
      spoke: 'dev',
      product: 'aria',
      desired: { version: '9.9.9' },
    });
    await reader.first(1, ({ data }) => JSON.stringify(data).includes('"9.9.9"'));
    all.push(...reader.events);

    const desired = all.flatMap(({ type, data }) =>
      type === 'entity.created' || type === 'entity.changed' ? [data.data['desired']] : [],
    );
    const versions = Array.from({ length: rounds * perRound }, (_, index) => {
      return `1.${String(Math.floor(index / perRound))}.${String(index % perRound)}`;
    });
    expect(desired).toEqual([...versions, '9.9.9'].map((version) => ({ version })));
    expect(typesOf(all)).not.toContain('reset');
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });
});
