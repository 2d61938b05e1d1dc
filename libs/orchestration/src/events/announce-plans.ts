import type { Plan } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import type { PlanStorage } from '../ports/plan-storage.js';
import type { EventDrafts } from './event-drafts.js';
import { overlaid } from './overlaid.js';

/** What a sentence in an event is cut to: whoever wants all of it asks for the plan. */
const MESSAGE_MAX = 500;

/** Plans that say what becomes of them. */
export function announcePlans(plans: PlanStorage, drafts: EventDrafts): PlanStorage {
  const seen = new Map<string, Plan>();
  const remember = (plan: Plan): void => void seen.set(plan.id, plan);
  const announce = (type: string, plan: Plan): void => {
    remember(plan);
    const { id, entity, environment, product } = plan;
    drafts.add(type, { kind: 'plan', name: id, entity, environment, product }, dataOf(plan));
  };
  return overlaid(plans, {
    async get(id) {
      const plan = await plans.get(id);
      if (plan !== undefined) remember(plan);
      return plan;
    },
    async openOf(entities) {
      const found = await plans.openOf(entities);
      found.forEach(remember);
      return found;
    },
    async insert(plan) {
      const inserted = await plans.insert(plan);
      if (inserted.ok) announce('plan.proposed', inserted.value);
      return inserted;
    },
    async save(plan) {
      const known = seen.get(plan.id);
      const before = known?.version === plan.version ? known : await plans.get(plan.id);
      const saved = await plans.save(plan);
      if (saved.ok && before !== undefined) announce(changeOf(before, saved.value), saved.value);
      return saved;
    },
  });
}

function changeOf(before: Plan, after: Plan): string {
  if (before.state === after.state) {
    return before.phase === after.phase ? 'plan.changed' : 'plan.phase';
  }
  switch (after.state) {
    case 'BLOCKED':
      return 'plan.blocked';
    case 'PENDING':
      return 'plan.unblocked';
    case 'EXECUTING':
      return 'plan.dispatched';
    case 'UNKNOWN':
      return 'plan.unknown';
    default:
      return 'plan.ended';
  }
}

function dataOf(plan: Plan): Readonly<Record<string, Json>> {
  const { type, state, phase, outcome, cancelReason, message, violations, noted = [], to } = plan;
  return {
    type,
    state,
    version: to?.version ?? null,
    ...(phase !== undefined && { phase }),
    ...(outcome !== undefined && { outcome }),
    ...(cancelReason !== undefined && { cancelReason }),
    ...(message !== undefined && { message: message.slice(0, MESSAGE_MAX) }),
    ...(violations.length > 0 && { violations: violations.map(({ code }) => code) }),
    ...(noted.length > 0 && { noted: noted.map(({ code }) => code) }),
  };
}
