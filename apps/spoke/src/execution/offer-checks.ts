import { jsonDigest, type Json } from '@apollo-deploy/kernel';
import { parseNamespace, parsePlanLabel, parseReleaseName } from '@apollo-deploy/helm';
import type { PlanOffer } from '@apollo-deploy/protocol';
import { isCovered } from './cover-checks.js';
import type { OfferRefusal } from './offer-refusal.js';

/** One condition on an offer. `spoke` is the name under which the hub admitted this spoke. */
export type OfferCheck = (offer: PlanOffer, spoke: string) => OfferRefusal | null;

/** What has to hold of every offer before anything is looked at; the first refusal counts. */
const OFFER_CHECKS = [
  contentIsWhatWasApproved,
  valuesAreWhatWasApproved,
  isForThisSpoke,
  namesAreUsable,
  chartFitsTheOperation,
  isCovered,
  approvalsAreForIt,
] as const satisfies readonly OfferCheck[];

export function checkOffer(
  offer: PlanOffer,
  spoke: string,
  checks: readonly OfferCheck[] = OFFER_CHECKS,
): OfferRefusal | null {
  for (const check of checks) {
    const refusal = check(offer, spoke);
    if (refusal !== null) return refusal;
  }
  return null;
}

function contentIsWhatWasApproved({ content, digest }: PlanOffer): OfferRefusal | null {
  const computed = digestOf(content);
  if (computed === digest) return null;
  const message = `the content of the plan has digest ${computed}, not ${digest} as was approved; make a new plan`;
  return { reason: 'ContentDigestDiffers', message };
}

function valuesAreWhatWasApproved({ content, values }: PlanOffer): OfferRefusal | null {
  if (content.valuesDigest === null) return null;
  // They came as JSON, so that is what they are.
  const computed = digestOf(values as Json);
  if (computed === content.valuesDigest) return null;
  const message = `the values have digest ${computed}, not ${content.valuesDigest} as was approved; make a new plan`;
  return { reason: 'ValuesDigestDiffers', message };
}

/** "none" for what canonical JSON cannot carry, such as half a character. */
function digestOf(value: Json): string {
  try {
    return jsonDigest(value);
  } catch (error) {
    if (error instanceof TypeError) return 'none';
    throw error;
  }
}

function isForThisSpoke({ content }: PlanOffer, spoke: string): OfferRefusal | null {
  if (content.spoke === spoke) return null;
  const message = `the plan is for spoke ${content.spoke} and this one is ${spoke}; find out why the hub sent it here`;
  return { reason: 'OtherSpoke', message };
}

function namesAreUsable({ planId, content }: PlanOffer): OfferRefusal | null {
  for (const parsed of [
    parseReleaseName(content.releaseName),
    parseNamespace(content.namespace),
    parsePlanLabel(planId),
  ]) {
    if (!parsed.ok) return { reason: 'BadName', message: parsed.error.message };
  }
  return null;
}

function chartFitsTheOperation({ content }: PlanOffer): OfferRefusal | null {
  const wantsNone = content.type === 'uninstall';
  const hasChart = content.chart !== null && content.valuesDigest !== null;
  const hasNone = content.chart === null && content.valuesDigest === null;
  if (wantsNone ? hasNone : hasChart) return null;
  const message = `a plan of type ${content.type} has to come ${wantsNone ? 'without' : 'with'} a chart and values; make a new plan`;
  return { reason: 'ChartDoesNotFit', message };
}

/** For this content, or for that of the plan whose approval covers it. */
function approvalsAreForIt({
  approvals = [],
  digest,
  rollbackOf,
  repairOf,
}: PlanOffer): OfferRefusal | null {
  const approved = (rollbackOf ?? repairOf)?.digest ?? digest;
  const other = approvals.find((approval) => approval.digest !== approved);
  if (other === undefined) return null;
  const message = `${other.by} approved content with digest ${other.digest}, not ${approved}; have the plan approved as it is now`;
  return { reason: 'ApprovalOfOtherContent', message };
}
