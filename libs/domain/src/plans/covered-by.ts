import { contentKey, type Plan } from './plan.js';
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
