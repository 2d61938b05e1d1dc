import { generateKeyPairSync } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import {
  type DsseEnvelope,
  type KeySet,
  keySetOf,
  type PlanKey,
  privateKeyFrom,
  rawPublicKey,
  signJoinRequest,
  signKeySet,
  SpokeKey,
} from '@apollo-deploy/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Role } from '@apollo-deploy/domain';
import { JsonLogger } from '../src/platform/json-logger.js';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { type Answer, TestHub } from '../src/testing/test-hub.js';

const PATH = '/api/v1/key-sets';

function aKey(): PlanKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const read = privateKeyFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const [A, B] = [aKey(), aKey()];
const set = (version: number, ...keys: PlanKey[]): KeySet =>
  keySetOf({ version, threshold: 1, keys });

let hub: TestHub;
beforeEach(async () => {
  hub = await TestHub.start();
});
afterEach(() => hub.stop());

const add = (envelope: DsseEnvelope, query = '', headers = {}): Promise<Answer> =>
  hub.post(`${PATH}${query}`, envelope, headers);

const account = (name: string, role: Role) => {
  const { store, clock } = hub;
  const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
  return anAccount(context, name, { roles: [role] });
};

describe('key sets', () => {
  it('are added one after another and listed', async () => {
    expect(await add(signKeySet(set(1, A), [A]))).toMatchObject({
      status: 201,
      body: {
        ...{ version: 1, threshold: 1, expiresAt: null, addedBy: 'dev-operator' },
        keys: [{ keyId: A.keyid, publicKey: rawPublicKey(A), purpose: 'plan' }],
      },
    });
    expect((await add(signKeySet(set(2, A, B), [A]))).status).toBe(201);
    const { body } = await hub.get(PATH);
    expect(body['items']).toMatchObject([{ version: 1 }, { version: 2 }]);
  });

  const CASES: { name: string; envelope: DsseEnvelope; status: number; code: string }[] = [
    {
      name: 'nobody has signed',
      envelope: signKeySet(set(2, B), []),
      status: 400,
      code: 'keys/not_acceptable',
    },
    {
      name: 'the keys of before have not signed',
      envelope: signKeySet(set(2, B), [B]),
      status: 409,
      code: 'keys/not_signed',
    },
    {
      name: 'its own keys have not signed',
      envelope: signKeySet(set(2, B), [A]),
      status: 400,
      code: 'keys/not_acceptable',
    },
    {
      name: 'is no newer',
      envelope: signKeySet(set(1, A, B), [A]),
      status: 409,
      code: 'keys/not_newer',
    },
    {
      name: 'is a plan by its type',
      envelope: {
        ...signKeySet(set(2, A), [A]),
        payloadType: 'application/vnd.apollo.plan.v1+json',
      },
      ...{ status: 400, code: 'keys/not_acceptable' },
    },
    {
      name: 'is no envelope',
      envelope: { ...signKeySet(set(2, A), [A]), signatures: [{ sig: 'x'.repeat(89) }] },
      ...{ status: 400, code: 'http/invalid_request' },
    },
  ];
  it.each(CASES)('are not gone on to where one $name', async ({ envelope, status, code }) => {
    await add(signKeySet(set(1, A), [A]));
    expect(await add(envelope)).toMatchObject({ status, body: { code } });
    expect((await hub.get(PATH)).body['items']).toHaveLength(1);
  });

  it('begin anew by somebody who says that the keys are lost', async () => {
    await add(signKeySet(set(1, A), [A]));
    expect((await add(signKeySet(set(2, B), [B]), '?lost=false')).status).toBe(409);
    const admin = await account('admin', 'admin');
    expect((await add(signKeySet(set(2, B), [B]), '?lost=true', admin)).status).toBe(201);
  });

  it('do not begin anew by who may only give keys that others have signed', async () => {
    await add(signKeySet(set(1, A), [A]));
    const operator = await account('ops', 'operator');
    expect(await add(signKeySet(set(2, B), [B]), '?lost=true', operator)).toMatchObject({
      status: 403,
      body: { code: 'http/not_allowed', field: 'lost', data: { permission: 'people' } },
    });
    expect((await add(signKeySet(set(2, A, B), [A]), '', operator)).status).toBe(201);
  });

  it('leave room for the next one', async () => {
    await add(signKeySet(set(1, A), [A]));
    const admin = await account('admin', 'admin');
    const last = signKeySet(set(Number.MAX_SAFE_INTEGER, B), [B]);
    expect(await add(last, '?lost=true', admin)).toMatchObject({
      status: 400,
      body: { code: 'keys/not_acceptable', detail: expect.stringContaining('up to 1001') },
    });
    expect((await add(signKeySet(set(2, A), [A]))).status).toBe(201);
  });

  it('that this replica cannot sign by are warned of, in the answer, the log and its health', async () => {
    await hub.stop();
    const lines: string[] = [];
    const log = new EventEmitter();
    const told = once(log, 'line');
    const write = (line: string): void => {
      lines.push((JSON.parse(line) as { msg: string }).msg);
      log.emit('line');
    };
    const sign = (): Promise<never> => Promise.reject(new Error('nothing is to be signed'));
    const signer = { keyIds: [A.keyid], sign };
    hub = await TestHub.start({}, { logger: new JsonLogger('warn', { write }), signer });
    const signs = async () => (await hub.get('/health')).body['signsPlans'];
    expect((await add(signKeySet(set(1, A), [A]))).body['warning']).toBeNull();
    expect([await signs(), lines]).toEqual([true, []]);
    const { status, body } = await add(signKeySet(set(2, B), [A, B]));
    const warning =
      'key set 2 needs 1 of its keys, and this replica has 0: it sends no plans to spokes that go by it; give it the keys (APOLLO_SIGNING_KEY_FILE) and start it anew, or sign the next key set (POST /api/v1/key-sets)';
    expect({ status, warning: body['warning'] }).toEqual({ status: 201, warning });
    await told;
    expect([await signs(), lines]).toEqual([false, [warning]]);
  });

  it('are told to a spoke that joins, which may have none of the keys for its own', async () => {
    const spokeKey = SpokeKey.create();
    const asPlanKey = privateKeyFrom(spokeKey.toPem());
    if (!asPlanKey.ok) throw new Error(asPlanKey.error);
    await hub.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    const made = await hub.post('/api/v1/join-tokens', { spoke: 'dev-1', environment: 'dev' });
    const token = String(made.body['token']);
    await add(signKeySet(set(1, A, asPlanKey.value), [A]));
    const join = (key: SpokeKey) =>
      hub.post('/spoke/join', signJoinRequest(key, { token, clusterUid: 'uid-1' }));
    expect(await join(spokeKey)).toMatchObject({ status: 409, body: { code: 'spoke/key_in_use' } });
    expect(await join(SpokeKey.create())).toMatchObject({
      status: 200,
      body: { keySet: set(1, A, asPlanKey.value) },
    });
  });
});
