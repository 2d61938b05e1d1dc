import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { JwtVerifier } from '../src/jwt/jwt-verifier.js';
import { PublishedKeys } from './support/published-keys.js';

/** The same tokens each time; another number tries others. */
const SEED = 20_261_122;
const RUNS = 400;
const NOW = Date.parse('2026-03-01T12:00:00.000Z') / 1000;
const ISSUER = 'https://id.example.org';
const CLAIMS = { iss: ISSUER, aud: 'apollo', sub: 'ann', iat: NOW, exp: NOW + 300 };

const keys = new PublishedKeys();
let good = '';
let verifier: JwtVerifier;
beforeAll(async () => {
  await keys.listen();
  const { privateKey } = await keys.publish('k1');
  const header = { alg: 'ES256', kid: 'k1' };
  good = await new SignJWT(CLAIMS).setProtectedHeader(header).sign(privateKey);
  verifier = new JwtVerifier({
    config: {
      ...{ issuer: ISSUER, audience: 'apollo', keysUrl: keys.url },
      ...{ nameClaim: 'sub', rolesClaim: 'groups' },
    },
    clock: { now: () => new Date(NOW * 1000) },
    cooldownMs: 3_600_000,
  });
  expect(await verifier.verify(good)).toMatchObject({ name: 'ann' });
});
afterAll(() => keys.close());

const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('a JWT of a person that was changed', () => {
  it('is of nobody, whatever happens to what is signed', async () => {
    const [header = '', payload = '', signature = ''] = good.split('.');
    const odd = fc.record({
      at: fc.nat(good.length),
      drop: fc.nat(4),
      insert: fc.string({ unit: 'binary', maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(odd, async ({ at, drop, insert }) => {
        const text = `${header}.${payload}`;
        const from = at % (text.length + 1);
        const changed = text.slice(0, from) + insert + text.slice(from + drop);
        const holder = await verifier.verify(`${changed}.${signature}`);
        expect(holder?.name).toBe(changed === text ? 'ann' : undefined);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('is of nobody under any header and any claims that its key has not signed', async () => {
    const signature = good.split('.')[2] ?? '';
    const header = fc.record(
      {
        alg: fc.constantFrom('none', 'NONE', 'HS256', 'ES256', 'ES384', 'RS256', 'EdDSA', '', null),
        kid: fc.oneof(fc.constantFrom('k1', '../k1', 'http://127.0.0.1:1/k1', ''), fc.string()),
        typ: fc.constantFrom('JWT', 'at+jwt', 'logout+jwt', ''),
        crit: fc.constantFrom(['exp'], ['b64'], [], 'exp'),
        b64: fc.boolean(),
        zip: fc.constant('DEF'),
        jku: fc.webUrl(),
        x5u: fc.webUrl(),
      },
      { requiredKeys: [] },
    );
    const claims = fc.oneof(
      fc.constant({ ...CLAIMS, sub: 'admin' }),
      fc.record({ iss: fc.string(), aud: fc.string(), sub: fc.string(), exp: fc.integer() }),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const ends = fc.oneof(fc.constantFrom('', signature, 'A'.repeat(86)), fc.base64String());
    await fc.assert(
      fc.asyncProperty(header, claims, ends, async (head, body, end) => {
        const text = `${encoded(head)}.${encoded(body)}.${end}`;
        expect(await verifier.verify(text)).toBeUndefined();
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('is of nobody where it is no JWT at all', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .array(fc.base64String({ maxLength: 60 }), { maxLength: 6 })
        .map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (one) => {
        expect(await verifier.verify(one)).toBeUndefined();
      }),
      { seed: SEED, numRuns: RUNS },
    );
    for (const long of ['.'.repeat(1_000_000), `${good}${'A'.repeat(1_000_000)}`]) {
      expect(await verifier.verify(long)).toBeUndefined();
    }
  });

  it('made nobody ask for the keys again', () => {
    expect(keys.asked).toBe(1);
  });
});
