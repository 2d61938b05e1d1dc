import { TIERS } from '../catalog/environment.js';
import { CRITICALITIES } from '../catalog/product.js';
import { PLAN_TYPES } from '../plans/plan.js';
import { refuseField } from '../schedules/field-refusal.js';
import { refuseUnknown } from '../schedules/window-fields.js';
import {
  type ApprovalFields,
  gather,
  type Read,
  readChoice,
  readChoices,
  readNameOf,
  readNames,
} from './approval-fields.js';
import { type PlanSelector, STRATEGIES } from './plan-selector.js';

export const SELECTOR_FIELDS = [
  ...['environment', 'tier', 'planTypes', 'criticality', 'products', 'strategy'],
] as const satisfies readonly string[];

/** Reads which plans are meant, where nothing else is said. */
export function parseSelector(fields: ApprovalFields): Read<PlanSelector> {
  const known = refuseUnknown(fields, [...SELECTOR_FIELDS]);
  return known.ok ? readSelector(fields) : known;
}

/** Reads which plans are meant. Whether the names exist is for whoever knows the catalog. */
export function readSelector(fields: ApprovalFields): Read<PlanSelector> {
  if (fields['environment'] !== undefined && fields['tier'] !== undefined) {
    return refuseField(
      'tier',
      'environment and tier exclude each other, for an environment has one tier; give one of them',
    );
  }
  return gather({
    environment: readNameOf(fields, 'environment'),
    tier: readChoice(fields, 'tier', TIERS),
    planTypes: readChoices(fields, 'planTypes', PLAN_TYPES),
    criticality: readChoice(fields, 'criticality', CRITICALITIES),
    products: readNames(fields, 'products', { least: 1 }),
    strategy: readChoice(fields, 'strategy', STRATEGIES),
  });
}
