import { PLAN_STATES, PLAN_TYPES } from '@apollo-deploy/domain';
import type { PlanState, PlanType } from '@apollo-deploy/domain';
import type { Resolution } from '@apollo-deploy/orchestration';
import { ChoiceField, InstantField, TextField, NameField } from '../http/field.js';
import { PageQuery } from '../http/page-query.js';

const REASON_LENGTH = 1_000;

export class PlanQuery extends PageQuery {
  @NameField({ optional: true })
  entity?: string;

  @ChoiceField({ choices: PLAN_STATES, optional: true })
  state?: PlanState;

  @ChoiceField({ choices: PLAN_TYPES, optional: true })
  type?: PlanType;

  @NameField({ optional: true })
  environment?: string;

  @InstantField({ optional: true, description: 'Made at or after.' })
  from?: string;

  @InstantField({ optional: true, description: 'Made before.' })
  to?: string;
}

/** No fields: a plan is executed as it stands. */
export class ExecuteRequest {}

export class CancelRequest {
  @TextField({ maximum: REASON_LENGTH, description: 'Kept with the plan and in the audit trail.' })
  reason!: string;
}

export class ResolveRequest {
  @ChoiceField({ choices: ['SUCCEEDED', 'FAILED', 'CANCELLED'] })
  outcome!: Resolution;

  @TextField({ maximum: REASON_LENGTH, description: 'How you know.' })
  reason!: string;
}
