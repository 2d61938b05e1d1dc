import { createHmac } from 'node:crypto';
import { SpokeKey } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HttpAnswer, ListeningHub } from '../src/testing/spokes/listening-hub.js';
import { SpokeClient } from '../src/testing/spokes/spoke-client.js';
import type { TestCredential } from '../src/testing/spokes/test-credential.js';

const NO_TOKEN = 'spoke/unauthenticated';
const STRANGERS = 500;

let hub: ListeningHub;
beforeAll(async () => {
  hub = await ListeningHub.start();
});
afterAll(() => hub.stop());

const codeOf = ({ body }: HttpAnswer): unknown =>
  (JSON.parse(body.toString()) as { readonly code?: unknown }).code;
const withToken = (token: string) => ({ Authorization: `Bearer ${token}` });
const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);
const iat = () => Math.floor(Date.now() / 1000);

/** The token with another header, and what is a signature if a public key is taken for a secret. */
function signedByPublicKey(credential: TestCredential): string {
  const [, claims = ''] = credential.token().split('.');
  const header = Buffer.from('{"alg":"HS256","typ":"apollo-session+jwt"}').toString('base64url');
  const mac = createHmac('sha256', credential.publicKey).update(`${header}.${claims}`);
  return `${header}.${claims}.${mac.digest('base64url')}`;
}

function unsigned(credential: TestCredential): string {
  const [, claims = ''] = credential.forged({}).split('.');
  const header = Buffer.from('{"alg":"none","typ":"apollo-session+jwt"}').toString('base64url');
  return `${header}.${claims}.`;
}

describe('a forged session token', () => {
  it.each<{ name: string; forge: (credential: TestCredential) => string; code?: string }>([
    {
      name: 'that has ended',
      forge: (one) => one.token(secondsAgo(95)),
      code: 'spoke/token_untimely',
    },
    {
      name: 'from the future',
      forge: (one) => one.token(secondsAgo(-35)),
      code: 'spoke/token_untimely',
    },
    { name: 'for another hub', forge: (one) => one.forged({ claims: { aud: 'hub-of-others' } }) },
    { name: 'for no hub', forge: (one) => one.forged({ claims: { aud: undefined } }) },
    { name: 'of another spoke', forge: (one) => one.forged({ claims: { sub: 'dev-2' } }) },
    { name: 'of nobody', forge: (one) => one.forged({ claims: { sub: 'nobody' } }) },
    { name: 'without an end', forge: (one) => one.forged({ claims: { exp: undefined } }) },
    {
      name: 'good for a year',
      forge: (one) => one.forged({ claims: { exp: iat() + 31_536_000 } }),
    },
    { name: 'without an id', forge: (one) => one.forged({ claims: { jti: undefined } }) },
    { name: 'that lets in an admin', forge: (one) => one.forged({ claims: { z: 'admin' } }) },
    { name: 'signed by nobody', forge: unsigned },
    { name: 'signed by its public key', forge: signedByPublicKey },
    { name: 'of another type', forge: (one) => one.forged({ header: { typ: 'JWT' } }) },
    {
      name: 'whose key is a path',
      forge: (one) => one.forged({ header: { kid: '../../../../dev/null' } }),
    },
    {
      name: 'whose key is at an address',
      forge: (one) => one.forged({ header: { jku: 'http://127.0.0.1:1/keys' } }),
    },
    {
      name: 'that brings its key along',
      forge: (one) => one.forged({ header: { jwk: { kty: 'OKP', x: one.publicKey } } }),
    },
    { name: 'with something critical', forge: (one) => one.forged({ header: { crit: ['exp'] } }) },
  ])('is refused, and says why: one $name', async ({ forge, code = NO_TOKEN }) => {
    const refused = await hub.upgrade(withToken(forge(hub.credentialOf('dev'))));
    expect([refused.status, codeOf(refused)]).toEqual([401, code]);
    expect(refused.headers['www-authenticate']).toBe('Bearer');
    expect((await hub.upgrade()).status).toBe(101);
  });

  it('is none if nothing is changed: then it lets in, and only once', async () => {
    const token = hub.credentialOf('dev').forged({});
    expect((await hub.upgrade(withToken(token))).status).toBe(101);
    const again = await hub.upgrade(withToken(token));
    expect([again.status, codeOf(again)]).toEqual([401, 'spoke/token_used']);
  });

  it('is told of no key but by the holder of one', async () => {
    const stranger = SpokeKey.create();
    const text = hub.credentialOf('dev').forged({}).split('.').slice(0, 2).join('.');
    const refused = await hub.upgrade(withToken(`${text}.${stranger.sign(text)}`));
    const unknown = hub.credentialOf('dev').forged({ claims: { sub: 'nobody' } });
    const other = await hub.upgrade(withToken(unknown));
    const detailOf = (answer: HttpAnswer) =>
      (JSON.parse(answer.body.toString()) as { detail: string }).detail;
    expect(detailOf(refused)).toBe(detailOf(other));
  });
});

describe('a credential in the wrong place', () => {
  it.each([
    {
      name: 'the subprotocol',
      headers: () => ({ 'Sec-WebSocket-Protocol': `apollo.v1, ${token()}` }),
    },
    { name: 'a cookie', headers: () => ({ Cookie: `token=${token()}; Authorization=${token()}` }) },
    { name: 'a header of a proxy', headers: () => ({ 'X-Forwarded-Authorization': token() }) },
    {
      name: 'a certificate that somebody writes into a header',
      headers: () => ({
        'X-Forwarded-Client-Cert':
          'By=spiffe://hub;Hash=0;Subject="CN=dev";URI=spiffe://spokes/dev',
        'X-SSL-Client-S-DN': 'CN=dev',
        'X-SSL-Client-Verify': 'SUCCESS',
      }),
    },
    { name: 'a name that somebody writes into a header', headers: () => ({ 'X-Spoke': 'dev' }) },
  ])('lets nobody in: $name', async ({ headers }) => {
    const refused = await hub.upgrade({ Authorization: undefined, ...headers() });
    expect([refused.status, codeOf(refused)]).toEqual([401, NO_TOKEN]);
  });

  const token = () => hub.tokenOf('dev');

  it('makes nobody another one: whose token it is, that spoke it is', async () => {
    const credential = hub.credentialOf('dev');
    const forwarded = { 'X-Forwarded-Client-Cert': 'Subject="CN=dev-2"', 'X-Spoke': 'dev-2' };
    const spoke = await SpokeClient.connect(hub.port, credential, () => new Date(), forwarded);
    expect(spoke.all('welcome')).toMatchObject([{ p: { spoke: 'dev' } }]);
    spoke.socket.terminate();
    await spoke.closed;
  });
});

describe('very many handshakes', () => {
  it('of strangers are all answered, and a spoke still gets in', async () => {
    const answers = await Promise.all(
      Array.from({ length: STRANGERS }, () => hub.upgrade(withToken('guessed'))),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 401 && status !== 503)).toEqual([]);
    expect((await hub.upgrade()).status).toBe(101);
  });

  it('at once are sent away with a time to come back that is not the same for all', async () => {
    let open: () => void = () => undefined;
    hub.store.gate = new Promise((resolve) => (open = resolve));
    const times: number[] = [];
    const all: Promise<number>[] = [];
    await new Promise<void>((resolve) => {
      const one = async (): Promise<number> => {
        const { status, headers } = await hub.upgrade();
        if (status === 503) times.push(Number(headers['retry-after']));
        if (times.length === 40) resolve();
        return status;
      };
      for (let count = 0; count < 104; count += 1) all.push(one());
    });
    open();
    hub.store.gate = undefined;
    const statuses = await Promise.all(all);
    expect(statuses.filter((status) => status === 101)).toHaveLength(64);
    expect(times).toHaveLength(40);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...times)).toBeLessThanOrEqual(10);
    expect(new Set(times).size).toBeGreaterThan(3);
  });
});
