import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Json } from '@apollo-deploy/kernel';
import {
  keySetOf,
  type PlanKey,
  privateKeyFrom,
  type SignedOffer,
  signKeySet,
  signPlan,
} from '@apollo-deploy/protocol';
import { checkOffer } from '../execution/offer-checks.js';
import { anOffer, asCover } from '../testing/plan-offers.js';
import { openOffer } from './open-offer.js';
import type { TrustNow } from './trusted-keys.js';

function aKey(): PlanKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const read = privateKeyFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

const [KEY, OLD, OTHER, STRANGER] = [aKey(), aKey(), aKey(), aKey()];
const NOW = '2026-03-02T12:00:00.000Z';
const OFFER = anOffer();
const READER = {
  ...{ trust: trusting([KEY]), spoke: 'dev', clusterUid: 'cluster-1' },
  ...{ hubNow: new Date(NOW), ownNow: new Date(NOW) },
};

function trusting(keys: readonly PlanKey[], change: Partial<TrustNow> = {}): TrustNow {
  return { version: 3, signers: { keys, threshold: 1 }, former: [], ended: null, ...change };
}

function signed(change: Record<string, Json> = {}, ...keys: readonly PlanKey[]): SignedOffer {
  const plan = {
    ...(OFFER as unknown as Record<string, Json>),
    ...{ audience: { spoke: 'dev', clusterUid: 'cluster-1' }, notBefore: NOW },
    ...{ chartBytes: null, approvals: [] },
    ...change,
  };
  return {
    planId: OFFER.planId,
    attempt: 1,
    envelope: signPlan(plan, keys.length === 0 ? [KEY] : keys),
  };
}

const approvedWith = (digest: string): Json => [{ by: 'ada', roles: ['sre'], at: NOW, digest }];

describe('what a hub offers', () => {
  it('is read if a trusted key has signed it for this spoke in this cluster', () => {
    const expected = { ok: true, value: { offer: { ...OFFER, approvals: [] }, lapsed: null } };
    expect(openOffer(signed(), READER)).toEqual(expected);
  });

  it('is read with the size that its chart was signed to have', () => {
    expect(openOffer(signed({ chartBytes: 1234 }), READER)).toMatchObject({
      value: { offer: { chartBytes: 1234 } },
    });
  });

  it('is read as it is where no key is trusted, as in a simulated fleet', () => {
    const expected = { ok: true, value: { offer: OFFER, lapsed: null } };
    expect(openOffer(OFFER, { ...READER, trust: null })).toEqual(expected);
  });

  it.each([
    { name: 'is not signed', offer: OFFER, reason: 'NotSigned' },
    {
      name: 'is signed, and plain beside it',
      offer: { ...signed(), ...OFFER },
      reason: 'NotSigned',
    },
    { name: 'a stranger has signed', offer: signed({}, STRANGER), reason: 'SignatureInvalid' },
    {
      name: 'is for another spoke',
      offer: signed({ audience: { spoke: 'prod', clusterUid: 'cluster-1' } }),
      reason: 'OtherAudience',
    },
    {
      name: 'is for a spoke of this name in another cluster',
      offer: signed({ audience: { spoke: 'dev', clusterUid: 'cluster-2' } }),
      reason: 'OtherAudience',
    },
    { name: 'names another plan', offer: { ...signed(), planId: 'plan-2' }, reason: 'OtherPlan' },
    { name: 'names another attempt', offer: { ...signed(), attempt: 2 }, reason: 'OtherPlan' },
    {
      name: 'counts from later on',
      offer: signed({ notBefore: '2026-03-02T12:05:00.001Z' }),
      reason: 'NotYetValid',
    },
    {
      name: 'counts from no instant',
      offer: signed({ notBefore: 'soon' }),
      reason: 'NotYetValid',
    },
  ])('is refused if it $name', ({ offer, reason }) => {
    expect(openOffer(offer, READER)).toMatchObject({ ok: false, error: { reason } });
  });

  it('is read if it counts from a moment on that clocks may be apart', () => {
    const offer = signed({ notBefore: '2026-03-02T12:05:00.000Z' });
    expect(openOffer(offer, READER).ok).toBe(true);
  });

  it('is refused without keys to check a signature by, with what to do', () => {
    const opened = openOffer(signed(), { ...READER, trust: null });
    expect(opened).toMatchObject({ ok: false, error: { reason: 'NoTrustedKeys' } });
  });
});

describe('what people approved', () => {
  const cover = asCover(anOffer({ planId: 'plan-0', release: 'web', values: { replicas: 2 } }));

  it.each([
    { name: 'this content', approvals: approvedWith(OFFER.digest), reason: undefined },
    { name: 'nothing', approvals: [], reason: undefined },
    {
      name: 'what was offered before its values changed',
      approvals: approvedWith('0'.repeat(64)),
      reason: 'ApprovalOfOtherContent',
    },
    {
      name: 'a plan that does not cover this one',
      approvals: approvedWith(cover.digest ?? ''),
      reason: 'ApprovalOfOtherContent',
    },
  ])('counts for a plan if it was $name: $reason', ({ approvals, reason }) => {
    const opened = openOffer(signed({ approvals }), READER);
    if (!opened.ok) throw new Error(opened.error.message);
    expect(checkOffer(opened.value.offer, 'dev')?.reason).toBe(reason);
  });
});

describe('a hub that says it is earlier than it is', () => {
  it.each([
    { name: 'at the instant it expires', ownNow: '2026-03-02T12:02:00.000Z', lapsed: false },
    { name: 'five minutes later', ownNow: '2026-03-02T12:07:00.000Z', lapsed: false },
    { name: 'a millisecond after that', ownNow: '2026-03-02T12:07:00.001Z', lapsed: true },
    { name: 'a year later', ownNow: '2027-03-02T12:00:00.000Z', lapsed: true },
  ])('brings no signed plan back to life: $name, lapsed is $lapsed', ({ ownNow, lapsed }) => {
    const opened = openOffer(signed(), { ...READER, ownNow: new Date(ownNow) });
    if (!opened.ok) throw new Error(opened.error.message);
    expect(opened.value.lapsed !== null).toBe(lapsed);
    if (opened.value.lapsed === null) return;
    expect(opened.value.lapsed).toEqual({
      alarm: null,
      message: `the plan was good until 2026-03-02T12:02:00.000Z, and it is ${ownNow} by the clock of this spoke, whatever the hub says; if the plan was made just now, set the clocks`,
    });
  });

  it('is believed where no signature is needed', () => {
    const ownNow = new Date('2027-03-02T12:00:00.000Z');
    const opened = openOffer(OFFER, { ...READER, trust: null, ownNow });
    expect(opened).toMatchObject({ ok: true, value: { lapsed: null } });
  });
});

describe('what was signed before the keys were changed', () => {
  const former = [{ keys: [OLD, OTHER], threshold: 2 }];
  const trust = trusting([KEY], { former });

  it('has lapsed, and people hear of it', () => {
    const opened = openOffer(signed({}, OLD, OTHER), { ...READER, trust });
    expect(opened).toMatchObject({
      ok: true,
      value: {
        offer: { planId: OFFER.planId },
        lapsed: {
          message:
            'the keys that signed the plan do not count any more by key set 3; the hub makes it anew',
          alarm: { reason: 'KeyRetired' },
        },
      },
    });
  });

  it('is nothing to hear of once its time is over anyway', () => {
    const late = { ...READER, trust, hubNow: new Date(OFFER.expiresAt) };
    const opened = openOffer(signed({}, OLD, OTHER), late);
    expect(opened).toMatchObject({ ok: true, value: { lapsed: { alarm: null } } });
  });

  it('goes where a key that still counts has signed it as well', () => {
    const opened = openOffer(signed({}, OLD, KEY), { ...READER, trust });
    expect(opened).toMatchObject({ ok: true, value: { lapsed: null } });
  });

  it.each([
    { name: 'too few of the keys of then', keys: [OLD] },
    { name: 'one of them twice', keys: [OLD, { ...OLD, keyid: OTHER.keyid }] },
    { name: 'one of them and a stranger', keys: [OLD, STRANGER] },
    { name: 'a stranger in their name', keys: [{ ...STRANGER, keyid: OLD.keyid }] },
  ])('is refused like any other if it was signed by $name', ({ keys }) => {
    const opened = openOffer(signed({}, ...keys), { ...READER, trust });
    expect(opened).toMatchObject({ ok: false, error: { reason: 'SignatureInvalid' } });
  });

  it('is refused if it is for somebody else, whoever signed it', () => {
    const change = { audience: { spoke: 'prod', clusterUid: 'cluster-1' } };
    const opened = openOffer(signed(change, OLD, OTHER), { ...READER, trust });
    expect(opened).toMatchObject({ ok: false, error: { reason: 'OtherAudience' } });
  });

  it('has lapsed as well where the keys have come to their end', () => {
    const ended = trusting([KEY], { ended: '2026-03-01T00:00:00Z' });
    expect(openOffer(signed(), { ...READER, trust: ended })).toMatchObject({
      ok: true,
      value: { lapsed: { alarm: null, message: expect.stringContaining('sign the next one') } },
    });
  });
});

describe('where two have to sign', () => {
  const trust = trusting([], { signers: { keys: [KEY, OTHER], threshold: 2 } });

  it.each([
    { name: 'both, and a stranger', keys: [OTHER, STRANGER, KEY], ok: true },
    { name: 'one of them', keys: [KEY], ok: false },
    { name: 'one of them twice', keys: [KEY, { ...KEY, keyid: OTHER.keyid }], ok: false },
    { name: 'one of them and a key that was never trusted', keys: [KEY, STRANGER], ok: false },
  ])('a plan signed by $name is read: $ok', ({ keys, ok }) => {
    expect(openOffer(signed({}, ...keys), { ...READER, trust }).ok).toBe(ok);
  });

  it('a plan that nobody signed is refused', () => {
    const offer = signed();
    const unsigned = { ...offer, envelope: { ...offer.envelope, signatures: [] } };
    expect(openOffer(unsigned, { ...READER, trust })).toMatchObject({
      error: { reason: 'SignatureInvalid' },
    });
  });

  it('a key set is no plan', () => {
    const set = keySetOf({ version: 4, threshold: 2, keys: [KEY, OTHER] });
    const envelope = signKeySet(set, [KEY, OTHER]);
    expect(
      openOffer({ planId: 'plan-1', attempt: 1, envelope }, { ...READER, trust }),
    ).toMatchObject({
      error: { reason: 'OtherPayloadType' },
    });
    const disguised = { ...envelope, payloadType: signed().envelope.payloadType };
    expect(
      openOffer({ planId: 'plan-1', attempt: 1, envelope: disguised }, { ...READER, trust }),
    ).toMatchObject({ error: { reason: 'SignatureInvalid' } });
  });
});
