import type { Plan } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import { loadAskingDeployments } from '../pipeline/load-asking-deployments.js';
import type { AuditTrail, UnitOfWork } from '../ports/unit-of-work.js';
import type { EventDrafts } from './event-drafts.js';
import { overlaid } from './overlaid.js';

/** What is said about a plan, and the type of the event that tells of it. */
const TYPES: Readonly<Record<string, string>> = {
  'approval.request': 'plan.approval_requested',
  'approval.escalate': 'plan.approval_escalated',
  'approval.give': 'plan.approved',
  'approval.withdraw': 'plan.approval_withdrawn',
  'approval.lapse': 'plan.approval_lapsed',
  'plan.reject': 'plan.rejected',
};

/** These ask people, who want to know what for. */
const ASKS: readonly string[] = ['approval.request', 'approval.escalate'];

const PLAN = 'plan/';

/** The audit trail, which announces what people are asked about plans and what they answer. */
export function announceApprovals(
  unit: Pick<UnitOfWork, 'audit' | 'plans' | 'deployments'>,
  drafts: EventDrafts,
): AuditTrail {
  const { audit, plans } = unit;
  return overlaid(audit, {
    async append(entry) {
      await audit.append(entry);
      const type = TYPES[entry.action];
      if (type === undefined || !entry.subject.startsWith(PLAN)) return;
      const plan = await plans.get(entry.subject.slice(PLAN.length));
      if (plan === undefined) return;
      const { id, entity, environment, product } = plan;
      const asked = ASKS.includes(entry.action) ? await askedFor(unit, plan) : {};
      const data = { ...entry.detail, ...asked, by: entry.actor };
      drafts.add(type, { kind: 'plan', name: id, entity, environment, product }, data);
    },
  });
}

/** What a plan would run, and who asked for that and why, as far as a deployment did. */
async function askedFor(
  unit: Pick<UnitOfWork, 'deployments'>,
  plan: Plan,
): Promise<Readonly<Record<string, Json>>> {
  const deployment = (await loadAskingDeployments(unit, [plan])).get(plan.id);
  return {
    fromVersion: plan.from?.version ?? null,
    ...(plan.to !== null && { version: plan.to.version }),
    ...(deployment !== undefined && {
      ...{ deployment: deployment.id, kind: deployment.kind },
      requestedBy: deployment.deployedBy,
      ...(deployment.reason !== undefined && { reason: deployment.reason }),
    }),
  };
}
