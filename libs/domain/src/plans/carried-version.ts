import type { Entity } from '../catalog/entity.js';
import { valuesDigest } from '../catalog/values-digest.js';
import type { PlanContent } from './plan.js';
import type { PlanClass } from './plan-class.js';
import type { Restraints } from './restraints.js';

/**
 * The version of an entity if a plan carries what that asks for, so that its edits go with it. Absent
 * where a hold, a recall or a failure has put something else in its place.
 */
export function carriedVersion(
  { desired, values, version }: Entity,
  {
    planClass,
    content: { chart, valuesDigest: digest },
    restraints: { hold },
  }: {
    readonly planClass: PlanClass;
    readonly content: Pick<PlanContent, 'chart' | 'valuesDigest'>;
    readonly restraints: Restraints;
  },
): number | undefined {
  if (chart === null) return 'absent' in desired ? version : undefined;
  const isAskedFor =
    'version' in desired
      ? desired.version === chart.version
      : hold === undefined && planClass !== 'automatic_rollback';
  return isAskedFor && digest === valuesDigest(values) ? version : undefined;
}
