import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { IdentityProvider } from '../src/login/identity-provider.js';

const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strange = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ATTEMPT = { state: 's'.repeat(43), nonce: 'n'.repeat(43), verifier: 'v'.repeat(43) };

let server: Server;
let issuer = '';
let idToken = '';

/** A provider that answers every code with `idToken`, whatever that is. */
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answerOf(url ?? '')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await once(server.close(), 'close');
});
beforeEach(() => {
  idToken = '';
});

function answerOf(path: string): object {
  if (path === '/jwks') {
    return { keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig' }] };
  }
  if (path === '/token') return { access_token: 'x', token_type: 'bearer', id_token: idToken };
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  };
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const claims = (change: object = {}): object => ({
  ...{ iss: issuer, sub: 'ann', aud: 'apollo', nonce: ATTEMPT.nonce },
  ...{ iat: inSeconds(0), exp: inSeconds(60), groups: ['sre-team'] },
  ...change,
});
const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

function signed(body: object, header: object = {}, key: KeyObject = own.privateKey): string {
  const text = `${encoded({ alg: 'RS256', kid: 'own', ...header })}.${encoded(body)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** What the signature is if somebody takes the public key for a shared secret. */
function signedByPublicKey(body: object): string {
  const text = `${encoded({ alg: 'HS256', kid: 'own' })}.${encoded(body)}`;
  const secret = own.publicKey.export({ type: 'spki', format: 'pem' });
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

function finish(change: { readonly nameClaim?: 'email' } = {}) {
  const provider = new IdentityProvider({
    ...{ issuer, clientId: 'apollo', publicUrl: 'http://127.0.0.1:1', nameClaim: 'sub' },
    ...{ scopes: [], rolesClaim: 'groups', roles: [{ group: 'sre-team', role: 'sre' }] },
    ...change,
  });
  return provider.finish(`?code=abc&state=${ATTEMPT.state}`, ATTEMPT);
}

describe('an ID token', () => {
  it.each([
    { name: 'with the name of the subject', change: {}, nameClaim: 'sub', person: 'ann' },
    {
      name: 'with a verified e-mail address',
      change: { email: 'Ann@Example.com', email_verified: true },
      ...{ nameClaim: 'email', person: 'ann@example.com' },
    },
    {
      name: 'that names the hub twice',
      change: { azp: 'apollo' },
      nameClaim: 'sub',
      person: 'ann',
    },
  ])('vouches for somebody: one $name', async ({ change, nameClaim, person }) => {
    idToken = signed(claims(change));
    expect(await finish(nameClaim === 'email' ? { nameClaim } : {})).toEqual({
      ...{ person, subject: 'ann', roles: { roles: ['sre'], grants: [] } },
    });
  });

  it.each([
    { name: 'nothing', groups: undefined },
    { name: 'a text', groups: 'sre-team' },
    { name: 'an object', groups: { 'sre-team': true } },
    { name: 'other groups', groups: ['sre-team2', 7, null] },
  ])('gives no role by $name in the place of groups', async ({ groups }) => {
    idToken = signed(claims({ groups, roles: ['admin'], role: 'admin' }));
    expect(await finish()).toMatchObject({ roles: { roles: [], grants: [] } });
  });

  it.each<{ name: string; token: () => string }>([
    { name: 'is none', token: () => 'x' },
    { name: 'is not signed', token: () => `${encoded({ alg: 'none' })}.${encoded(claims())}.` },
    { name: 'is signed by the public key as a secret', token: () => signedByPublicKey(claims()) },
    { name: 'is signed by a stranger', token: () => signed(claims(), {}, strange.privateKey) },
    { name: 'names a key that there is not', token: () => signed(claims(), { kid: 'other' }) },
    { name: 'names another algorithm', token: () => signed(claims(), { alg: 'ES256' }) },
    { name: 'was changed', token: () => changed(signed(claims())) },
    { name: 'has a critical part', token: () => signed(claims(), { crit: ['x'], x: 1 }) },
    { name: 'is of another issuer', token: () => signed(claims({ iss: `${issuer}/` })) },
    { name: 'is for another', token: () => signed(claims({ aud: 'hermes' })) },
    {
      name: 'is for others too',
      token: () => signed(claims({ aud: ['apollo', 'hermes'], azp: 'apollo' })),
    },
    { name: 'was asked for by another', token: () => signed(claims({ azp: 'hermes' })) },
    { name: 'has expired', token: () => signed(claims({ exp: inSeconds(-60) })) },
    { name: 'never expires', token: () => signed(claims({ exp: undefined })) },
    { name: 'counts later only', token: () => signed(claims({ nbf: inSeconds(600) })) },
    { name: 'answers another login', token: () => signed(claims({ nonce: 'm'.repeat(43) })) },
    { name: 'answers no login', token: () => signed(claims({ nonce: undefined })) },
    { name: 'names nobody', token: () => signed(claims({ sub: undefined })) },
  ])('vouches for nobody if it $name', async ({ token }) => {
    idToken = token();
    await expect(finish()).rejects.toMatchObject({ name: 'LoginFailed', retryable: false });
  });

  it.each([
    { name: 'is not verified', change: { email: 'ann@example.com' } },
    { name: 'is verified in words', change: { email: 'ann@example.com', email_verified: 'true' } },
    { name: 'is not there', change: { email_verified: true } },
  ])('vouches for no e-mail address that $name', async ({ change }) => {
    idToken = signed(claims(change));
    await expect(finish({ nameClaim: 'email' })).rejects.toThrow('no e-mail address');
  });
});

/** The same signature, and somebody else. */
function changed(token: string): string {
  const [header, , signature] = token.split('.');
  return [header, encoded(claims({ sub: 'admin' })), signature].join('.');
}
