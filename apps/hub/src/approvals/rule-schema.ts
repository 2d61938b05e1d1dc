import { CRITICALITIES, PLAN_TYPES, STRATEGIES, TIERS } from '@apollo-deploy/domain';
import type { ApiBodyOptions } from '@nestjs/swagger';

/** A schema as the decorators of OpenAPI take it. */
export type Schema = Extract<ApiBodyOptions, { readonly schema: unknown }>['schema'];

const NAME = { type: 'string', maxLength: 63 };
const NAMES = { type: 'array', items: NAME };
const HOURS = { type: 'number', maximum: 8784 };
const choices = (of: readonly string[]) => ({ type: 'string', enum: [...of] });

/** What a gate demands, as OpenAPI describes it; what is acceptable is the domain's to say. */
export const DEMAND_SCHEMAS = {
  name: NAME,
  requiredRoles: {
    ...NAMES,
    maxItems: 20,
    description: 'Each wants a person of its own; name a role twice for two people.',
  },
  requiredApprovers: {
    ...{ type: 'integer', minimum: 1, maximum: 20 },
    description: 'How many different people in all. Absent = as many as there are roles.',
  },
  ttlHours: {
    ...HOURS,
    description: 'How long an approval is valid. Absent = until the plan goes.',
  },
  requestTtlHours: {
    ...HOURS,
    description:
      'How long people have to answer, counted while nothing but time and approval is missing; then the plan is cancelled. Absent = for ever.',
  },
  notBefore: {
    ...{ type: 'string', format: 'date-time' },
    description: 'The gate does not hold before.',
  },
  escalation: {
    type: 'object',
    required: ['afterHours', 'roles'],
    properties: { afterHours: HOURS, roles: NAMES },
    description: 'Whom else to ask, and after how long. Silence never approves.',
  },
  level: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
  allowAuthor: { type: 'boolean', default: false },
} satisfies Readonly<Record<string, Schema>>;

/** Which plans are meant; what is absent means any. */
export const SELECTOR_SCHEMAS = {
  environment: { ...NAME, description: 'Excludes tier.' },
  tier: choices(TIERS),
  planTypes: { type: 'array', items: choices(PLAN_TYPES) },
  criticality: choices(CRITICALITIES),
  products: NAMES,
  strategy: choices(STRATEGIES),
} satisfies Readonly<Record<string, Schema>>;
