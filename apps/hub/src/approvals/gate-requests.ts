import {
  type ApprovalFields,
  CRITICALITIES,
  PLAN_CLASSES,
  PLAN_TYPES,
  STRATEGIES,
  TIERS,
  type WindowFields,
} from '@apollo-deploy/domain';
import { Field, FlagField, isPlainObject, ObjectsField, TextField } from '../http/field.js';
import { AtField } from '../schedules/window-requests.js';
import { DEMAND_SCHEMAS, SELECTOR_SCHEMAS } from './rule-schema.js';

/** Enough for a preview, and few enough that none of it takes long. */
const MAX_RULES = 20;
const MAX_PEOPLE = 200;
const MAX_WINDOWS = 20;
const NAME = { type: 'string', maxLength: 63 } as const;
const PERSON = { type: 'string', maxLength: 256 } as const;
const NAMES = { type: 'array', items: NAME } as const;
const INSTANT = { type: 'string', format: 'date-time' } as const;
const choices = (of: readonly string[]) => ({ type: 'string', enum: [...of] });

const GATE_SCHEMA = { type: 'object', required: ['requiredRoles'], properties: DEMAND_SCHEMAS };
const RULE_SCHEMA = {
  type: 'object',
  required: ['name', 'requiredRoles'],
  properties: { ...DEMAND_SCHEMAS, ...SELECTOR_SCHEMAS },
};
const PLAN_SCHEMA = {
  type: 'object',
  required: ['environment', 'tier', 'type', 'criticality', 'product'],
  properties: {
    environment: NAME,
    tier: choices(TIERS),
    type: choices(PLAN_TYPES),
    criticality: choices(CRITICALITIES),
    product: NAME,
    strategy: { ...choices(STRATEGIES), default: 'rolling' },
    planClass: { ...choices(PLAN_CLASSES), default: 'ordinary' },
  },
};
const APPROVAL_SCHEMA = {
  type: 'object',
  required: ['by'],
  properties: {
    by: PERSON,
    roles: { ...NAMES, description: 'Those of the person, unless `people` says otherwise.' },
    at: { ...INSTANT, description: 'Absent = at the instant that is asked about.' },
  },
};
const PERSON_SCHEMA = {
  type: 'object',
  required: ['name', 'roles'],
  properties: { name: PERSON, roles: NAMES },
};

export class GatesRequest {
  @ObjectsField({
    optional: true,
    maximum: MAX_RULES,
    items: GATE_SCHEMA,
    description: 'What is demanded, without asking of which plans. Excludes plan and rules.',
  })
  gates?: readonly ApprovalFields[];

  @Field(
    {
      accepted: 'an object with the documented fields',
      // Within `allOf`, as `required` of a property says whether it has to be there itself.
      schema: { allOf: [PLAN_SCHEMA] },
      check: isPlainObject,
    },
    { optional: true, description: 'A plan as you imagine it. Excludes planId.' },
  )
  plan?: ApprovalFields;

  @TextField({
    maximum: 64,
    optional: true,
    description: 'A plan that there is, with its authors.',
  })
  planId?: string;

  @ObjectsField({
    optional: true,
    maximum: MAX_RULES,
    items: RULE_SCHEMA,
    description:
      'Who must agree to which plans. Absent = the rules in force (GET /api/v1/approval-rules).',
  })
  rules?: readonly ApprovalFields[];

  @ObjectsField({
    optional: true,
    maximum: MAX_PEOPLE,
    items: APPROVAL_SCHEMA,
    description:
      'Who has agreed, of the content that would run. Absent with planId = who has in fact.',
  })
  approvals?: readonly ApprovalFields[];

  @ObjectsField({
    optional: true,
    maximum: MAX_PEOPLE,
    items: PERSON_SCHEMA,
    description:
      'All the people there are, with the roles they have now; who approved and is not among them is one more. Absent = as if there were enough of them; with planId and without approvals = those there are.',
  })
  people?: readonly ApprovalFields[];

  @TextField({ maximum: 256, optional: true, description: 'Whose work the plan is.' })
  author?: string;

  @FlagField({
    optional: true,
    description:
      'People have been waited for so long that those asked next may answer. Absent = no.',
  })
  escalated?: boolean;

  @ObjectsField({
    optional: true,
    maximum: MAX_WINDOWS,
    items: { type: 'object' },
    description:
      'When change is allowed, as for POST /api/v1/windows/evaluate: to say which approvals lapse before it is.',
  })
  windows?: readonly WindowFields[];

  @ObjectsField({
    optional: true,
    maximum: MAX_WINDOWS,
    items: { type: 'object' },
    description: 'When it is not, in the same way.',
  })
  suppressions?: readonly WindowFields[];

  @AtField()
  at?: string;
}
