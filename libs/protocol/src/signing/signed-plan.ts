import {
  canonicalJson,
  err,
  InvariantViolation,
  type Json,
  ok,
  type Result,
} from '@apollo-deploy/kernel';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { PlanOffer } from '../spoke/plan-offer.js';
import { closed, parseCanonical } from './canonical-payload.js';
import type { DsseEnvelope } from './dsse-envelope.js';
import type { PlanKey } from './plan-key.js';
import { signEnvelope } from './sign-envelope.js';
import { type SignatureRefusal, type Signers, verifyEnvelope } from './verify-envelope.js';

/** The only type under which plans are signed. */
export const SIGNED_PLAN_TYPE = 'application/vnd.apollo.plan.v1+json';

/** What a hub signs: the offer, for whom it is, from when it counts, and who has approved it. */
export const SignedPlan = Type.Object({
  ...PlanOffer.properties,
  audience: Type.Object({
    spoke: Type.String({ maxLength: 63 }),
    /** UID of the kube-system namespace of the cluster in which alone it may be carried out. */
    clusterUid: Type.String({ minLength: 1, maxLength: 64 }),
  }),
  /** Before this instant it does not count. RFC 3339. */
  notBefore: Type.String({ maxLength: 40 }),
  /** Size of the chart archive, in bytes; null: there is none. */
  chartBytes: Type.Union([Type.Null(), Type.Integer({ minimum: 0 })]),
  approvals: PlanOffer.properties.approvals,
});
export type SignedPlan = Static<typeof SignedPlan>;

export interface SignedPlanRefusal {
  readonly code: SignatureRefusal['code'] | 'not_canonical' | 'not_a_plan';
  readonly message: string;
}

const signedPlan = Compile(closed(SignedPlan));

/** Signs a plan, as canonical JSON. Throws `InvariantViolation` for what no spoke would take for one. */
export function signPlan(
  plan: Readonly<Record<string, Json>>,
  keys: readonly PlanKey[],
): DsseEnvelope {
  const text = canonicalJson(plan);
  // By its text: what is undefined is not signed.
  if (!signedPlan.Check(JSON.parse(text))) {
    throw new InvariantViolation(`what is to be signed is not a plan${firstError(plan)}`);
  }
  return signEnvelope(SIGNED_PLAN_TYPE, Buffer.from(text, 'utf8'), keys);
}

/**
 * The plan in an envelope, read only after its signatures are verified. Refused as well is what has
 * more than one way to be read: members twice or unknown, numbers and texts not written canonically.
 */
export function openSignedPlan(
  envelope: DsseEnvelope,
  signers: Signers,
): Result<SignedPlan, SignedPlanRefusal> {
  const verified = verifyEnvelope(envelope, SIGNED_PLAN_TYPE, signers);
  if (!verified.ok) return verified;
  const value = parseCanonical(verified.value);
  if (value === undefined) {
    return err({ code: 'not_canonical', message: 'what is signed is not canonical JSON' });
  }
  if (signedPlan.Check(value)) return ok(value);
  return err({ code: 'not_a_plan', message: `what is signed is not a plan${firstError(value)}` });
}

function firstError(value: unknown): string {
  const [first] = signedPlan.Errors(value);
  return first === undefined ? '' : `: ${first.instancePath || 'it'} ${first.message}`;
}
