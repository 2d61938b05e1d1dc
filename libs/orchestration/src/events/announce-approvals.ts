import type { PlanStorage } from '../ports/plan-storage.js';
import type { AuditTrail } from '../ports/unit-of-work.js';
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

const PLAN = 'plan/';

/** The audit trail, which announces what people are asked about plans and what they answer. */
export function announceApprovals(
  audit: AuditTrail,
  plans: PlanStorage,
  drafts: EventDrafts,
): AuditTrail {
  return overlaid(audit, {
    async append(entry) {
      await audit.append(entry);
      const type = TYPES[entry.action];
      if (type === undefined || !entry.subject.startsWith(PLAN)) return;
      const plan = await plans.get(entry.subject.slice(PLAN.length));
      if (plan === undefined) return;
      const { id, entity, environment, product } = plan;
      const data = { ...entry.detail, by: entry.actor };
      drafts.add(type, { kind: 'plan', name: id, entity, environment, product }, data);
    },
  });
}
