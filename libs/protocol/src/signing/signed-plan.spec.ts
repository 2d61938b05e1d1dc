import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson, jsonDigest, type Json, ok } from '@apollo-deploy/kernel';
import fc from 'fast-check';
import type { OfferedContent } from '../spoke/plan-offer.js';
import { type PlanKey, privateKeyFrom } from './plan-key.js';
import { signEnvelope } from './sign-envelope.js';
import { openSignedPlan, SIGNED_PLAN_TYPE, type SignedPlan, signPlan } from './signed-plan.js';

function aKey(): PlanKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const read = privateKeyFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const KEY = aKey();
const SIGNERS = { keys: [KEY], threshold: 1 };
const CONTENT: OfferedContent = {
  ...{ entity: 'web-dev', spoke: 'dev', namespace: 'shop', releaseName: 'web' },
  ...{ type: 'install', base: null, strategy: 'rolling', rolloutTimeoutSeconds: 300 },
  chart: { name: 'web', version: '1.0.0', sha256: 'a'.repeat(64) },
  valuesDigest: jsonDigest({ replicas: 2 }),
};
const PLAN: SignedPlan = {
  ...{ planId: 'plan-1', attempt: 1, content: CONTENT, digest: jsonDigest(CONTENT) },
  values: { replicas: 2 },
  audience: { spoke: 'dev', clusterUid: 'uid-of-kube-system' },
  notBefore: '2026-03-02T12:00:00.000Z',
  expiresAt: '2026-03-02T12:02:00.000Z',
  chartBytes: 1234,
  approvals: [
    {
      ...{ by: 'ada', roles: ['sre'], at: '2026-03-02T11:00:00.000Z' },
      digest: jsonDigest(CONTENT),
    },
  ],
};
const TEXT = canonicalJson(PLAN as unknown as Json);

/** An envelope around any text, with a signature that is right. */
function signed(text: string): ReturnType<typeof signEnvelope> {
  return signEnvelope(SIGNED_PLAN_TYPE, Buffer.from(text), [KEY]);
}

function changed(change: Record<string, Json>): string {
  return canonicalJson({ ...(PLAN as unknown as Record<string, Json>), ...change });
}

describe('a signed plan', () => {
  it('is read as it was signed', () => {
    expect(
      openSignedPlan(signPlan(PLAN as unknown as Record<string, Json>, [KEY]), SIGNERS),
    ).toEqual(ok(PLAN));
  });

  it('says by which break-glass it goes', () => {
    const glass = { id: 'glass-1', waives: ['window'], by: 'ann', reason: 'the till is down' };
    const plan = { ...PLAN, breakGlass: [{ ...glass, until: '2026-03-02T13:00:00.000Z' }] };
    const envelope = signPlan(plan as unknown as Record<string, Json>, [KEY]);
    expect(openSignedPlan(envelope, SIGNERS)).toEqual(ok(plan));
  });

  it('is not even looked into if the signature is not right', () => {
    const envelope = { ...signed('not JSON at all'), signatures: [] };
    expect(openSignedPlan(envelope, SIGNERS)).toMatchObject({ error: { code: 'signature' } });
  });

  it.each([
    { name: 'no JSON', text: 'not JSON', code: 'not_canonical' },
    { name: 'a member twice', text: `{"attempt":1,${TEXT.slice(1)}`, code: 'not_canonical' },
    { name: 'white space', text: ` ${TEXT}`, code: 'not_canonical' },
    {
      name: 'a number written another way',
      text: TEXT.replace('"attempt":1,', '"attempt":1.0,'),
      code: 'not_canonical',
    },
    {
      name: 'a number that no double holds',
      text: TEXT.replace('"chartBytes":1234', '"chartBytes":9007199254740993'),
      code: 'not_canonical',
    },
    { name: 'members in another order', text: JSON.stringify(PLAN), code: 'not_canonical' },
    {
      name: 'endless nesting',
      text: '['.repeat(400_000) + ']'.repeat(400_000),
      code: 'not_canonical',
    },
    { name: 'an unknown member', text: changed({ force: true }), code: 'not_a_plan' },
    {
      name: 'an unknown member of its content',
      text: changed({ content: { ...(CONTENT as unknown as Record<string, Json>), force: true } }),
      code: 'not_a_plan',
    },
    {
      name: 'an operation that nobody knows',
      text: changed({ content: { ...(CONTENT as unknown as Record<string, Json>), type: 'exec' } }),
      code: 'not_a_plan',
    },
    {
      name: 'base 0 instead of none',
      text: changed({ content: { ...(CONTENT as unknown as Record<string, Json>), base: 0 } }),
      code: 'not_a_plan',
    },
    {
      name: 'a huge timeout',
      text: changed({
        content: { ...(CONTENT as unknown as Record<string, Json>), rolloutTimeoutSeconds: 1e9 },
      }),
      code: 'not_a_plan',
    },
    { name: 'a digest of another length', text: changed({ digest: 'abc' }), code: 'not_a_plan' },
    { name: 'no audience', text: changed({ audience: {} }), code: 'not_a_plan' },
  ])('is refused with $name, though the signature is right', ({ text, code }) => {
    expect(openSignedPlan(signed(text), SIGNERS)).toMatchObject({ ok: false, error: { code } });
  });

  it('is never anything but a plan or a refusal, whatever is signed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.constant(TEXT)), (text) => {
        const opened = openSignedPlan(signed(text), SIGNERS);
        expect(opened.ok).toBe(text === TEXT);
      }),
      { numRuns: 200 },
    );
  });
});
