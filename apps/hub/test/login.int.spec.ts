import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { OidcConfig } from '../src/config/oidc-config.js';
import { TestHub } from '../src/testing/test-hub.js';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { Browser } from './support/browser.js';
import { ProviderProcess } from './support/provider-process.js';
import { freePorts } from './support/test-system.js';

let provider: ProviderProcess;
let hub: TestHub;
let browser: Browser;

/** A hub whose own address is only known once it listens. */
async function start(): Promise<void> {
  const oidc: { -readonly [K in keyof OidcConfig]: OidcConfig[K] } = {
    issuer: '',
    clientId: 'apollo',
    clientSecret: 'a secret of the tests',
    publicUrl: 'http://127.0.0.1',
    nameClaim: 'sub',
    scopes: ['groups'],
    rolesClaim: 'groups',
    roles: [{ group: 'sre-team', role: 'sre' }],
  };
  // More fails here in a moment than anybody may.
  const limits = { perPrincipal: 1000, perAddress: 1000, perDoor: 1000 };
  hub = await TestHub.start({ login: 'required', oidc, limits });
  const [port = 0] = await freePorts(1);
  provider = new ProviderProcess(port, `${hub.url}/auth/callback`);
  oidc.issuer = provider.issuer;
  oidc.publicUrl = hub.url;
  await provider.start();
}

beforeAll(start);
beforeEach(() => {
  browser = new Browser();
});
afterAll(async () => {
  await provider.stop();
  await hub.stop();
});

const at = (path: string): string => `${hub.url}${path}`;
const bodyOf = async (response: Response) => (await response.json()) as Record<string, unknown>;
const codeOf = async (response: Response) => (await bodyOf(response))['code'];

/** Comes back with it once, and pretends not to have. */
async function usedBefore({ href }: URL): Promise<void> {
  const attempt = browser.cookie(hub.url, 'apollo-login') ?? '';
  expect((await browser.send(href)).status).toBe(302);
  browser = new Browser();
  browser.setCookie(hub.url, 'apollo-login', attempt);
}

/** Puts something else in the place of what the hub gave the browser to bring back. */
function changeAttempt(what: 'verifier' | 'nonce'): void {
  const text = browser.cookie(hub.url, 'apollo-login') ?? '';
  const kept = JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, string>;
  const changed = JSON.stringify({ ...kept, [what]: 'x'.repeat(43) });
  browser.setCookie(hub.url, 'apollo-login', Buffer.from(changed).toString('base64url'));
}

async function loggedIn(name = 'ann'): Promise<Record<string, unknown>> {
  await browser.send(await browser.signIn(hub.url, name));
  return bodyOf(await browser.send(at('/api/v1/session')));
}

describe('logging in with an identity provider', () => {
  it('comes back as somebody with the roles of their groups, where it was begun for', async () => {
    const back = await browser.send(await browser.signIn(hub.url, 'ann', '/api/docs?a=1#b'));
    expect(back.status).toBe(302);
    expect(back.headers.get('location')).toBe('/api/docs?a=1#b');
    const [attempt, session] = back.headers.getSetCookie();
    expect(attempt).toBe('apollo-login=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
    expect(session).toMatch(
      /^apollo-session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=36000$/,
    );
    expect(await bodyOf(await browser.send(at('/api/v1/me')))).toMatchObject({ name: 'ann' });
    expect(await bodyOf(await browser.send(at('/api/v1/people/ann')))).toMatchObject({
      ...{ roles: ['sre'], grants: [], machine: false, createdBy: 'engine' },
    });
  });

  it('lets somebody in who is in no group that counts, to see nothing', async () => {
    expect(await loggedIn('bob')).toMatchObject({ person: 'bob' });
    expect((await browser.send(at('/api/v1/entities'))).status).toBe(403);
  });

  it.each<{ name: string; spoil: (url: URL) => Promise<void> | void }>([
    { name: 'another state', spoil: (url) => url.searchParams.set('state', 'x'.repeat(43)) },
    { name: 'no state', spoil: (url) => url.searchParams.delete('state') },
    { name: 'another code', spoil: (url) => url.searchParams.set('code', 'x'.repeat(43)) },
    { name: 'another issuer', spoil: (url) => url.searchParams.set('iss', 'https://evil.example') },
    {
      name: 'a refusal of the provider',
      spoil: (url) => {
        url.searchParams.delete('code');
        url.searchParams.set('error', 'access_denied');
      },
    },
    { name: 'a code that was used already', spoil: async (url) => void (await usedBefore(url)) },
    { name: 'another verifier', spoil: () => changeAttempt('verifier') },
    { name: 'another nonce', spoil: () => changeAttempt('nonce') },
    {
      name: 'the attempt of nobody',
      spoil: () => {
        browser.setCookie(hub.url, 'apollo-login', 'x');
      },
    },
  ])('lets nobody in with $name', async ({ spoil }) => {
    const url = new URL(await browser.signIn(hub.url, 'ann'));
    await spoil(url);
    const answer = await browser.send(url.href);
    expect([answer.status, await codeOf(answer)]).toEqual([400, 'http/login_failed']);
    expect(browser.cookie(hub.url, 'apollo-session')).toBeUndefined();
  });

  it('lets nobody in with the code that another browser was given', async () => {
    const url = await browser.signIn(hub.url, 'ann');
    const victim = new Browser();
    await victim.signIn(hub.url, 'bob');
    expect((await victim.send(url)).status).toBe(400);
    expect((await new Browser().send(url)).status).toBe(400);
  });

  it('takes a key that the provider has changed to at once', async () => {
    await loggedIn();
    await provider.stop();
    await provider.start();
    browser = new Browser();
    expect(await loggedIn()).toMatchObject({ person: 'ann' });
  });

  it('says what to do while the provider is down, and keeps who is logged in', async () => {
    await loggedIn();
    const late = new Browser();
    const url = await late.signIn(hub.url, 'bob');
    await provider.stop();
    const answers = [await new Browser().send(at('/auth/login')), await late.send(url)];
    await provider.start();
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
      expect(await bodyOf(answer)).toMatchObject({
        code: 'http/login_unavailable',
        detail: expect.stringContaining('tokens go on working'),
      });
    }
    expect((await browser.send(at('/api/v1/me'))).status).toBe(200);
  });

  it.each([
    ...[
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/.//evil.example',
      'javascript:x',
    ],
    ...['/%09/evil.example\n', '/a/..//evil.example', '', 'evil', `/${'x'.repeat(3000)}`],
  ])('leads to no other place: %p', async (returnTo) => {
    const answer = await browser.send(at(`/auth/login?returnTo=${encodeURIComponent(returnTo)}`));
    expect([answer.status, (await bodyOf(answer))['field']]).toEqual([400, 'returnTo']);
  });
});

describe('whether somebody is logged in', () => {
  const session = async (headers: Record<string, string> = {}) => {
    const answer = await browser.send(at('/api/v1/session'), { headers });
    return { status: answer.status, body: await bodyOf(answer) };
  };

  it('is told to whoever is, whatever they may do', async () => {
    expect(await loggedIn('bob')).toMatchObject({ person: 'bob' });
    expect(await session()).toMatchObject({ status: 200, body: { person: 'bob' } });
  });

  it('is not so with a token, which is good all the same', async () => {
    const { store, clock } = hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    const headers = await anAccount(context, 'ci', { roles: ['viewer'] });
    await loggedIn('ann');
    expect(await session(headers)).toMatchObject({
      status: 404,
      body: {
        code: 'http/no_session',
        detail:
          'a token let you in, which is no login; GET /api/v1/me says whom this hub takes you for',
      },
    });
  });

  it('is not so with nothing, with a token of nobody, or after the logout', async () => {
    expect(await session()).toMatchObject({ status: 401, body: { code: 'http/unauthenticated' } });
    expect(await session({ authorization: 'Bearer x' })).toMatchObject({ status: 401 });
    const { csrfToken } = await loggedIn('ann');
    const headers = { 'x-csrf-token': String(csrfToken), origin: hub.url };
    await browser.send(at('/api/v1/session'), { method: 'DELETE', headers });
    expect(await session()).toMatchObject({ status: 401 });
  });

  it('is nobody’s business where nobody has to be', async () => {
    const local = await TestHub.start();
    expect(await local.get('/api/v1/session')).toMatchObject({
      status: 404,
      body: {
        code: 'http/no_session',
        detail: 'nobody has to log in here; GET /api/v1/me says whom this hub takes you for',
      },
    });
    await local.stop();
  });
});

describe('what is asked for by a login', () => {
  const change = (headers: Record<string, string>) =>
    browser.send(at('/api/v1/products'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ name: 'web' }),
    });

  it.each<{ name: string; headers: (token: string) => Record<string, string>; status: number }>([
    {
      name: 'from a page of the hub',
      headers: (token) => ({ 'x-csrf-token': token, origin: hub.url }),
      status: 400,
    },
    {
      name: 'from a page of the hub, by Sec-Fetch-Site',
      headers: (token) => ({ 'x-csrf-token': token, 'sec-fetch-site': 'same-origin' }),
      status: 400,
    },
    { name: 'without the token', headers: () => ({ origin: hub.url }), status: 403 },
    {
      name: 'with the token of another session',
      headers: () => ({ origin: hub.url, 'x-csrf-token': 'a'.repeat(64) }),
      status: 403,
    },
    { name: 'from nowhere', headers: (token) => ({ 'x-csrf-token': token }), status: 403 },
    {
      name: 'from a page of no site',
      headers: (token) => ({ 'x-csrf-token': token, origin: 'null' }),
      status: 403,
    },
    {
      name: 'from a site of the same domain',
      headers: (token) => ({
        ...{ 'x-csrf-token': token, origin: hub.url },
        'sec-fetch-site': 'same-site',
      }),
      status: 403,
    },
    {
      name: 'from another port',
      headers: (token) => ({ 'x-csrf-token': token, origin: 'http://127.0.0.1:1' }),
      status: 403,
    },
  ])('is $status where it changes something, $name', async ({ headers, status }) => {
    const { csrfToken } = await loggedIn();
    const answer = await change(headers(String(csrfToken)));
    const code = await codeOf(answer);
    // 400: it came as far as the fields, of which one is missing.
    expect([answer.status, code === 'http/forgery']).toEqual([status, status === 403]);
  });

  it('needs no token of its own beside a bearer token, which counts instead', async () => {
    await loggedIn('bob');
    const { store, clock } = hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    const { authorization } = await anAccount(context, 'cleo', { roles: ['developer'] });
    expect((await change({ authorization })).status).toBe(400);
    expect((await change({ authorization: 'Bearer wrong' })).status).toBe(401);
  });

  it('is refused once its person has logged out, which takes a page of the hub', async () => {
    const { csrfToken } = await loggedIn();
    const secret = browser.cookie(hub.url, 'apollo-session') ?? '';
    const logOut = (headers: Record<string, string>) =>
      browser.send(at('/api/v1/session'), { method: 'DELETE', headers });
    expect((await logOut({})).status).toBe(403);
    const out = await logOut({ 'x-csrf-token': String(csrfToken), origin: hub.url });
    expect([out.status, browser.cookie(hub.url, 'apollo-session')]).toEqual([204, undefined]);
    browser.setCookie(hub.url, 'apollo-session', secret);
    const late = await browser.send(at('/api/v1/me'));
    expect([late.status, (await bodyOf(late))['detail']]).toEqual([
      401,
      expect.stringContaining('log in at /auth/login'),
    ]);
  });

  it('never agrees to anything by GET', async () => {
    const matrix = await readFile(new URL('route-matrix.txt', import.meta.url), 'utf8');
    const rows = matrix.split('\n').map((line) => line.split(/\s+/));
    const permissions = rows.flatMap(([method, , permission]) =>
      method === 'get' ? [permission] : [],
    );
    // Those that keep what can be read only from most people; none that lets anything happen.
    const toRead = ['-', 'audit', 'fleet', 'people', 'tokens', 'view', 'webhooks'];
    expect([...new Set(permissions)].sort()).toEqual(toRead);
  });
});
