import { canonicalJson, jsonDigest } from '@apollo-deploy/kernel';
import type { CoveringPlan, OfferedContent, PlanOffer } from '@apollo-deploy/protocol';
import type { OfferRefusal } from './offer-refusal.js';

const CURE = 'look at what runs, then pin the version that is to run';

/**
 * An offer that names another plan goes by the approval of that one. So that plan has to be as it was
 * approved, for the same release, and its content has to say what is offered now: as its rollback
 * target, or as what it brought itself.
 */
export function isCovered({ content, rollbackOf, repairOf }: PlanOffer): OfferRefusal | null {
  return (
    checkCover(content, rollbackOf, isItsRollbackTarget) ??
    checkCover(content, repairOf, isItsContent)
  );
}

function checkCover(
  offered: OfferedContent,
  cover: CoveringPlan | undefined,
  contains: (offered: OfferedContent, cover: CoveringPlan) => OfferRefusal | null,
): OfferRefusal | null {
  if (cover === undefined) return null;
  return isGenuine(offered, cover) ?? contains(offered, cover);
}

function isGenuine(offered: OfferedContent, cover: CoveringPlan): OfferRefusal | null {
  const { planId, content, digest } = cover;
  if (digest === undefined) {
    const message = `the hub does not say with which digest plan ${planId} was approved; upgrade the hub`;
    return { reason: 'CoverDigestMissing', message };
  }
  const computed = jsonDigest(content);
  if (computed !== digest) {
    const message = `the content of plan ${planId} has digest ${computed}, not ${digest} as was approved; find out who changed it`;
    return { reason: 'CoverDigestDiffers', message };
  }
  if (placeOf(content) === placeOf(offered)) return null;
  const message = `plan ${planId} was for ${placeOf(content)}, and this one is for ${placeOf(offered)}; find out why the hub put them together`;
  return { reason: 'CoverIsForAnother', message };
}

function isItsRollbackTarget(
  { type, chart, valuesDigest }: OfferedContent,
  { planId, content: { rollbackTarget: target } }: CoveringPlan,
): OfferRefusal | null {
  const isTarget =
    type === 'rollback' &&
    chart !== null &&
    chart.version === target?.version &&
    chart.sha256 === target.chartSha256 &&
    valuesDigest === target.valuesDigest;
  if (isTarget) return null;
  const named = target === undefined ? 'no rollback target' : `a rollback to ${target.version}`;
  const message = `plan ${planId} was approved with ${named}, and not with this ${type} to ${chart?.version ?? 'nothing'}; ${CURE}`;
  return { reason: 'NotItsRollbackTarget', message };
}

function isItsContent(
  offered: OfferedContent,
  { planId, content }: CoveringPlan,
): OfferRefusal | null {
  if (whatRuns(content) === whatRuns(offered)) return null;
  const message = `plan ${planId} brought other content than this ${offered.type}, which is to restore it; ${CURE}`;
  return { reason: 'NotItsContent', message };
}

function whatRuns({ chart, valuesDigest, strategy }: OfferedContent): string {
  return canonicalJson({ chart, valuesDigest, strategy });
}

function placeOf({ entity, spoke, namespace, releaseName }: OfferedContent): string {
  return `entity ${entity} on spoke ${spoke} (release ${releaseName} in ${namespace})`;
}
