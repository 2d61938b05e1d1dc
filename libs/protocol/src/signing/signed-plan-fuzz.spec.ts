import { readFileSync } from 'node:fs';
import { canonicalJson, type Json, jsonDigest } from '@apollo-deploy/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { generateKeyPairSync } from 'node:crypto';
import { decodeHubFrame } from '../spoke/envelope.js';
import { damagedJson, type DamagedJson, damagedText, type JsonDamage } from '../testing/damage.js';
import { SpokeKey } from '../trust/spoke-key.js';
import { signSessionToken } from '../trust/session-token.js';
import { preAuthEncoding } from './dsse-envelope.js';
import { type PlanKey, privateKeyFrom } from './plan-key.js';
import { signEnvelope } from './sign-envelope.js';
import { openSignedPlan, SIGNED_PLAN_TYPE, signPlan } from './signed-plan.js';

/** The same envelopes each time; another number tries others. */
const SEED = 20_261_122;
const RUNS = 1500;
const FIXTURES = new URL('../../fixtures/v1/hub/', import.meta.url);

function aKey(): PlanKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const read = privateKeyFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const [KEY, STRANGER] = [aKey(), aKey()];
const SIGNERS = { keys: [KEY], threshold: 1 };
const fixture = (file: string) =>
  JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8')) as { p: Record<string, Json> };
const OFFER = fixture('plan.offer.json').p;
const PLAN: Record<string, Json> = {
  ...OFFER,
  digest: jsonDigest(OFFER['content'] ?? null),
  audience: { spoke: 'dev', clusterUid: 'uid-of-kube-system' },
  notBefore: '2026-11-21T10:15:30.250Z',
  chartBytes: 1234,
  approvals: [],
};
const ENVELOPE = signPlan(PLAN, [KEY]);
const FRAME = {
  ...fixture('plan.offer+signed.json'),
  p: { planId: 'plan-1', attempt: 1, envelope: ENVELOPE },
} as unknown as DamagedJson;
const TEXT = canonicalJson(PLAN);

const odd: fc.Arbitrary<DamagedJson> = fc.oneof(
  fc.constantFrom<DamagedJson>(null, true, 0, 1, -1, 2, '', [], {}, 'install', 'prod', '__proto__'),
  fc.constantFrom<DamagedJson>(ENVELOPE.payload, ENVELOPE.payloadType, 'A'.repeat(88)),
  fc.constantFrom<DamagedJson>(structuredClone(ENVELOPE) as unknown as DamagedJson),
  fc.string({ maxLength: 90 }),
);
const damage: fc.Arbitrary<JsonDamage> = fc.record({
  at: fc.nat(1000),
  how: fc.constantFrom('replace' as const, 'remove' as const, 'add' as const, 'repeat' as const),
  value: odd,
});
const cut = fc.record({
  at: fc.nat(5000),
  drop: fc.nat(12),
  insert: fc.string({ unit: 'binary', maxLength: 4 }),
});

/** Whether what was offered still holds the bytes that were signed, as what they were signed as. */
function isWhole({ payloadType, payload, signatures }: typeof ENVELOPE): boolean {
  const [{ sig }] = ENVELOPE.signatures as [{ sig: string }];
  const isSame = payloadType === SIGNED_PLAN_TYPE && payload === ENVELOPE.payload;
  return isSame && signatures.some((one) => one.sig === sig);
}

describe('a signed offer that was changed on its way', () => {
  it('is read where the very bytes and a signature of them are there, and nowhere else', () => {
    let [read, refused] = [0, 0];
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 3 }), (damages) => {
        const frame = decodeHubFrame(JSON.stringify(damagedJson(FRAME, damages)));
        if (!frame.ok || frame.value.t !== 'plan.offer' || !('envelope' in frame.value.p)) return;
        const { envelope } = frame.value.p;
        const opened = openSignedPlan(envelope, SIGNERS);
        read += opened.ok ? 1 : 0;
        refused += opened.ok ? 0 : 1;
        expect(opened.ok).toBe(isWhole(envelope));
        if (opened.ok) expect(opened.value).toEqual(PLAN);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    // Neither everything nor nothing.
    expect(read).toBeGreaterThan(RUNS / 100);
    expect(refused).toBeGreaterThan(RUNS / 100);
  });

  it('is refused after any damage to the text of its payload or signature', () => {
    fc.assert(
      fc.property(cut, fc.constantFrom('payload' as const, 'sig' as const), (one, member) => {
        const [first] = ENVELOPE.signatures as [{ keyid: string; sig: string }];
        const good = member === 'payload' ? ENVELOPE.payload : first.sig;
        const changed = damagedText(good, one);
        const envelope =
          member === 'payload'
            ? { ...ENVELOPE, payload: changed }
            : { ...ENVELOPE, signatures: [{ ...first, sig: changed }] };
        expect(openSignedPlan(envelope, SIGNERS).ok).toBe(changed === good);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('is refused after any damage to what is signed, whoever signs it again', () => {
    fc.assert(
      fc.property(cut, fc.boolean(), (one, byStranger) => {
        const text = damagedText(TEXT, one);
        const key = byStranger ? STRANGER : KEY;
        const envelope = signEnvelope(SIGNED_PLAN_TYPE, Buffer.from(text), [key]);
        const opened = openSignedPlan(envelope, SIGNERS);
        if (byStranger) expect(opened).toMatchObject({ error: { code: 'signature' } });
        // Whoever has the key may sign what is a plan: it is read as it is written, or not at all.
        else if (opened.ok) expect(canonicalJson(opened.value as unknown as Json)).toBe(text);
        else expect(['not_canonical', 'not_a_plan']).toContain(opened.error.code);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('has eight signatures at most, so that nobody is made to verify more', () => {
    const frame = (count: number) => {
      const signatures = Array.from({ length: count }, () => ENVELOPE.signatures[0]);
      const envelope = { ...ENVELOPE, signatures };
      return JSON.stringify({ ...(FRAME as object), p: { planId: 'p', attempt: 1, envelope } });
    };
    expect([8, 9].map((count) => decodeHubFrame(frame(count)).ok)).toEqual([true, false]);
  });
});

describe('a key for something else', () => {
  const KEY_OF_A_SPOKE = SpokeKey.create();
  const asPlanKey = (): PlanKey => {
    const read = privateKeyFrom(KEY_OF_A_SPOKE.toPem());
    if (!read.ok) throw new Error(read.error);
    return read.value;
  };

  it('signs no plans', () => {
    const envelope = signPlan(PLAN, [asPlanKey()]);
    expect(openSignedPlan(envelope, SIGNERS)).toMatchObject({ error: { code: 'signature' } });
  });

  it('signs none even where it is trusted by mistake: a session token is no plan', () => {
    const signers = { keys: [asPlanKey()], threshold: 1 };
    const subject = { spoke: 'dev', hub: 'hub-1', id: 'id-0123456789abcdef', now: new Date(0) };
    const [header = '', claims = '', signature = ''] = signSessionToken(
      KEY_OF_A_SPOKE,
      subject,
    ).split('.');
    const sig = Buffer.from(signature, 'base64url').toString('base64');
    for (const payload of [`${header}.${claims}`, claims, header, TEXT]) {
      const envelope = {
        payloadType: SIGNED_PLAN_TYPE,
        payload: Buffer.from(payload).toString('base64'),
        signatures: [{ sig }],
      };
      expect(openSignedPlan(envelope, signers)).toMatchObject({ error: { code: 'signature' } });
    }
    // What is signed of a plan begins as no token does.
    expect(Buffer.from(preAuthEncoding(SIGNED_PLAN_TYPE, Buffer.from(TEXT))).toString()).toMatch(
      /^DSSEv1 /,
    );
  });
});
