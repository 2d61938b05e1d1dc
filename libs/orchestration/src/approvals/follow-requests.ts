import type { Plan } from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { EvaluationWork } from '../engine/open-plan.js';
import { ENGINE } from '../ports/principal.js';
import type { TurnedRequest, TurnedRequests } from './turn-requests.js';

/** Keeps what the requests of a plan have come to, and tells the people who are asked. */
export async function followRequests(
  { context, unit }: EvaluationWork,
  { id: planId, entity, digest }: Pick<Plan, 'id' | 'entity' | 'digest'>,
  { turned }: Pick<TurnedRequests, 'turned'> = { turned: [] },
): Promise<void> {
  const changed = turned.filter((one) => one.changed);
  if (changed.length === 0) return;
  await unit.approvalRequests.put(changed.map(({ request }) => ({ ...request, entity, planId })));
  for (const one of changed) {
    for (const tell of one.tells) {
      const action = tell === 'asked' ? 'approval.request' : 'approval.escalate';
      const detail = { ...askedOf(one, tell), digest };
      await record(context, unit, ENGINE, { action, subject: `plan/${planId}`, detail });
    }
  }
}

/** Whom the request is for. */
function askedOf(
  { gate: { rule, missing, missingApprovers }, again }: TurnedRequest,
  tell: 'asked' | 'escalated',
) {
  const roles = tell === 'escalated' ? (rule.escalation?.roles ?? []) : missing;
  return { rule: rule.name, roles, people: missingApprovers, again };
}
