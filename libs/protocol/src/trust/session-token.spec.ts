import { canonicalJson, type Json } from '@apollo-deploy/kernel';
import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { readSessionToken, signSessionToken } from './session-token.js';
import { SpokeKey } from './spoke-key.js';

const KEY = SpokeKey.create();
const NOW = new Date('2026-01-05T09:00:00.700Z');
const IAT = 1_767_603_600;
const CLAIMS = { aud: 'hub-1', exp: IAT + 60, iat: IAT, jti: 'id-0123456789abcdef', sub: 'dev' };
const TOKEN = signSessionToken(KEY, {
  ...{ spoke: 'dev', hub: 'hub-1', id: 'id-0123456789abcdef', now: NOW },
});
const [HEADER = '', PAYLOAD = '', SIGNATURE = ''] = TOKEN.split('.');

const encoded = (text: string) => Buffer.from(text).toString('base64url');
/** A token with this header and payload, signed by the key as it should be. */
function signed(payload: string, header = HEADER): string {
  const text = `${header}.${payload}`;
  return `${text}.${KEY.sign(text)}`;
}
const withClaims = (claims: Record<string, Json>) => signed(encoded(canonicalJson({ ...claims })));

describe('a session token', () => {
  it('says who comes to which hub, when, and is signed by the key', () => {
    const read = readSessionToken(TOKEN);
    expect(read).toMatchObject({
      ok: true,
      value: {
        ...{ spoke: 'dev', hub: 'hub-1', id: 'id-0123456789abcdef' },
        issuedAt: new Date('2026-01-05T09:00:00.000Z'),
        expiresAt: new Date('2026-01-05T09:01:00.000Z'),
      },
    });
    expect(read.ok && read.value.isSignedBy(KEY.publicKey)).toBe(true);
    expect(read.ok && read.value.isSignedBy(SpokeKey.create().publicKey)).toBe(false);
    expect(read.ok && read.value.isSignedBy('no key')).toBe(false);
  });

  const HEADERS = [
    { name: 'no algorithm', header: '{"alg":"none","typ":"apollo-session+jwt"}' },
    { name: 'a shared secret', header: '{"alg":"HS256","typ":"apollo-session+jwt"}' },
    { name: 'another type', header: '{"alg":"EdDSA","typ":"JWT"}' },
    { name: 'no type', header: '{"alg":"EdDSA"}' },
    {
      name: 'the path of a key',
      header: '{"alg":"EdDSA","kid":"../key","typ":"apollo-session+jwt"}',
    },
    {
      name: 'the address of a key',
      header: '{"alg":"EdDSA","jku":"http://x.test","typ":"apollo-session+jwt"}',
    },
    { name: 'another order', header: '{"typ":"apollo-session+jwt","alg":"EdDSA"}' },
  ];
  it.each(HEADERS)('has one header and no other: $name', ({ header }) => {
    expect(readSessionToken(signed(PAYLOAD, encoded(header)))).toEqual({
      ok: false,
      error: 'its header is not that of a session token (EdDSA)',
    });
  });

  it('is not signed by one who knows the public key only', () => {
    const mac = createHmac('sha256', KEY.publicKey).update(`${HEADER}.${PAYLOAD}`).digest();
    for (const forged of [mac, Buffer.alloc(64), Buffer.alloc(0)]) {
      const read = readSessionToken(`${HEADER}.${PAYLOAD}.${forged.toString('base64url')}`);
      expect(read.ok && read.value.isSignedBy(KEY.publicKey)).toBe(false);
    }
  });

  const { exp: _exp, ...ENDLESS } = CLAIMS;
  const { jti: _jti, ...NAMELESS } = CLAIMS;
  const { aud: _aud, ...FOR_ANYBODY } = CLAIMS;
  const FORMS = [
    { name: 'no end', text: withClaims(ENDLESS) },
    { name: 'no id', text: withClaims(NAMELESS) },
    { name: 'no audience', text: withClaims(FOR_ANYBODY) },
    { name: 'one claim more', text: withClaims({ ...CLAIMS, admin: true }) },
    { name: 'an end in words', text: withClaims({ ...CLAIMS, exp: String(CLAIMS.exp) }) },
    { name: 'an end between seconds', text: withClaims({ ...CLAIMS, exp: CLAIMS.exp - 0.5 }) },
    { name: 'several audiences', text: withClaims({ ...CLAIMS, aud: ['hub-1', 'hub-2'] }) },
    { name: 'a name that is a path', text: withClaims({ ...CLAIMS, sub: '../dev' }) },
    {
      name: 'a claim twice',
      text: signed(encoded(canonicalJson(CLAIMS).replace('{', '{"aud":"hub-2",'))),
    },
    { name: 'spaces', text: signed(encoded(JSON.stringify(CLAIMS, null, 1))) },
    { name: 'padding', text: signed(`${PAYLOAD}=`) },
    { name: 'no JSON', text: signed(encoded('{')) },
    { name: 'null', text: signed(encoded('null')) },
  ];
  it.each(FORMS)('has five claims in one form: $name', ({ text }) => {
    expect(readSessionToken(text)).toEqual({
      ok: false,
      error: 'its claims are not aud, exp, iat, jti and sub, as they must be',
    });
  });

  it.each([
    { name: 'longer than a minute', seconds: 61 },
    { name: 'no time at all', seconds: 0 },
    { name: 'less than that', seconds: -1 },
  ])('is good for a minute at most: $name', ({ seconds }) => {
    expect(readSessionToken(withClaims({ ...CLAIMS, exp: IAT + seconds }))).toEqual({
      ok: false,
      error: `it is good for ${seconds} s; 1 to 60 s are allowed`,
    });
  });

  it.each([
    { name: 'nothing', text: '' },
    { name: 'a word', text: 'guessed' },
    { name: 'two parts', text: `${HEADER}.${PAYLOAD}` },
    { name: 'four parts', text: `${TOKEN}.x` },
  ])('has three parts: $name', ({ text }) => {
    expect(readSessionToken(text)).toEqual({ ok: false, error: 'it is no JSON Web Token' });
  });

  it('is read in no time, however long it is', () => {
    expect(readSessionToken('.'.repeat(1_000_000))).toMatchObject({ ok: false });
  });

  it('never passes with one character changed', () => {
    for (let at = 0; at < TOKEN.length; at += 1) {
      const other = TOKEN[at] === 'A' ? 'B' : 'A';
      const read = readSessionToken(`${TOKEN.slice(0, at)}${other}${TOKEN.slice(at + 1)}`);
      expect([at, read.ok && read.value.isSignedBy(KEY.publicKey)]).toEqual([at, false]);
    }
    expect(SIGNATURE).toHaveLength(86);
  });
});
