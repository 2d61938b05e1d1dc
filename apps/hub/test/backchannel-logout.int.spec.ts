import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Context, startLoginSession } from '@apollo-deploy/orchestration';
import { must } from '@apollo-deploy/orchestration/testing';
import type { OidcConfig } from '../src/config/oidc-config.js';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { type Answer, TestHub } from '../src/testing/test-hub.js';
import { expectRefused } from '../src/testing/unharmed-hub.js';
import { Browser } from './support/browser.js';
import { LogoutIssuer, type TokenChange } from './support/logout-issuer.js';
import { ProviderProcess } from './support/provider-process.js';
import { freePorts } from './support/test-system.js';

const ROUTE = '/auth/backchannel-logout';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MANY = { perPrincipal: 1000, perAddress: 1000, perDoor: 1000 };

let hub: TestHub;

/** A hub that knows a provider, which says its address when it listens. */
async function start(oidc: OidcConfig): Promise<void> {
  hub = await TestHub.start({ login: 'required', oidc, limits: MANY });
}

const settings = (issuer: string): { -readonly [K in keyof OidcConfig]: OidcConfig[K] } => ({
  ...{ issuer, clientId: 'apollo', publicUrl: 'http://127.0.0.1', nameClaim: 'sub' },
  ...{ clientSecret: 'a secret of the tests', scopes: ['groups'], rolesClaim: 'groups' },
});

const logOut = (token: string): Promise<Answer> =>
  hub.post(ROUTE, new URLSearchParams({ logout_token: token }).toString(), FORM);

describe('a logout by back channel', () => {
  let issuer: LogoutIssuer;
  let context: Context;
  let count = 0;
  beforeAll(async () => {
    issuer = await LogoutIssuer.start();
    await start(settings(issuer.url));
    const { store, clock } = hub;
    context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
  });
  afterAll(async () => {
    await hub.stop();
    await issuer.stop();
  });
  beforeEach(() => {
    issuer.asked = 0;
  });

  /** The cookie of a new session of a person of that name. */
  async function loggedIn(person: string, sid?: string): Promise<{ readonly cookie: string }> {
    const secret = (count += 1).toString(16).padStart(64, '0');
    const subject = `subject-of-${person}`;
    const vouched = { issuer: issuer.url, subject, ...(sid !== undefined && { sid }) };
    const lasts = { idleMs: 600_000, longestMs: 600_000, requestId: 'login' };
    must(await startLoginSession(context, { person, secret, vouched, ...lasts }));
    return { cookie: `apollo-session=${secret}` };
  }

  const statusFor = async (headers: { readonly cookie: string }): Promise<number> =>
    (await hub.get('/api/v1/session', headers)).status;
  const token = (change: TokenChange = {}, subject = 'subject-of-ann') =>
    issuer.token(subject, hub.clock.now(), change);

  it('ends all sessions of whom it names, and nobody else’s, from the next request on', async () => {
    const [laptop, phone] = [await loggedIn('ann'), await loggedIn('ann', 's-1')];
    const bob = await loggedIn('bob');
    expect([await statusFor(laptop), await statusFor(phone)]).toEqual([200, 200]);
    const answer = await logOut(await token());
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect([await statusFor(laptop), await statusFor(phone), await statusFor(bob)]).toEqual([
      ...[401, 401, 200],
    ]);
  });

  it.each<{ name: string; claims: object }>([
    { name: 'by its login alone', claims: { sub: undefined, sid: 's-2' } },
    { name: 'by its login and its subject', claims: { sid: 's-2' } },
  ])('ends one session, named $name', async ({ claims }) => {
    const [one, other] = [await loggedIn('ann', 's-2'), await loggedIn('ann', 's-3')];
    expect((await logOut(await token({ claims: { ...claims } }))).status).toBe(200);
    expect([await statusFor(one), await statusFor(other)]).toEqual([401, 200]);
  });

  it('is heard once', async () => {
    const message = await token();
    expect((await logOut(message)).status).toBe(200);
    const since = await loggedIn('ann');
    expectRefused(await logOut(message), 400, { code: 'login/logout_used' });
    expect(await statusFor(since)).toBe(200);
  });

  it('is taken from a provider that says JWT, or nothing, as the type of its tokens', async () => {
    for (const typ of ['JWT', undefined]) {
      expect((await logOut(await token({ header: { typ } }))).status).toBe(200);
    }
  });

  it.each<{ name: string; change: TokenChange; asks?: true }>([
    { name: 'of another issuer', change: { claims: { iss: 'https://evil.example' } } },
    { name: 'for another client', change: { claims: { aud: 'other' } } },
    { name: 'for others as well', change: { claims: { aud: ['apollo', 'other'] } } },
    { name: 'without an audience', change: { claims: { aud: undefined } } },
    { name: 'of a login', change: { claims: { nonce: 'n' } } },
    { name: 'without the event', change: { claims: { events: {} } } },
    { name: 'with another event', change: { claims: { events: { 'https://x.example': {} } } } },
    { name: 'with an event in words', change: { claims: { events: { [EVENT]: 'yes' } } } },
    { name: 'with a list of events', change: { claims: { events: [EVENT] } } },
    { name: 'without events', change: { claims: { events: undefined } } },
    { name: 'of nobody', change: { claims: { sub: undefined } } },
    { name: 'of a number', change: { claims: { sub: 7 } } },
    { name: 'of an empty name', change: { claims: { sub: '' } } },
    { name: 'of a name with U+0000', change: { claims: { sub: 'a\0b' } } },
    { name: 'without a name of its own', change: { claims: { jti: undefined } } },
    { name: 'with a long name of its own', change: { claims: { jti: 'x'.repeat(256) } } },
    { name: 'of another type', change: { header: { typ: 'at+jwt' } } },
    { name: 'longer than anybody sends', change: { claims: { x: 'x'.repeat(9_000) } } },
    { name: 'without an end', change: { claims: { exp: undefined } }, asks: true },
    { name: 'without a beginning', change: { claims: { iat: undefined } }, asks: true },
    { name: 'of a key that nobody knows', change: { header: { kid: 'two' } }, asks: true },
  ])('is refused with a token $name', async ({ change, asks }) => {
    const session = await loggedIn('ann');
    const answer = await logOut(await token(change));
    expectRefused(answer, 400, { code: 'http/logout_refused', field: 'logout_token' });
    expect(await statusFor(session)).toBe(200);
    expect(issuer.asked).toBe(asks === true ? 1 : 0);
  });

  it.each([
    { name: 'that has ended', issued: -300, ends: -31 },
    { name: 'that is older than ten minutes', issued: -660, ends: 600 },
    { name: 'of the future', issued: 60, ends: 600 },
  ])('is refused with a token $name', async ({ issued, ends }) => {
    const now = Math.floor(hub.clock.now().getTime() / 1000);
    const claims = { iat: now + issued, exp: now + ends };
    expectRefused(await logOut(await token({ claims })), 400, { code: 'http/logout_refused' });
  });

  it('is refused with a token that somebody else has signed, or nobody', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const [who, now] = ['subject-of-ann', hub.clock.now()];
    const [header = '', payload = ''] = (await token()).split('.');
    const none = Buffer.from('{"alg":"none","typ":"logout+jwt"}').toString('base64url');
    const tokens = [
      await issuer.token(who, now, {}, privateKey),
      await issuer.token(who, now, { header: { alg: 'HS256' } }, new Uint8Array(32).fill(7)),
      `${none}.${payload}.`,
      `${header}.${payload}.`,
      ...['', 'x', 'a.b.c', `${header}.${payload}`],
    ];
    for (const each of tokens) {
      expectRefused(await logOut(each), 400, { code: 'http/logout_refused' });
    }
  });

  it.each<{ name: string; body: string; headers: Record<string, string>; status: number }>([
    { name: 'JSON', body: '{"logout_token":"x"}', headers: {}, status: 400 },
    { name: 'nothing', body: '', headers: FORM, status: 400 },
    { name: 'two tokens', body: 'logout_token=a&logout_token=b', headers: FORM, status: 400 },
    {
      name: 'text',
      body: 'logout_token=x',
      headers: { 'content-type': 'text/plain' },
      status: 415,
    },
    { name: 'two thousand fields', body: 'a&'.repeat(2_000), headers: FORM, status: 400 },
    { name: 'more than 1 MiB', body: `a=${'x'.repeat(1_100_000)}`, headers: FORM, status: 413 },
  ])('is refused as $name', async ({ body, headers, status }) => {
    const type = { 'content-type': 'application/json', ...headers };
    expect((await hub.post(ROUTE, body, type)).status).toBe(status);
  });

  it('is the only route that reads such forms', async () => {
    const answer = await hub.post('/spoke/join', 'token=x', FORM);
    expectRefused(answer, 415, { code: 'http/unsupported_media_type' });
  });

  it('may have other fields, which nobody reads', async () => {
    const body = new URLSearchParams({ other: 'x', logout_token: await token() }).toString();
    expect((await hub.post(ROUTE, body, FORM)).status).toBe(200);
  });

  it('is to be sent again while the keys of the provider cannot be had', async () => {
    const session = await loggedIn('ann');
    const message = await token();
    issuer.isDown = true;
    const answer = await logOut(message);
    issuer.isDown = false;
    expectRefused(answer, 503, { code: 'http/login_unavailable' });
    expect(answer.headers.get('retry-after')).toBe('10');
    expect((await logOut(message)).status).toBe(200);
    expect(await statusFor(session)).toBe(401);
  });
});

describe('logging out at a real provider', () => {
  let provider: ProviderProcess;
  beforeAll(async () => {
    const oidc = settings('');
    await start(oidc);
    // What it signs is of this very moment.
    hub.clock.advance(Date.now() - hub.clock.now().getTime());
    const [port = 0] = await freePorts(1);
    provider = new ProviderProcess(port, `${hub.url}/auth/callback`);
    oidc.issuer = provider.issuer;
    oidc.publicUrl = hub.url;
    await provider.start();
  });
  afterAll(async () => {
    await provider.stop();
    await hub.stop();
  });

  async function loggedIn(name: string): Promise<Browser> {
    const browser = new Browser();
    await browser.send(await browser.signIn(hub.url, name));
    return browser;
  }

  const statusOf = async (browser: Browser): Promise<number> =>
    (await browser.send(`${hub.url}/api/v1/session`)).status;

  it('ends the session here, and no other of the same person', async () => {
    const [one, other] = [await loggedIn('ann'), await loggedIn('ann')];
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 200]);
    const asked = await (await one.send(`${provider.issuer}/session/end`)).text();
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(asked) ?? [];
    const body = new URLSearchParams({ xsrf, logout: 'yes' });
    await one.send(`${provider.issuer}/session/end/confirm`, { method: 'POST', body });
    expect([await statusOf(one), await statusOf(other)]).toEqual([401, 200]);
    const { items } = await hub.store.transact((unit) =>
      unit.audit.list({ subject: 'person/ann' }, { limit: 50 }),
    );
    expect(items.at(-1)).toMatchObject({
      ...{ actor: 'engine', action: 'session.end_by_provider' },
      detail: { issuer: provider.issuer, subject: 'ann', ended: 1 },
    });
  });
});
