import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { IssuerUnavailable, JwtVerifier } from '../src/jwt/jwt-verifier.js';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { TestHub } from '../src/testing/test-hub.js';
import { type Pair, PublishedKeys } from './support/published-keys.js';

const NOW = Date.parse('2026-03-01T12:00:00.000Z') / 1000;
const AUDIENCE = 'apollo';
const ISSUER = 'https://id.example.org';
const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'ann', iat: NOW, exp: NOW + 300 };
type Claims = Readonly<Record<string, unknown>>;

const keys = new PublishedKeys();
let pair: Pair;
let stranger: Pair;
beforeAll(async () => {
  await keys.listen();
  pair = await keys.publish('k1');
  stranger = await generateKeyPair('ES256');
});
afterAll(() => keys.close());
beforeEach(() => {
  keys.answer = { status: 200 };
});

const config = (change: object = {}) => ({
  ...{ issuer: ISSUER, audience: AUDIENCE, keysUrl: keys.url },
  ...{ nameClaim: 'sub', rolesClaim: 'groups', ...change },
});
const verifier = (change: object = {}, cooldownMs = 0, keysAgeMs?: number) =>
  new JwtVerifier({
    ...(keysAgeMs !== undefined && { keysAgeMs }),
    config: config(change),
    clock: { now: () => new Date(NOW * 1000) },
    cooldownMs,
  });

function signed(change: Claims = {}, header: object = {}, key = pair.privateKey): Promise<string> {
  // What is undefined is left out, as JSON does.
  const claims = JSON.parse(JSON.stringify({ ...CLAIMS, ...change })) as JWTPayload;
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(key);
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a JWT of the configured issuer', () => {
  it.each<{ name: string; change: Claims; header?: object }>([
    { name: 'as it should be', change: {} },
    { name: 'for several audiences', change: { aud: ['other', AUDIENCE] } },
    { name: 'that ended 29 s ago by a clock ahead', change: { exp: NOW - 29 } },
    { name: 'that begins in 30 s by a clock behind', change: { nbf: NOW + 30 } },
    { name: 'issued 30 s ahead by a clock behind', change: { iat: NOW + 30 } },
    { name: 'issued twelve hours ago', change: { iat: NOW - 12 * 3600 } },
    { name: 'that says it is a JWT', change: {}, header: { typ: 'JWT' } },
    { name: 'that says it is an access token', change: {}, header: { typ: 'at+jwt' } },
  ])('is that of its subject: one $name', async ({ change, header }) => {
    expect(await verifier().verify(await signed(change, header))).toMatchObject({ name: 'ann' });
  });

  it.each([
    { name: 'with its own end', change: { iat: NOW, exp: NOW + 600 }, inSeconds: 600 },
    {
      name: 'twelve hours after it was issued',
      change: { iat: NOW - 60, exp: NOW + 99_999 },
      inSeconds: 12 * 3600 - 60,
    },
  ])('is over $name, by a clock behind', async ({ change, inSeconds }) => {
    const holder = await verifier().verify(await signed(change));
    expect(holder?.expiresAt).toEqual(new Date((NOW + inSeconds + 30) * 1000));
  });

  it.each<{ name: string; change: Claims; expected: string | undefined }>([
    {
      name: 'in small letters',
      change: { email: 'Ann@Example.com', email_verified: true },
      expected: 'ann@example.com',
    },
    { name: 'not where nobody has verified it', change: {}, expected: undefined },
    {
      name: 'not where it is known to be unverified',
      change: { email_verified: false },
      expected: undefined,
    },
    {
      name: 'not where it is verified in words',
      change: { email_verified: 'true' },
      expected: undefined,
    },
    {
      name: 'not where it is a list',
      change: { email: ['ann@example.com'], email_verified: true },
      expected: undefined,
    },
  ])(
    'whose names are e-mail addresses is that of the address, $name',
    async ({ change, expected }) => {
      const text = await signed({ email: 'ann@example.com', ...change });
      expect((await verifier({ nameClaim: 'email' }).verify(text))?.name).toBe(expected);
    },
  );

  it.each<{ name: string; change?: Claims; header?: object }>([
    { name: 'of another issuer', change: { iss: 'https://id.example.com' } },
    { name: 'of an issuer that begins the same', change: { iss: `${ISSUER}/` } },
    { name: 'of nobody', change: { iss: undefined } },
    { name: 'for another audience', change: { aud: 'other' } },
    { name: 'for an audience in capitals', change: { aud: 'APOLLO' } },
    { name: 'for no audience', change: { aud: undefined } },
    { name: 'for an empty list', change: { aud: [] } },
    { name: 'that ended 30 s ago', change: { exp: NOW - 30 } },
    { name: 'without an end', change: { exp: undefined } },
    { name: 'that ends in words', change: { exp: 'tomorrow' } },
    { name: 'that begins in 31 s', change: { nbf: NOW + 31 } },
    { name: 'issued 31 s ahead', change: { iat: NOW + 31 } },
    { name: 'issued longer ago than twelve hours', change: { iat: NOW - 12 * 3600 - 31 } },
    { name: 'that does not say when', change: { iat: undefined } },
    { name: 'without a subject', change: { sub: undefined } },
    { name: 'with a subject that is a number', change: { sub: 7 } },
    { name: 'with a subject that is a list', change: { sub: ['ann'] } },
    { name: 'with an empty subject', change: { sub: '' } },
    { name: 'with a blank in the subject', change: { sub: 'ann lee' } },
    { name: 'with a turned letter in the subject', change: { sub: '\u202eann' } },
    { name: 'with a long subject', change: { sub: 'a'.repeat(129) } },
    { name: 'for who acts here without a name', change: { sub: 'dev-operator' } },
    { name: 'for the engine', change: { sub: 'engine' } },
    { name: 'of another type', header: { typ: 'logout+jwt' } },
    { name: 'with a key nobody published', header: { kid: 'k2' } },
    { name: 'whose key is a path', header: { kid: '../../../dev/null' } },
    { name: 'whose key is a URL', header: { kid: 'http://127.0.0.1:1/keys' } },
    { name: 'with something that must be understood', header: { crit: ['exp'], exp: 1 } },
    { name: 'that is larger than 8 KiB', change: { more: 'x'.repeat(9000) } },
  ])('is refused: one $name', async ({ change, header }) => {
    const text = await signed(change, header).catch(() => forged(change, header));
    expect(await verifier().verify(text)).toBeUndefined();
  });

  /** What no library would sign. */
  async function forged(change: Claims = {}, header: object = {}): Promise<string> {
    const [head, body] = [
      { alg: 'ES256', kid: 'k1', ...header },
      { ...CLAIMS, ...change },
    ];
    return `${encoded(head)}.${encoded(body)}.${'A'.repeat(86)}`;
  }

  it.each<{ name: string; forge: () => Promise<string> }>([
    { name: 'by another key', forge: () => signed({}, {}, stranger.privateKey) },
    {
      name: 'by a key that it brings along',
      forge: async () =>
        signed({}, { jwk: await exportJWK(stranger.publicKey) }, stranger.privateKey),
    },
    {
      name: 'by nobody',
      forge: async () => `${encoded({ alg: 'none' })}.${encoded(CLAIMS)}.`,
    },
    {
      name: 'by nobody, in capitals',
      forge: async () => `${encoded({ alg: 'NONE', kid: 'k1' })}.${encoded(CLAIMS)}.`,
    },
    {
      name: 'by the public key as if it were a shared secret',
      forge: async () => {
        const text = `${encoded({ alg: 'HS256', kid: 'k1' })}.${encoded(CLAIMS)}`;
        const secret = await exportSPKI(pair.publicKey);
        return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
      },
    },
    {
      name: 'and then changed',
      forge: async () => {
        const [head, , signature] = (await signed()).split('.');
        return `${head ?? ''}.${encoded({ ...CLAIMS, sub: 'admin' })}.${signature ?? ''}`;
      },
    },
    {
      name: 'and has lost its signature',
      forge: async () => (await signed()).replace(/[^.]+$/, ''),
    },
    { name: 'and is cut off', forge: async () => (await signed()).slice(0, -4) },
    { name: 'and has four parts', forge: async () => `${await signed()}.x` },
    { name: 'and is two', forge: async () => `${await signed()},${await signed()}` },
    { name: 'and is nothing', forge: async () => '..' },
    { name: 'and is no JSON', forge: async () => `${encoded({ alg: 'ES256', kid: 'k1' })}.eA.eA` },
  ])('is refused: one signed $name', async ({ forge }) => {
    expect(await verifier().verify(await forge())).toBeUndefined();
  });

  it.each<{ name: string; groups: unknown; expected: readonly string[] }>([
    {
      name: 'of a list',
      groups: ['platform', 'owners', 'tea'],
      expected: ['sre', 'product-owner'],
    },
    { name: 'of one text', groups: 'platform', expected: ['sre'] },
    { name: 'that name a role of the hub', groups: ['admin', 'sre'], expected: [] },
    { name: 'of a text with several', groups: 'platform owners', expected: [] },
    { name: 'of a list of lists', groups: [['platform']], expected: [] },
    { name: 'of an object', groups: { platform: true }, expected: [] },
    { name: 'that are like a part of every object', groups: ['constructor'], expected: [] },
    { name: 'of nothing', groups: undefined, expected: [] },
  ])('has the roles that are mapped, and no others: $name', async ({ groups, expected }) => {
    const roles = new Map([
      ['platform', 'sre'],
      ['owners', 'product-owner'],
    ]);
    const holder = await verifier({ roles }).verify(await signed({ groups }));
    expect(holder).toMatchObject({ name: 'ann', roles: expected });
  });

  it('is accepted with a key that was published since, and asks for keys no oftener than it may', async () => {
    const patient = verifier({}, 3_600_000);
    expect(await patient.verify(await signed())).toBeDefined();
    const before = keys.asked;
    for (let number = 0; number < 20; number += 1) {
      await patient.verify(await signed({}, { kid: `unknown-${number}` }));
    }
    expect(keys.asked).toBe(before);
    const impatient = verifier();
    expect(await impatient.verify(await signed())).toBeDefined();
    const next = await keys.publish('k9');
    expect(await impatient.verify(await signed({}, { kid: 'k9' }, next.privateKey))).toBeDefined();
  });

  it.each([
    { name: 'once the keys that are known are too old', keysAgeMs: 0, accepted: false },
    { name: 'and not before', keysAgeMs: undefined, accepted: true },
  ])('is refused if its key was withdrawn, $name', async ({ keysAgeMs, accepted }) => {
    const leaked = await keys.publish('leaked');
    const text = await signed({}, { kid: 'leaked' }, leaked.privateKey);
    const known = verifier({}, 0, keysAgeMs);
    expect(await known.verify(text)).toBeDefined();
    keys.keys.splice(keys.keys.findIndex(({ kid }) => kid === 'leaked'));
    expect((await known.verify(text)) !== undefined).toBe(accepted);
  });

  it.each([
    { name: 'it fails', answer: { status: 500 } },
    { name: 'it sends elsewhere', answer: { status: 302 } },
    { name: 'it answers no JSON', answer: { status: 200, body: '<html>' } },
    { name: 'it answers no keys', answer: { status: 200, body: '{}' } },
  ])(
    'cannot be told from any other where the issuer does not answer: $name',
    async ({ answer }) => {
      keys.answer = answer;
      await expect(verifier().verify(await signed())).rejects.toBeInstanceOf(IssuerUnavailable);
    },
  );
});

describe('a hub that accepts JWTs', () => {
  let hub: TestHub;
  beforeAll(async () => {
    const jwt = config({ roles: new Map([['platform', 'sre']]) });
    hub = await TestHub.start({ login: 'required', jwt });
    const context = {
      store: hub.store,
      clock: hub.clock,
      ids: new UlidIds(),
      startedAt: new Date(0),
    };
    await anAccount(context, 'ann', { roles: ['viewer'] });
  });
  afterAll(() => hub.stop());

  const me = async (claims: Claims = {}) => {
    const authorization = `Bearer ${await signed(claims)}`;
    return hub.get('/api/v1/me', { authorization });
  };

  it('adds the roles of the issuer to its own, for this request', async () => {
    const lent = await me({ groups: ['platform'] });
    expect([lent.status, lent.body['name']]).toEqual([200, 'ann']);
    expect(lent.body['permissions']).toContain('restrain');
    expect((await me()).body['permissions']).toEqual(['view', 'approve', 'tokens']);
  });

  it('lets nobody do anything who has no role', async () => {
    const answer = await me({ sub: 'eve', groups: ['tea'] });
    expect([answer.status, answer.body['code']]).toEqual([403, 'http/not_allowed']);
  });

  it('lets nobody in who is disabled here, also whom it knows for nothing else', async () => {
    expect((await me({ sub: 'dan', groups: ['platform'] })).status).toBe(200);
    await hub.store.transact(({ people }) =>
      people.insert({
        ...{ name: 'dan', roles: [], grants: [], disabled: true, version: 1 },
        ...{ createdBy: 'root', createdAt: '2026-03-01T12:00:00.000Z' },
      }),
    );
    expect((await me({ sub: 'dan', groups: ['platform'] })).status).toBe(401);
  });

  it('answers 401 to a JWT that is not accepted, in the words of every other 401', async () => {
    const [jwt, token] = await Promise.all([
      me({ aud: 'other' }),
      hub.get('/api/v1/me', { authorization: 'Bearer x' }),
    ]);
    expect(jwt.status).toBe(401);
    expect(jwt.body['detail']).toBe(token.body['detail']);
  });

  it('answers 503 while the keys cannot be had, and says what to do', async () => {
    const jwt = config({ keysUrl: 'http://127.0.0.1:1/keys' });
    const other = await TestHub.start({ login: 'required', jwt });
    const authorization = `Bearer ${await signed()}`;
    const answer = await other.get('/api/v1/me', { authorization });
    await other.stop();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(answer.body['detail']).toContain('try again, or use a token of this hub');
  });
});
