import {
  headOf,
  removalWasInterrupted,
  runsHooks,
  type ReleaseRecord,
  type ReleaseState,
} from '@apollo-deploy/helm';
import { jsonDigest } from '@apollo-deploy/kernel';
import type { OfferedContent, PlanOffer, PlanVerdict } from '@apollo-deploy/protocol';
import type { HolderState } from './judge-holder.js';
import {
  isLeftover,
  leftHead,
  verdictOf,
  type LedgerClaim,
  type LedgerEntry,
  type LedgerVerdict,
} from './ledger-entry.js';
import type { OfferRefusal } from './offer-refusal.js';
import { headEvidence } from './plan-evidence.js';
import {
  baseMoved,
  isDeadLock,
  isEffectOf,
  isGone,
  isMadeBy,
  isUntouched,
  lockedBySomebody,
  mayBeForgotten,
  notOurs,
  unreadable,
} from './plan-facts.js';
import { declined, ledgerLost, refused, unknown } from './verdicts.js';

/** What an offer is met with, by what the ledger says of its release. */
export type FirstStep =
  /** It has its verdict. */
  | { readonly do: 'tell'; readonly verdict: LedgerVerdict }
  /** It ends here: nothing was touched, and nothing will be. */
  | { readonly do: 'end'; readonly verdict: PlanVerdict }
  /** Nobody has claimed the release. */
  | { readonly do: 'begin' }
  /** A dead process had claimed it for this plan. */
  | { readonly do: 'resume'; readonly left: LedgerClaim }
  /** A dead process had claimed it for another plan, whose end comes first. */
  | { readonly do: 'settle'; readonly left: LedgerClaim }
  /** Somebody else may be at work on it. */
  | { readonly do: 'wait_for_holder'; readonly claim: LedgerClaim; readonly why: string }
  /** What is offered is not what was claimed. */
  | { readonly do: 'wait'; readonly why: string };

export interface OfferFacts {
  readonly refusal: OfferRefusal | null;
  /** Of whoever holds the claim; of nobody: dead. */
  readonly holder: HolderState;
}

/** Pure. A verdict that stands comes first, then whoever holds the claim, then the offer itself. */
export function firstStep(offer: PlanOffer, entry: LedgerEntry, facts: OfferFacts): FirstStep {
  const { planId, digest } = offer;
  const { refusal, holder } = facts;
  const { claim } = entry;
  const known = verdictOf(entry, planId);
  if (known !== undefined) return { do: 'tell', verdict: known };
  if (claim === null) {
    if (refusal === null) return { do: 'begin' };
    return { do: 'end', verdict: refused(refusal.reason, refusal.message) };
  }
  if (holder.state !== 'dead') return { do: 'wait_for_holder', claim, why: holder.why };
  if (claim.planId !== planId) return { do: 'settle', left: claim };
  if (refusal === null && jsonDigest(claim.content) === digest)
    return { do: 'resume', left: claim };
  const why = `plan ${planId} was claimed with other content than is offered now (${refusal?.message ?? 'the digests differ'}); find out who changed it`;
  return { do: 'wait', why };
}

/** What becomes of an unclaimed plan, by what was seen of its release. */
export type BeforeClaim =
  | {
      readonly do: 'end';
      readonly verdict: PlanVerdict;
      /** The head, if nobody can be at work on it. */
      readonly left: ReleaseRecord | null;
    }
  | { readonly do: 'wait'; readonly why: string }
  | {
      readonly do: 'claim';
      /** The release already is what the plan makes of it. */
      readonly done: boolean;
      /** Whoever left the release locked is proven dead. */
      readonly deadHolder: boolean;
    };

/** Pure. `late`: why the plan is not begun any more. Its effect, if it is there, comes before all. */
export function beforeClaim(
  offer: PlanOffer,
  entry: LedgerEntry,
  state: ReleaseState,
  late: PlanVerdict | null,
): BeforeClaim {
  const done = isEffectOf(offer, state);
  const no = done ? null : (late ?? objections(offer.content, state));
  const locked = lockedBySomebody(entry, state);
  if (no !== null) {
    const verdict = mayBeForgotten(offer, entry, state) ? ledgerLost(no) : no;
    return { do: 'end', verdict, left: leftHead(state, locked === null) };
  }
  if (locked !== null) return { do: 'wait', why: locked };
  return { do: 'claim', done, deadHolder: isDeadLock(entry, null, state) };
}

/** What there is against a release as it was found, the first thing. */
function objections(content: OfferedContent, state: ReleaseState): PlanVerdict | null {
  return unreadable(state) ?? baseMoved(content, state) ?? notOurs(content, state);
}

/** A cancellation counts until Helm has touched the release; null: it does not, or there is none. */
export function cancelledInTime(
  { content }: PlanOffer,
  state: ReleaseState,
  cancelReason: string | null,
): PlanVerdict | null {
  if (cancelReason === null || !isUntouched(content, state)) return null;
  return declined('cancelled', `cancelled before Helm began: ${cancelReason}`);
}

/**
 * The verdict on a removal that died with its holder where hooks run before or after it: going through
 * with it would run them again, so the plan ends; the next one may, on somebody's decision. Null where
 * there are none, or none was under way.
 */
export function doubtfulRemoval(
  entry: LedgerEntry,
  { planId, content }: LedgerClaim,
  state: ReleaseState,
): PlanVerdict | null {
  const head = headOf(state);
  // An installation removes first what never worked.
  const removes = content.type === 'uninstall' || content.type === 'install';
  if (!removes || head === null || !isCutOffRemoval(state, head)) return null;
  if (isLeftover(entry, head) || !runsHooks('uninstall', head)) return null;
  const message = `plan ${planId} was cut off while it removed release ${content.releaseName} in ${content.namespace}; its hooks may or may not have run: look at what they do, then end the plan by hand; the next uninstallation goes through with it, and runs them again`;
  return unknown(message, headEvidence(head));
}

/** As Helm left it, or as a process that died since had repaired it. */
function isCutOffRemoval(state: ReleaseState, head: ReleaseRecord): boolean {
  return (state.kind === 'locked' && state.by === 'uninstall') || removalWasInterrupted(head);
}

/** What came of a plan that a dead process had claimed and that nobody offers again. */
export type AbandonedEnd =
  | { readonly next: 'end'; readonly verdict: PlanVerdict }
  | { readonly next: 'verify'; readonly head: ReleaseRecord }
  | { readonly next: 'verify_removal' };

/** Pure: nothing is run for such a plan, so what is there has to tell. */
export function abandonedEnd({ content, planId }: LedgerClaim, state: ReleaseState): AbandonedEnd {
  const head = headOf(state);
  const evidence = headEvidence(head);
  const release = `${content.releaseName} in ${content.namespace}`;
  // There was a release when it was claimed: whoever removed it, that is what the plan asked for.
  if (content.type === 'uninstall' && isGone(state)) return { next: 'verify_removal' };
  if (isUntouched(content, state)) {
    const message = `the spoke ended after it had claimed ${release} and before Helm began`;
    return { next: 'end', verdict: declined('interrupted', message, evidence) };
  }
  if (state.kind === 'deployed' && isMadeBy(planId, content, state)) {
    return { next: 'verify', head: state.head };
  }
  const message = `the spoke ended while plan ${planId} was at work on ${release}; look at what is there, then end the plan by hand`;
  return { next: 'end', verdict: unknown(message, evidence) };
}
