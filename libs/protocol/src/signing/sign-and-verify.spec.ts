import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ok } from '@apollo-deploy/kernel';
import fc from 'fast-check';
import { type DsseEnvelope, preAuthEncoding } from './dsse-envelope.js';
import { type PlanKey, privateKeyFrom, publicHalf, publicKeyFrom } from './plan-key.js';
import { signEnvelope } from './sign-envelope.js';
import { verifyEnvelope } from './verify-envelope.js';

const TYPE = 'application/vnd.example+json';
const BYTES = Buffer.from('{"a":1}');

function aKey(): PlanKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const read = privateKeyFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function trusted(key: PlanKey): PlanKey {
  const read = publicKeyFrom(publicHalf(key));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const [ONE, TWO, STRANGER] = [aKey(), aKey(), aKey()];
const SIGNERS = { keys: [trusted(ONE), trusted(TWO)], threshold: 1 };

describe('the encoding that is signed', () => {
  it('is the one of the published test vector of DSSE', () => {
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(Buffer.from(encoded).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    const coordinate = (decimal: string): string =>
      Buffer.from(BigInt(decimal).toString(16).padStart(64, '0'), 'hex').toString('base64url');
    const x = '46950820868899156662930047687818585632848591499744589407958293238635476079160';
    const y = '5640078356564379163099075877009565129882514886557779369047442380624545832820';
    const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(x), y: coordinate(y) };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const sig =
      'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==';
    const signature = Buffer.from(sig, 'base64');
    expect(verify('sha256', encoded, { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
  });

  it('counts the bytes of a type and not its characters', () => {
    const encoded = preAuthEncoding('é', Buffer.from([0xff]));
    expect(Buffer.from(encoded)).toEqual(
      Buffer.concat([Buffer.from('DSSEv1 2 é 1 '), Buffer.from([0xff])]),
    );
  });
});

describe('an envelope', () => {
  it('yields the very bytes that were signed', () => {
    const envelope = signEnvelope(TYPE, BYTES, [ONE]);
    expect(verifyEnvelope(envelope, TYPE, SIGNERS)).toEqual(ok(BYTES));
  });

  it.each<{ name: string; envelope: DsseEnvelope; code: string; threshold?: number }>([
    { name: 'no signature', envelope: signEnvelope(TYPE, BYTES, []), code: 'signature' },
    {
      name: 'no signature, and none wanted',
      ...{ envelope: signEnvelope(TYPE, BYTES, []), threshold: 0, code: 'signature' },
    },
    { name: "a stranger's", envelope: signEnvelope(TYPE, BYTES, [STRANGER]), code: 'signature' },
    {
      name: "a stranger's that names a trusted key",
      envelope: signEnvelope(TYPE, BYTES, [{ ...STRANGER, keyid: ONE.keyid }]),
      code: 'signature',
    },
    {
      name: 'the signature of another payload',
      envelope: { ...signEnvelope(TYPE, BYTES, [ONE]), payload: btoa('{"a":2}') },
      code: 'signature',
    },
    {
      name: 'another type than it was signed as',
      envelope: { ...signEnvelope('text/plain', BYTES, [ONE]), payloadType: TYPE },
      code: 'signature',
    },
    {
      name: 'another type',
      envelope: signEnvelope('text/plain', BYTES, [ONE]),
      code: 'payload_type',
    },
    {
      name: 'the payload written another way',
      envelope: { ...signEnvelope(TYPE, BYTES, [ONE]), payload: `${btoa('{"a":1}')}\n` },
      code: 'not_base64',
    },
    {
      name: 'one signer twice where two are needed',
      envelope: signEnvelope(TYPE, BYTES, [ONE, { ...ONE, keyid: TWO.keyid }]),
      ...{ threshold: 2, code: 'signature' },
    },
  ])('is refused with $name', ({ envelope, code, threshold = 1 }) => {
    const verified = verifyEnvelope(envelope, TYPE, { ...SIGNERS, threshold });
    expect(verified).toMatchObject({ ok: false, error: { code } });
  });

  it('needs different keys where two are needed, and takes them in any order', () => {
    const both = { ...SIGNERS, threshold: 2 };
    const envelope = signEnvelope(TYPE, BYTES, [TWO, STRANGER, ONE]);
    expect(verifyEnvelope(envelope, TYPE, both)).toEqual(ok(BYTES));
  });

  it('passes under no change of a single bit', () => {
    const envelope = signEnvelope(TYPE, BYTES, [ONE]);
    const [{ sig }] = envelope.signatures as [{ sig: string }];
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.nat(7), (inPayload, at, bit) => {
        const bytes = Buffer.from(inPayload ? envelope.payload : sig, 'base64');
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        const text = bytes.toString('base64');
        const changed = inPayload
          ? { ...envelope, payload: text }
          : { ...envelope, signatures: [{ sig: text }] };
        expect(verifyEnvelope(changed, TYPE, SIGNERS).ok).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a key', () => {
  it('has the same name in both halves', () => {
    expect(trusted(ONE).keyid).toBe(ONE.keyid);
  });

  it('is refused if it is no Ed25519 key', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(privateKeyFrom(pem).ok).toBe(false);
    expect(publicKeyFrom(publicKey.export({ type: 'spki', format: 'pem' }).toString()).ok).toBe(
      false,
    );
    expect(privateKeyFrom('nothing').ok).toBe(false);
  });

  it('is not taken for a public one if it is private', () => {
    const pem = ONE.key.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(publicKeyFrom(pem).ok).toBe(false);
  });
});
