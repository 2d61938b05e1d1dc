import {
  AccreditationRouter,
  type ApprovalRule,
  type ApprovalSubject,
  type Authors,
  evaluateWindows,
  type JudgedGate,
  judgeGates,
  lapsesUnused,
  type Routing,
  type WindowAnswer,
} from '@apollo-deploy/domain';
import { ok } from '@apollo-deploy/kernel';
import {
  type Context,
  listApprovalRules,
  loadApprovalSubject,
  loadWords,
  type Words,
} from '@apollo-deploy/orchestration';
import { accepted, Refused } from '../http/refused.js';
import { readWindows } from '../schedules/read-windows.js';
import type { GatesRequest } from './gate-requests.js';
import { type GatesView, gateView, type LapsesView } from './gate-views.js';
import { readFacts, readGates, readRules, readSubject } from './read-gates.js';

/** Nothing looks at it where gates are asked about without a plan: rules and delegations do. */
const NO_PLAN: ApprovalSubject = {
  ...{ environment: '', tier: 'production', product: '', criticality: 'critical' },
  ...{ planType: 'upgrade', planClass: 'ordinary', strategy: 'rolling', covered: false },
};
const NOBODY: Authors = new Map();

/** What approval rules would say of a plan and of the people who agree. Changes and records nothing. */
export async function evaluateGates(context: Context, request: GatesRequest): Promise<GatesView> {
  const now = request.at === undefined ? context.clock.now() : new Date(request.at);
  const window = evaluateWindows(readWindows(request), now);
  const { plan, authors, routing, words } = await routeRequest(context, request, now);
  const rules = routing.kind === 'gates' ? routing.rules : [];
  const facts = readFacts(request, { rules, plan, authors, now, words });
  const { satisfied, gates, violations } = judgeGates(
    rules,
    facts,
    () => request.escalated === true,
  );
  if (routing.kind === 'refused') {
    return { satisfied: false, gates: [], violations: [routing.violation], lapses: [] };
  }
  return {
    satisfied,
    ...(routing.kind === 'free' && { free: routing.because }),
    ...(routing.kind === 'gates' && routing.effect === 'waived' && { waived: true }),
    gates: gates.map(gateView),
    violations,
    lapses: gates.flatMap((gate) => lapsesOf(gate, window)),
  };
}

interface Routed {
  readonly plan: ApprovalSubject;
  readonly authors: Authors;
  readonly routing: Routing;
  /** What was said of a plan that there is, unless the request imagines that. */
  readonly words?: Words;
}

async function routeRequest(context: Context, request: GatesRequest, now: Date): Promise<Routed> {
  const { gates, plan, planId, rules } = request;
  const given = (['gates', 'plan', 'planId'] as const).filter(
    (field) => request[field] !== undefined,
  );
  if (given.length !== 1 || (gates !== undefined && rules !== undefined)) {
    throw new Refused('http/invalid_request', {
      detail:
        'ask about gates alone, or about one of plan and planId, with rules or without for those in force',
      field: given[1] ?? (given.length === 0 ? 'gates' : 'rules'),
    });
  }
  if (gates !== undefined) {
    return { plan: NO_PLAN, authors: NOBODY, routing: alone(readGates(gates)) };
  }
  const router = new AccreditationRouter({
    rules: rules === undefined ? await rulesInForce(context) : readRules(rules),
  });
  if (plan !== undefined) {
    const subject = readSubject(plan);
    return { plan: subject, authors: NOBODY, routing: router.route(subject) };
  }
  const known = await context.store.transact(async (unit) => {
    const found = await loadApprovalSubject(unit, planId ?? '');
    if (!found.ok) return found;
    const { subject, authors } = found.value;
    const routed: Routed = { plan: subject, authors, routing: router.route(subject) };
    if (request.approvals !== undefined) return ok(routed);
    return ok({ ...routed, words: await loadWords(unit, found.value.plan, now) });
  });
  return accepted(known);
}

function alone(rules: readonly ApprovalRule[]): Routing {
  return rules.length === 0
    ? { kind: 'free', because: 'no_rule' }
    : { kind: 'gates', rules, effect: 'holds' };
}

async function rulesInForce(context: Context): Promise<readonly ApprovalRule[]> {
  return (await listApprovalRules(context)).map(({ rule }) => rule);
}

function lapsesOf({ rule, approvers }: JudgedGate, window: WindowAnswer): readonly LapsesView[] {
  return approvers.flatMap(({ name, expiresAt }) => {
    const approval = { by: name, ...(expiresAt !== undefined && { expiresAt }) };
    const told = lapsesUnused(approval, window, rule.notBefore);
    return told === undefined ? [] : { rule: rule.name, by: name, ...told };
  });
}
