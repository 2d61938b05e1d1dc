import { canonicalJson, jsonDigest } from '@apollo-deploy/kernel';
import { rolloutIn, withoutRollout } from '../strategies/rollout.js';
import { contentJson, contentKey, type Plan, type PlanContent } from './plan.js';
import { isChange } from './plan-class.js';
import { isRollbackTarget } from './rollback-target.js';

/**
 * Whether what was approved with another plan of the same entity covers this one: it restores exactly
 * that plan's content, or takes that plan back to exactly the rollback target in its content. A
 * rollback that a person asked for, or that goes elsewhere, stands for itself.
 */
export function isCoveredBy(
  { planClass, content }: Pick<Plan, 'planClass' | 'content'>,
  other: Pick<Plan, 'content'>,
): boolean {
  const { entity, spoke, namespace, releaseName, chart, valuesDigest } = content;
  if (planClass === 'repair') return contentKey(content) === contentKey(other.content);
  if (planClass !== 'automatic_rollback' || chart === null || valuesDigest === null) return false;
  return (
    entity === other.content.entity &&
    spoke === other.content.spoke &&
    namespace === other.content.namespace &&
    releaseName === other.content.releaseName &&
    isRollbackTarget(other.content, { version: chart.version, chart, valuesDigest })
  );
}

/**
 * Whether a plan only goes on with the strategy that another plan of the same entity began, so that what
 * was agreed to with that one covers it: the same chart and values, with nothing else said of the
 * rollout than a share, the handover of the stable workload to the same candidate, or that it is over.
 */
export function isStepOf(
  { planClass, content, values }: Pick<Plan, 'planClass' | 'content' | 'values'>,
  first: Pick<Plan, 'state' | 'content' | 'values'>,
): boolean {
  const begun = rolloutIn(first.values);
  if (begun === undefined || first.state !== 'SUCCEEDED') return false;
  if (!isChange(planClass) || content.type !== 'config_update') return false;
  const next = rolloutIn(values);
  const goesOn =
    next === undefined ||
    (next.strategy === begun.strategy &&
      next.candidate === begun.candidate &&
      (next.stable === begun.stable || next.stable === begun.candidate));
  return (
    goesOn &&
    besidesValues(content) === besidesValues(first.content) &&
    jsonDigest(withoutRollout(values)) === jsonDigest(withoutRollout(first.values))
  );
}

/** What has to be the same from step to step: all but the kind of change, what it replaces, and values. */
function besidesValues(content: PlanContent): string {
  return canonicalJson(
    contentJson({ ...content, type: 'config_update', base: null, valuesDigest: null }),
  );
}
