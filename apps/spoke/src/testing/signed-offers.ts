import { generateKeyPairSync } from 'node:crypto';
import type { Json } from '@apollo-deploy/kernel';
import {
  type PlanKey,
  type PlanOffer,
  privateKeyFrom,
  type SignedOffer,
  signPlan,
} from '@apollo-deploy/protocol';

const LONG_AGO = '2026-03-02T12:00:00.000Z';

/** A key to sign plans with that nobody has used before. */
export function aPlanKey(): PlanKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const read = privateKeyFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

/** The offer as a hub signs it, for spoke `dev` in cluster `cluster-1`; approved by `ada` as it is. */
export function signedOffer(
  offer: PlanOffer,
  key: PlanKey,
  change: Readonly<Record<string, Json>> = {},
): SignedOffer {
  const { planId, attempt, digest } = offer;
  const plan = {
    ...(offer as unknown as Record<string, Json>),
    ...{ audience: { spoke: 'dev', clusterUid: 'cluster-1' }, notBefore: LONG_AGO },
    ...{ chartBytes: null, approvals: approvedAs(digest) },
    ...change,
  };
  return { planId, attempt, envelope: signPlan(plan, [key]) };
}

/** What `ada` has said yes to. */
export function approvedAs(digest: string): Json {
  return [{ by: 'ada', roles: ['sre'], at: LONG_AGO, digest }];
}
