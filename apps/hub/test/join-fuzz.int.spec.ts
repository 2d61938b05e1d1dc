import { InMemoryStore, type UnitOfWork } from '@apollo-deploy/orchestration';
import { signJoinRequest, SpokeKey } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RecordedLogger } from '../src/testing/spokes/recorded-logger.js';
import { TestHub } from '../src/testing/test-hub.js';

/** The same requests each time; another number tries others. */
const SEED = 20_261_122;
const RUNS = 400;

/** Counts how often somebody looks for a join token. */
class CountingStore extends InMemoryStore {
  looks = 0;

  override transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return super.transact((unit) => {
      const get: UnitOfWork['joinTokens']['get'] = (hash) => {
        this.looks += 1;
        return unit.joinTokens.get(hash);
      };
      const joinTokens = Object.assign(Object.create(unit.joinTokens) as typeof unit.joinTokens, {
        get,
      });
      return work({ ...unit, joinTokens });
    });
  }
}

const store = new CountingStore();
const logger = new RecordedLogger();
const KEY = SpokeKey.create();
let hub: TestHub;
let good: Readonly<Record<string, string>>;
beforeAll(async () => {
  hub = await TestHub.start({}, { store, logger });
  await hub.post('/api/v1/environments', { name: 'dev', tier: 'development' });
  const made = await hub.post('/api/v1/join-tokens', { spoke: 'dev-1', environment: 'dev' });
  const token = String(made.body['token']);
  good = { ...signJoinRequest(KEY, { token, clusterUid: 'uid-1' }) };
});
afterAll(() => hub.stop());

const member = fc.constantFrom(
  'token',
  'publicKey',
  'clusterUid',
  'signature',
  'spoke',
  '__proto__',
);
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 2 ** 53, '', ' ', [], {}, '\u0000', '\ud800'),
  fc.constantFrom<unknown>('A'.repeat(43), 'A'.repeat(86), 'x'.repeat(5000), '../dev', 'uid-1\n'),
  fc.string({ maxLength: 100 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Nobody joined by it, and it has not ended anything. */
async function expectNothingCame(status: number): Promise<void> {
  expect([400, 401, 413, 415]).toContain(status);
  expect(logger.errors).toEqual([]);
}

describe('a request to join that was changed', () => {
  it('lets nobody in, whatever its members are, and is not even looked up', async () => {
    const before = store.looks;
    const change = fc.tuple(member, odd);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const body = JSON.stringify({ ...good, ...Object.fromEntries(changes) });
        fc.pre(body !== JSON.stringify(good));
        const { status } = await hub.send('POST', '/spoke/join', {
          body,
          headers: { 'content-type': 'application/json' },
        });
        await expectNothingCame(status);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect(store.looks - before).toBe(0);
  });

  it('lets nobody in, whatever happens to its text', async () => {
    const text = JSON.stringify(good);
    const damage = fc.record({
      at: fc.nat(text.length),
      drop: fc.nat(20),
      insert: fc.string({ unit: 'binary', maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, drop, insert }) => {
        const body = text.slice(0, at) + insert + text.slice(at + drop);
        fc.pre(!saysTheSame(body));
        const { status } = await hub.send('POST', '/spoke/join', {
          body,
          headers: { 'content-type': 'application/json' },
        });
        await expectNothingCame(status);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('has used up no token: the one that was not changed lets its spoke join', async () => {
    expect((await hub.get('/api/v1/spokes/dev-1')).body['key']).toBeNull();
    const before = store.looks;
    const { status, body } = await hub.post('/spoke/join', good);
    expect([status, body['spoke']]).toEqual([200, 'dev-1']);
    expect(store.looks).toBeGreaterThan(before);
  });
});

/** White space between members changes nothing. */
function saysTheSame(text: string): boolean {
  try {
    const said = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return JSON.stringify(said) === JSON.stringify(good);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
