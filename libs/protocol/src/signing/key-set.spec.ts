import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson, type Json, ok } from '@apollo-deploy/kernel';
import type { DsseEnvelope } from './dsse-envelope.js';
import {
  cosignKeySet,
  type KeySet,
  keySetOf,
  openKeySet,
  openOwnKeySet,
  signersOf,
  signKeySet,
  trustIn,
} from './key-set.js';
import { type PlanKey, privateKeyFrom } from './plan-key.js';
import { signEnvelope } from './sign-envelope.js';
import { openSignedPlan, SIGNED_PLAN_TYPE } from './signed-plan.js';

const KEY_SET_TYPE = 'application/vnd.apollo.key-set.v1+json';

function aKey(): PlanKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const read = privateKeyFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const [A, B, C, STRANGER] = [aKey(), aKey(), aKey(), aKey()];
const ONE_OF_ONE = signersOf(keySetOf({ version: 1, threshold: 1, keys: [A] }));
const TWO_OF_TWO = signersOf(keySetOf({ version: 1, threshold: 2, keys: [A, B] }));
const NEXT = keySetOf({ version: 2, threshold: 1, keys: [A, B] });

/** An envelope around any text, with signatures that are right. */
function around(
  text: string,
  keys: readonly PlanKey[] = [A, B],
  type = KEY_SET_TYPE,
): DsseEnvelope {
  return signEnvelope(type, Buffer.from(text), keys);
}

/** Signed besides by one more. */
function cosigned(envelope: DsseEnvelope, key: PlanKey): DsseEnvelope {
  const made = cosignKeySet(envelope, [key]);
  if (!made.ok) throw new Error(made.error.message);
  return made.value.envelope;
}

const changed = (change: Record<string, Json>): string => canonicalJson({ ...NEXT, ...change });

describe('a key set', () => {
  it('follows on one whose keys have signed it', () => {
    expect(openKeySet(signKeySet(NEXT, [A]), ONE_OF_ONE)).toEqual(ok(NEXT));
  });

  it('is signed by several, one after another, in any order', () => {
    const next = keySetOf({ version: 2, threshold: 2, keys: [B, C] });
    const envelope = cosigned(cosigned(signKeySet(next, [C]), A), B);
    expect(openKeySet(envelope, TWO_OF_TWO)).toEqual(ok(next));
    expect(cosigned(envelope, B).signatures).toHaveLength(3);
  });

  it.each([
    { name: 'a plan', envelope: around('{}', [], SIGNED_PLAN_TYPE), code: 'payload_type' },
    {
      name: 'a key set under the type of a plan',
      envelope: around(canonicalJson(NEXT), [], SIGNED_PLAN_TYPE),
      code: 'payload_type',
    },
    { name: 'a plan under its type', envelope: around('{"plan":1}', []), code: 'not_a_key_set' },
    { name: 'what is no JSON', envelope: around('keys', []), code: 'not_canonical' },
    {
      name: 'what is no base64',
      envelope: { ...signKeySet(NEXT, []), payload: '%%' },
      code: 'not_base64',
    },
  ])('is all that is signed besides: not $name', ({ envelope, code }) => {
    expect(cosignKeySet(envelope, [A])).toMatchObject({ ok: false, error: { code } });
  });

  it('vouches for itself where nothing is known before it', () => {
    expect(openOwnKeySet(signKeySet(NEXT, [B]))).toEqual(ok(NEXT));
    const stranger = openOwnKeySet(signKeySet(NEXT, [STRANGER]));
    expect(stranger).toMatchObject({ error: { code: 'own_signature' } });
  });

  it('is told by the ids of its keys', () => {
    const ending = { ...NEXT, expiresAt: '2027-01-01T00:00:00Z' };
    expect(trustIn(ending)).toEqual({
      ...{ version: 2, threshold: 1, keyIds: [A.keyid, B.keyid] },
      expiresAt: '2027-01-01T00:00:00Z',
    });
  });

  const signatures = (...keys: PlanKey[]): DsseEnvelope['signatures'] =>
    signKeySet(NEXT, keys).signatures;
  const [NAMED_A] = signatures(STRANGER).map(({ sig }) => ({ keyid: A.keyid, sig }));

  it.each([
    { name: 'nobody', envelope: signKeySet(NEXT, []) },
    { name: 'its own new key alone', envelope: signKeySet(NEXT, [B]) },
    { name: 'a stranger', envelope: signKeySet(NEXT, [STRANGER]) },
    {
      name: 'a stranger in the name of a trusted key',
      envelope: { ...signKeySet(NEXT, []), signatures: NAMED_A === undefined ? [] : [NAMED_A] },
    },
    {
      name: 'a trusted key, but for another set',
      envelope: {
        ...signKeySet(NEXT, []),
        signatures: signKeySet({ ...NEXT, version: 3 }, [A]).signatures,
      },
    },
    {
      name: 'a trusted key, but as a plan',
      envelope: {
        ...around(canonicalJson(NEXT), [A], SIGNED_PLAN_TYPE),
        payloadType: KEY_SET_TYPE,
      },
    },
  ])('is refused if it is signed by $name', ({ envelope }) => {
    const opened = openKeySet(envelope, ONE_OF_ONE);
    expect(opened).toMatchObject({ ok: false, error: { code: 'signature' } });
  });

  it.each([
    { name: 'one of them', keys: [A] },
    { name: 'one of them twice', keys: [A, { ...A, keyid: B.keyid }] },
    { name: 'one of them and a key that was taken out', keys: [A, C] },
  ])('is refused where two have to sign and $name did', ({ keys }) => {
    const opened = openKeySet(signKeySet(NEXT, keys), TWO_OF_TWO);
    expect(opened).toMatchObject({ ok: false, error: { code: 'signature' } });
  });

  it('is refused if nobody holds its own keys', () => {
    const next = keySetOf({ version: 2, threshold: 1, keys: [B] });
    const opened = openKeySet(signKeySet(next, [A]), ONE_OF_ONE);
    expect(opened).toMatchObject({ ok: false, error: { code: 'own_signature' } });
  });

  const [KEY_OF_A, KEY_OF_B] = NEXT.keys as [KeySet['keys'][0], KeySet['keys'][0]];
  it.each([
    { name: 'it is no JSON', text: 'keys', code: 'not_canonical' },
    {
      name: 'a member stands twice',
      text: canonicalJson(NEXT).replace('{', '{"version":2,'),
      code: 'not_canonical',
    },
    {
      name: 'its members stand in another order',
      text: JSON.stringify(NEXT),
      code: 'not_canonical',
    },
    { name: 'it has an unknown member', text: changed({ force: true }), code: 'not_a_key_set' },
    { name: 'its version is 0', text: changed({ version: 0 }), code: 'not_a_key_set' },
    { name: 'its version is a text', text: changed({ version: '2' }), code: 'not_a_key_set' },
    { name: 'it asks for no signature', text: changed({ threshold: 0 }), code: 'not_a_key_set' },
    {
      name: 'it asks for more than it has keys',
      text: changed({ threshold: 3 }),
      code: 'not_a_key_set',
    },
    { name: 'it has no keys', text: changed({ keys: [] }), code: 'not_a_key_set' },
    {
      name: 'it names a key twice',
      text: changed({ keys: [KEY_OF_A, KEY_OF_A] }),
      code: 'not_a_key_set',
    },
    {
      name: 'a key has the name of another one',
      text: changed({ keys: [KEY_OF_A, { ...KEY_OF_B, publicKey: KEY_OF_A.publicKey }] }),
      code: 'not_a_key_set',
    },
    {
      name: 'a key is for something else',
      text: changed({ keys: [{ ...KEY_OF_A, purpose: 'session' }] }),
      code: 'not_a_key_set',
    },
    { name: 'it ends at no instant', text: changed({ expiresAt: 'never' }), code: 'not_a_key_set' },
    {
      name: 'it ends on no day',
      text: changed({ expiresAt: '2027-02-31T25:00:00Z' }),
      code: 'not_a_key_set',
    },
  ])('is refused if $name, though the signatures are right', ({ text, code }) => {
    expect(openKeySet(around(text), ONE_OF_ONE)).toMatchObject({ ok: false, error: { code } });
    expect(openOwnKeySet(around(text))).toMatchObject({ ok: false, error: { code } });
  });

  it('is never taken for a plan, nor a plan for one', () => {
    const asPlan = { ...signKeySet(NEXT, [A]), payloadType: SIGNED_PLAN_TYPE };
    expect(openSignedPlan(signKeySet(NEXT, [A]), ONE_OF_ONE)).toMatchObject({
      error: { code: 'payload_type' },
    });
    expect(openSignedPlan(asPlan, ONE_OF_ONE)).toMatchObject({ error: { code: 'signature' } });
    const plan = around(canonicalJson(NEXT), [A, B], SIGNED_PLAN_TYPE);
    for (const opened of [openKeySet(plan, ONE_OF_ONE), openOwnKeySet(plan)]) {
      expect(opened).toMatchObject({ error: { code: 'payload_type' } });
    }
  });

  it('is not signed if it is none', () => {
    expect(() => signKeySet({ ...NEXT, threshold: 3 }, [A])).toThrow('it wants 3 signatures');
  });
});
