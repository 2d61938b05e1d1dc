import { err, ok, type Result } from '@apollo-deploy/kernel';
import { refusal, type Refusal } from '../errors.js';
import type { Plan } from '../plans/plan.js';
import type { ApprovalRule } from './approval-rule.js';
import type { ApprovalFacts } from './count-approvals.js';
import type { IsEscalated } from './judge-gates.js';

/** A plan about which somebody says something, and all that decides whether that is heard. */
export interface DecisionFacts {
  readonly plan: Pick<Plan, 'id' | 'state'>;
  /** Of its gates, by level; empty where nobody has to agree. */
  readonly rules: readonly ApprovalRule[];
  readonly facts: ApprovalFacts;
  readonly isEscalated: IsEscalated;
}

/** Yes and no are heard until the plan goes. */
export function refuseLate({ id, state }: Pick<Plan, 'id' | 'state'>): Result<undefined, Refusal> {
  if (state === 'PENDING' || state === 'BLOCKED') return ok(undefined);
  const cure =
    state === 'EXECUTING'
      ? `to stop it, cancel it (POST /api/v1/plans/${id}/cancel)`
      : 'look at the plan that is open for its entity now';
  const detail = `plan ${id} is ${state} and has gone or ended; ${cure}`;
  return err(refusal('approval/too_late', detail, { data: { state } }));
}
