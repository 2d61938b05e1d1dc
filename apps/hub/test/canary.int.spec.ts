import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES, tokenText } from '@apollo-deploy/domain';
import { startLoginSession } from '@apollo-deploy/orchestration';
import { must } from '@apollo-deploy/orchestration/testing';
import { openStore } from '@apollo-deploy/storage';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { readHubConfig } from '../src/config/hub-config.js';
import { csrfTokenOf } from '../src/login/csrf.js';
import { JsonLogger } from '../src/platform/json-logger.js';
import { SystemClock } from '../src/platform/system-clock.js';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { type RunningHub, startHub } from '../src/start-hub.js';
import { archiveOf } from '../src/testing/chart-archive.js';
import { SpokeClient } from '../src/testing/spokes/spoke-client.js';
import { aReport, HELLO } from '../src/testing/spokes/spoke-scene.js';
import { TestCredential } from '../src/testing/spokes/test-credential.js';
import { type Canaries, named, searchAnswers, searchDatabase } from './support/canary-search.js';

type Headers = Readonly<Record<string, string>>;

const API = '/api/v1';
const PUBLIC_URL = 'https://apollo.invalid';
const SOON = new Date(Date.now() + 3_600_000).toISOString();
/** Values are shown to whoever may look at the entity or at what a plan changes about it, and nowhere else. */
const VALUE = 'canary-of-values-5d0f';
/** What looks like a secret among them, and was let through, is not shown even with a plan. */
const PASSWORD = 'canary-of-password-2e9b';
const CHART = 'canary-of-chart-77aa';
const LET_THROUGH: Canaries = {
  'the values of an entity': VALUE,
  'a password among them': PASSWORD,
  'a chart': CHART,
};
const hex = (): string => randomBytes(32).toString('hex');

let folder: string;
let database: TestDatabase;
let hub: RunningHub;
let spoke: SpokeClient | undefined;
let log = '';
const canaries: Record<string, string> = {};
const callers: Record<string, Headers> = {};

async function send(method: string, path: string, body: unknown, headers: Headers): Promise<Json> {
  const isForm = body instanceof FormData;
  const response = await fetch(`${hub.url}${path}`, {
    method,
    headers: { ...headers, ...(!isForm && { 'content-type': 'application/json' }) },
    body: isForm || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, ...(text === '' ? {} : (JSON.parse(text) as object)) };
}

interface Json {
  readonly status: number;
  readonly [member: string]: unknown;
}

const asAdmin = (): Headers => callers['admin'] ?? {};
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** A hub as an operator starts it, with everything that is secret about it. */
async function startWithSecrets(): Promise<void> {
  const admin = tokenText(hex());
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  Object.assign(canaries, {
    'the token of the first person': admin,
    'the secret of the client at the identity provider': hex(),
    'the key that signs plans': pem.split('\n')[1] ?? '',
  });
  await writeFile(join(folder, 'admin'), admin, { mode: 0o600 });
  await writeFile(join(folder, 'signing.pem'), pem, { mode: 0o600 });
  const config = readHubConfig(
    {
      ...{ APOLLO_PORT: '0', APOLLO_LOG_LEVEL: 'trace', DATABASE_URL: database.url },
      ...{ APOLLO_ADMIN_TOKEN_FILE: 'admin', APOLLO_SIGNING_KEY_FILE: 'signing.pem' },
      ...{ APOLLO_OIDC_ISSUER: 'https://id.invalid', APOLLO_OIDC_CLIENT_ID: 'apollo' },
      APOLLO_OIDC_CLIENT_SECRET: canaries['the secret of the client at the identity provider'],
      APOLLO_PUBLIC_URL: PUBLIC_URL,
    },
    folder,
  );
  const logger = new JsonLogger('trace', { write: (line: string) => void (log += line) });
  hub = await startHub(must(config), logger);
  callers['admin'] = bearer(admin);
}

/** Somebody of every role, by a token that they made once they had logged in. */
async function addPeople(): Promise<void> {
  const store = await openStore('database', { url: database.url });
  const context = { store, clock: new SystemClock(), ids: new UlidIds(), startedAt: new Date() };
  for (const role of ROLES) {
    const person = `${role}-1`;
    await send('PUT', `${API}/people/${person}/roles`, { roles: [role] }, asAdmin());
    const secret = hex();
    canaries[`the secret of the session of ${person}`] = secret;
    const vouched = { issuer: 'https://id.invalid', subject: person };
    const lasts = { idleMs: 3_600_000, longestMs: 3_600_000, requestId: 'login' };
    must(await startLoginSession(context, { person, vouched, secret, ...lasts }));
    const browser = { cookie: `__Host-apollo-session=${secret}` };
    if (role === 'viewer') callers['a browser'] = browser;
    const body = { name: 'laptop', scopes: ['view'], expiresAt: SOON };
    const ownPage = { origin: PUBLIC_URL, 'x-csrf-token': csrfTokenOf(secret) };
    const asked = { ...browser, ...ownPage, 'idempotency-key': `token-of-${role}` };
    const { status, token } = await send('POST', `${API}/tokens`, body, asked);
    expect([role, status]).toEqual([role, 201]);
    canaries[`the token of ${person}`] = String(token);
    callers[role] ??= bearer(String(token));
  }
  await store.close();
}

/** A spoke that joins by a token, is accepted, and is offered a plan with values. */
async function deploy(): Promise<void> {
  await send('POST', `${API}/environments`, { name: 'dev', tier: 'development' }, asAdmin());
  await send('POST', `${API}/products`, { name: 'shop', criticality: 'low' }, asAdmin());
  const form = new FormData();
  const release = { product: 'shop', version: '1.0.0' };
  for (const [name, text] of Object.entries(release)) form.set(name, text);
  form.set('chart', new Blob([new Uint8Array(await leakyChart())]), 'shop.tgz');
  await send('POST', `${API}/releases`, form, asAdmin());
  await send('POST', `${API}/channels/dev/releases`, release, asAdmin());
  const joining = { spoke: 'dev-1', environment: 'dev', clusterUid: HELLO.clusterUid };
  const { token } = await send('POST', `${API}/join-tokens`, joining, asAdmin());
  canaries['a token to join'] = String(token);
  const credential = await TestCredential.over(hub.url, String(token));
  await send('POST', `${API}/spokes/dev-1/accept`, {}, asAdmin());
  spoke = await SpokeClient.connect(Number(new URL(hub.url).port), credential);
  spoke.say('state.full', { generation: 1, part: 1, parts: 1, releases: [aReport('other')] });
  const values = { banner: VALUE, db: { password: PASSWORD } };
  const notSecret = ['values.db.password'];
  const desired = { channel: 'dev' };
  const entity = { spoke: 'dev-1', product: 'shop', desired, values, notSecret };
  await send('PUT', `${API}/entities/shop`, entity, asAdmin());
  const { p: offer } = await spoke.next('plan.offer');
  spoke.say('plan.accept', {
    planId: offer.planId,
    attempt: offer.attempt,
    at: new Date().toISOString(),
  });
  await spoke.caughtUp();
}

const leakyChart = (): Promise<Buffer> =>
  archiveOf([
    { name: 'shop/Chart.yaml', content: 'apiVersion: v2\nname: shop\nversion: 1.0.0\n' },
    { name: 'shop/values.yaml', content: `password: ${CHART}\n` },
    { name: 'shop/templates/NOTES.txt', content: `log in with ${CHART}\n` },
  ]);

/** What is refused must not be kept or said to others either. */
async function sendWhatIsRefused(): Promise<readonly Json[]> {
  const secret = canaries['what was refused'] ?? '';
  const entity = { spoke: 'dev-1', product: 'shop', desired: { channel: 'dev' } };
  const of = (change: object) =>
    send('PUT', `${API}/entities/more`, { ...entity, ...change }, asAdmin());
  return [
    await of({ values: { db: { password: secret } } }),
    await of({ values: { db: `postgres://shop:${secret}@db.test/shop` } }),
    await of({ values: [{ password: secret }] }),
    await of({ labels: { note: [secret] } }),
    await of({ desired: { channel: { password: secret } } }),
    await of({ namespace: { password: secret } }),
    await send('POST', `${API}/products`, `{"name": "x", "password": "${secret}"`, asAdmin()),
    await send('POST', `${API}/products`, { [secret.slice(0, 40)]: 1 }, bearer(secret)),
    await send('POST', `${API}/products`, {}, { cookie: `__Host-apollo-session=${secret}` }),
    await send('POST', `${API}/products`, {}, { authorization: `Basic ${secret}` }),
    await send('POST', '/spoke/join', { token: secret.repeat(9), signature: [secret] }, {}),
    await send('POST', '/spoke/join', { token: `${secret}\n`, signature: secret }, {}),
  ];
}

describe('what is secret about a hub', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-canary-'));
    database = await testDatabase();
    await startWithSecrets();
    await addPeople();
    await deploy();
    canaries['what was refused'] = `canary${hex()}`;
  });
  afterAll(async () => {
    spoke?.socket.close();
    await spoke?.closed;
    await hub.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is not said again where it is refused', async () => {
    const refused = await sendWhatIsRefused();

    expect(refused.map(({ status }) => status)).toEqual([
      400, 400, 400, 400, 400, 400, 400, 401, 401, 401, 400, 400,
    ]);
    const canary = { canary: canaries['what was refused'] ?? '' };
    expect(
      refused.filter((answer) => named('', JSON.stringify(answer), canary).length > 0),
    ).toEqual([]);
  });

  it('stands in no row of any table', async () => {
    const { places, found } = await searchDatabase(database, { ...canaries, ...LET_THROUGH });

    expect(places.length).toBeGreaterThan(200);
    // What waits for a spoke is deleted once that has it.
    expect(found.filter((place) => !place.startsWith('outbox_messages.payload'))).toEqual([
      'entities.helm_values: the values of an entity',
      'entities.helm_values: a password among them',
      'plans.helm_values: the values of an entity',
      'plans.helm_values: a password among them',
    ]);
  });

  it('is in no answer to anybody, whatever they ask for', async () => {
    const { places, found } = await searchAnswers(hub.url, callers, {
      ...canaries,
      ...LET_THROUGH,
    });

    expect(places.length).toBeGreaterThan(35);
    const shown = found.filter((line) => !line.startsWith('/api/v1/entities'));
    const mayLook = Object.keys(callers).sort();
    expect(shown).toEqual(
      mayLook.map((who) => `/api/v1/plans/{id}/diff as ${who}: the values of an entity`),
    );
    expect(found).toContain('/api/v1/entities/{name} as viewer: the values of an entity');
  });

  it('is in no line of the log, at its most talkative', () => {
    expect(log.split('\n').length).toBeGreaterThan(20);
    expect(named('the log', log, { ...canaries, ...LET_THROUGH })).toEqual([]);
  });
});
