import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  type DsseEnvelope,
  type HubPayload,
  openSignedPlan,
  type SignedPlan,
} from '@apollo-deploy/protocol';
import type { OfferRefusal } from '../execution/offer-refusal.js';
import type { OpenedOffer } from '../execution/opened-offer.js';
import type { TrustNow } from './trusted-keys.js';

/** Who reads an offer, and when. */
export interface Reader {
  /** Whose signatures count here; null: offers need none. */
  readonly trust: TrustNow | null;
  /** The name under which the hub admitted this spoke. */
  readonly spoke: string;
  readonly clusterUid: string;
  /** By the clock of the hub, as it says. */
  readonly hubNow: Date;
  /** By the clock of this spoke. */
  readonly ownNow: Date;
}

/** What an offer says, and whether it may still be begun. */
export interface AdmittedOffer {
  readonly offer: OpenedOffer;
  /** Why it counts as expired; null: it does not. */
  readonly lapsed: Lapse | null;
}

export interface Lapse {
  readonly message: string;
  /** Signed, and in its time, by a key that was taken out: people are to hear of it. */
  readonly alarm: OfferRefusal | null;
}

/** Clocks may be apart by so much, in milliseconds. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const CURE = 'nothing was touched; find out who writes to the hub besides the hub itself';

/**
 * The offer in what came from the hub. Where signers are known, only what they have signed is read at
 * all, and only if it is for this spoke in this cluster. Of a refused one nothing can be believed, not
 * even which release it is for. One that was signed before the keys were changed has lapsed: it is not
 * begun, and made anew by the hub.
 */
export function openOffer(
  received: HubPayload<'plan.offer'>,
  reader: Reader,
): Result<AdmittedOffer, OfferRefusal> {
  const { trust } = reader;
  if (trust === null) {
    if ('content' in received) return ok({ offer: received, lapsed: null });
    return refuse(
      'NoTrustedKeys',
      'the plan is signed, and this spoke has no keys to check it by; give it APOLLO_SPOKE_TRUSTED_KEYS and start it again',
    );
  }
  if (!('envelope' in received) || 'content' in received) {
    return refuse(
      'NotSigned',
      `the plan is not signed, and this spoke carries out signed plans only; ${CURE}`,
    );
  }
  const plan = planIn(received.envelope, trust);
  if (!plan.ok) return plan;
  const { plan: signed, isFormer } = plan.value;
  const objection = objectionTo(signed, received, reader);
  if (objection !== null) return objection;
  const lapsed = tooLate(signed, reader.ownNow) ?? lapseOf(signed, isFormer, trust, reader.hubNow);
  return ok({ offer: offerIn(signed), lapsed });
}

const REASONS = {
  payload_type: 'OtherPayloadType',
  not_base64: 'SignatureInvalid',
  signature: 'SignatureInvalid',
  not_canonical: 'SignedPlanUnreadable',
  not_a_plan: 'SignedPlanUnreadable',
} as const;

/** By the keys that count, or by those that did. */
function planIn(
  envelope: DsseEnvelope,
  { signers, former }: TrustNow,
): Result<{ readonly plan: SignedPlan; readonly isFormer: boolean }, OfferRefusal> {
  const opened = openSignedPlan(envelope, signers);
  if (opened.ok) return ok({ plan: opened.value, isFormer: false });
  for (const before of opened.error.code === 'signature' ? former : []) {
    const plan = openSignedPlan(envelope, before);
    if (plan.ok) return ok({ plan: plan.value, isFormer: true });
  }
  return refuse(REASONS[opened.error.code], `${opened.error.message}; ${CURE}`);
}

/**
 * Whoever has a hub and not its key can say that it is earlier, and offer what expired long ago. So the
 * hub is believed as far as clocks may be apart.
 */
function tooLate({ expiresAt }: SignedPlan, ownNow: Date): Lapse | null {
  // Also for an instant that cannot be read.
  if (ownNow.getTime() - CLOCK_TOLERANCE_MS <= Date.parse(expiresAt)) return null;
  const message = `the plan was good until ${expiresAt}, and it is ${ownNow.toISOString()} by the clock of this spoke, whatever the hub says; if the plan was made just now, set the clocks`;
  return { message, alarm: null };
}

function lapseOf(
  { planId, expiresAt }: SignedPlan,
  isFormer: boolean,
  { version, ended }: TrustNow,
  hubNow: Date,
): Lapse | null {
  if (ended !== null) {
    const message = `key set ${version} counted until ${ended}; sign the next one (POST /api/v1/key-sets), and the plan is made anew`;
    return { message, alarm: null };
  }
  if (!isFormer) return null;
  const message = `the keys that signed the plan do not count any more by key set ${version}; the hub makes it anew`;
  const isInTime = hubNow.getTime() < Date.parse(expiresAt);
  const warning = `plan ${planId} came signed by keys that do not count any more by key set ${version}; if the hub had it under way when they were changed, all is well and it is made anew; if it comes again, somebody uses an old key`;
  return { message, alarm: isInTime ? { reason: 'KeyRetired', message: warning } : null };
}

function objectionTo(
  { audience, planId, attempt, notBefore }: SignedPlan,
  hint: { readonly planId: string; readonly attempt: number },
  { spoke, clusterUid, hubNow }: Reader,
): Result<never, OfferRefusal> | null {
  if (audience.spoke !== spoke || audience.clusterUid !== clusterUid) {
    const told = `spoke ${audience.spoke} in cluster ${audience.clusterUid}`;
    return refuse(
      'OtherAudience',
      `the plan is signed for ${told}, not for ${spoke} in ${clusterUid}; ${CURE}`,
    );
  }
  if (planId !== hint.planId || attempt !== hint.attempt) {
    return refuse(
      'OtherPlan',
      `what is signed is plan ${planId}, and it came as ${hint.planId}; ${CURE}`,
    );
  }
  // Also for an instant that cannot be read.
  if (hubNow.getTime() + CLOCK_TOLERANCE_MS >= Date.parse(notBefore)) return null;
  return refuse('NotYetValid', `the plan counts from ${notBefore} on only; ${CURE}`);
}

function offerIn(plan: SignedPlan): OpenedOffer {
  const { audience: _audience, notBefore: _from, chartBytes, ...offer } = plan;
  return {
    ...offer,
    ...(chartBytes !== null && { chartBytes }),
    // A hub that signs says by whose word a plan goes, be that nobody's.
    approvals: offer.approvals ?? [],
  };
}

function refuse(reason: string, message: string): Result<never, OfferRefusal> {
  return err({ reason, message });
}
