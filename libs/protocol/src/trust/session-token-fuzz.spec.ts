import { canonicalJson, type Json } from '@apollo-deploy/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { damagedText } from '../testing/damage.js';
import { readSessionToken, signSessionToken } from './session-token.js';
import { SpokeKey } from './spoke-key.js';

/** The same tokens each time; another number tries others. */
const SEED = 20_261_122;
const RUNS = 2000;

const KEY = SpokeKey.create();
const NOW = new Date('2026-01-05T09:00:00.000Z');
const IAT = NOW.getTime() / 1000;
const TOKEN = signSessionToken(KEY, {
  ...{ spoke: 'dev', hub: 'hub-1', id: 'id-0123456789abcdef', now: NOW },
});
const [HEADER = '', PAYLOAD = '', SIGNATURE = ''] = TOKEN.split('.');
const CLAIMS = { aud: 'hub-1', exp: IAT + 60, iat: IAT, jti: 'id-0123456789abcdef', sub: 'dev' };

const letsIn = (text: string): boolean => {
  const read = readSessionToken(text);
  return read.ok && read.value.isSignedBy(KEY.publicKey);
};

describe('a session token that was changed', () => {
  it('lets nobody in, whatever happens to its text', () => {
    const damage = fc.record({
      at: fc.nat(TOKEN.length),
      drop: fc.nat(6),
      insert: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 4 }),
        fc.constantFrom('.', '=', '==', '\n', ' ', '+', '/', 'A', HEADER, PAYLOAD, SIGNATURE),
      ),
    });
    fc.assert(
      fc.property(damage, (one) => {
        const text = damagedText(TOKEN, one);
        expect(letsIn(text)).toBe(text === TOKEN);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('lets nobody in, whatever its parts are and in whichever order', () => {
    const part = fc.oneof(
      fc.constantFrom(HEADER, PAYLOAD, SIGNATURE, ''),
      fc.constantFrom('{"alg":"none"}', '{}', 'null').map(base64Url),
      fc.json({ maxDepth: 2 }).map(base64Url),
      fc.string({ maxLength: 100 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const text = parts.join('.');
        expect(letsIn(text)).toBe(text === TOKEN);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('says what its claims say and nothing else, whoever signs them', () => {
    let read = 0;
    const odd = fc.oneof(
      fc.constantFrom<Json>(null, true, 0, -1, 1.5, IAT, IAT + 1, '', 'dev-2', '../dev', 'hub-2'),
      fc.string({ maxLength: 80 }),
      fc.array(fc.string({ maxLength: 5 }), { maxLength: 2 }),
    );
    const member = fc.oneof(
      fc.constantFrom('aud', 'exp', 'iat', 'jti', 'sub'),
      fc.constantFrom('admin', 'nbf', '__proto__', 'constructor'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(member, odd), { maxLength: 3 }), (changes) => {
        const claims = { ...CLAIMS, ...Object.fromEntries(changes) } as Record<string, Json>;
        let payload: string;
        try {
          payload = base64Url(canonicalJson(claims));
        } catch (error) {
          // Half a character cannot be written at all.
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        const text = `${HEADER}.${payload}`;
        const token = readSessionToken(`${text}.${KEY.sign(text)}`);
        if (!token.ok) return;
        read += 1;
        const { spoke, hub, id, issuedAt, expiresAt } = token.value;
        const said = { aud: hub, exp: secondsOf(expiresAt), iat: secondsOf(issuedAt), jti: id };
        expect({ ...said, sub: spoke }).toEqual(claims);
        expect(secondsOf(expiresAt) - secondsOf(issuedAt)).toBeLessThanOrEqual(60);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect(read).toBeGreaterThan(RUNS / 20);
    expect(read).toBeLessThan(RUNS * 0.8);
  });
});

function base64Url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function secondsOf(instant: Date): number {
  return instant.getTime() / 1000;
}
