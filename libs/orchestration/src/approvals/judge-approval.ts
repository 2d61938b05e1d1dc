import {
  type ApprovalFacts,
  type ApprovalSubject,
  type Authors,
  type BreakGlass,
  glassThatWaives,
  isCoveredBy,
  isStepOf,
  type JudgedGates,
  judgeGates,
  judgeWaiting,
  type Noted,
  type Plan,
  planDigest,
  rolloutIn,
  type Routing,
  selects,
  type Violation,
  waived,
} from '@apollo-deploy/domain';
import type { ApprovalRequestRecord } from '../ports/approval-repositories.js';
import { authorsOfContent } from './authors-of-content.js';
import type { GatedFacts, GateFacts } from './load-gates.js';

/** The part of a plan, or of a proposal, that decides who must agree to it. */
export type PlanToApprove = Pick<
  Plan,
  'type' | 'planClass' | 'content' | 'values' | 'to' | 'repairOf' | 'rollbackOf' | 'stepOf'
>;

/** What the people who are asked about a plan have said so far. */
export interface JudgedApproval {
  readonly routing: Routing;
  readonly facts: ApprovalFacts;
  /** Without gates where nobody is asked. */
  readonly judged: JudgedGates;
  /** What keeps the plan. */
  readonly violations: readonly Violation[];
  /** What is missing and does not keep it. */
  readonly noted: readonly Noted[];
  /** Nobody is waited for: the plan goes without those who are missing. */
  readonly waived: boolean;
  /** From this instant on somebody is waited for again; absent if it is not known that. RFC 3339. */
  readonly windowEnd?: string;
  /** Requests that stand for this very plan, by the names of their rules. */
  readonly requests: ReadonlyMap<string, ApprovalRequestRecord>;
  /** When time alone may change what the gates say. RFC 3339. */
  readonly recheckAt?: string;
}

const NO_GATES: JudgedGates = { satisfied: true, gates: [], violations: [] };

/** Judges the gates of a plan at an instant; `undefined` where no plan waits for anybody. */
export function judgeApproval(
  facts: GatedFacts,
  plan: PlanToApprove,
  now: Date,
): JudgedApproval | undefined {
  const { gates } = facts;
  if (gates === null) return undefined;
  const subject = subjectOf(facts, gates, plan);
  const routing = gates.router.route(subject);
  const approvalFacts: ApprovalFacts = {
    now,
    plan: subject,
    digest: planDigest(plan.content),
    approvals: gates.approvals,
    people: gates.people,
    authors: authorsOfPlan(facts, gates, plan),
    delegations: gates.delegations,
  };
  const requests = requestsOf(facts, gates, approvalFacts.digest);
  const isEscalated = escalatedBy(requests, now);
  const judged =
    routing.kind === 'gates' ? judgeGates(routing.rules, approvalFacts, isEscalated) : NO_GATES;
  const held = { ...heldBy(routing, judged), recheckAt: nextChange(judged, approvalFacts) };
  const { recheckAt, ...rest } = excused(held, glassFor(facts, plan, now));
  return {
    ...{ routing, judged, requests, facts: approvalFacts },
    ...rest,
    ...(recheckAt !== undefined && { recheckAt }),
  };
}

/** Whether the gate of a rule has been waited for so long that others may answer it. */
export function escalatedBy(
  requests: JudgedApproval['requests'],
  now: Date,
): (rule: Parameters<typeof judgeWaiting>[0] & { readonly name: string }) => boolean {
  return (rule) => {
    const request = requests.get(rule.name);
    if (request === undefined) return false;
    return request.escalatedAt !== undefined || judgeWaiting(rule, request, now).escalated;
  };
}

type Held = Pick<JudgedApproval, 'violations' | 'noted' | 'waived'>;

function heldBy(routing: Routing, { violations }: JudgedGates): Held {
  if (routing.kind === 'refused') {
    return { violations: [routing.violation], noted: [], waived: false };
  }
  return { violations, noted: [], waived: false };
}

/** The break-glass by which a change goes without those who are missing. */
function glassFor(
  { environment, entityFacts, surroundings }: GatedFacts,
  { planClass }: PlanToApprove,
  now: Date,
): BreakGlass | undefined {
  const hotfix = entityFacts.hotfix?.deployment;
  const plan = { planClass, hotfix, environment: environment.name, now };
  return glassThatWaives('approval', surroundings.breakGlasses, plan);
}

/** What is missing holds nothing while a break-glass waives it. */
function excused(
  held: Held & { readonly recheckAt: string | undefined },
  glass: BreakGlass | undefined,
): Held & { readonly recheckAt: string | undefined; readonly windowEnd?: string } {
  const { violations, recheckAt } = held;
  if (glass === undefined || violations.length === 0) return held;
  const [first] = [glass.until, ...(recheckAt === undefined ? [] : [recheckAt])].sort();
  return {
    violations: [],
    noted: violations.map((violation) => waived(violation, glass)),
    waived: true,
    recheckAt: first,
    windowEnd: glass.until,
  };
}

function subjectOf(
  { environment, entityFacts: { product } }: GatedFacts,
  { takenBack, begunBy }: GateFacts,
  plan: PlanToApprove,
): ApprovalSubject {
  const { planClass, repairOf, rollbackOf, stepOf, content } = plan;
  // A repair names the plan whose content it has; any other content is none.
  const isRepair = planClass === 'repair' && repairOf !== undefined;
  const undone = takenBack?.id === rollbackOf ? takenBack : undefined;
  const goesOn = begunBy !== undefined && begunBy.id === stepOf && isStepOf(plan, begunBy);
  return {
    environment: environment.name,
    tier: environment.tier,
    planType: plan.type,
    planClass,
    criticality: product.criticality,
    product: product.name,
    strategy: rolloutIn(plan.values)?.strategy ?? content.strategy,
    covered: isRepair || goesOn || (undone !== undefined && isCoveredBy(plan, undone)),
  };
}

function authorsOfPlan(
  { entityFacts: { entity, candidates, baseline } }: GatedFacts,
  { channelEntries }: GateFacts,
  { to }: PlanToApprove,
): Authors {
  const release = candidates.releases.find(({ version }) => version === to?.version);
  return authorsOfContent({ to }, { entity, baseline, release, channelEntries });
}

/** Those about the open plan, where it is the one that is judged. */
function requestsOf(
  { entityFacts: { openPlan } }: GatedFacts,
  { requests }: GateFacts,
  digest: string,
): JudgedApproval['requests'] {
  if (openPlan?.digest !== digest) return new Map();
  const own = requests.filter(({ planId }) => planId === openPlan.id);
  return new Map(own.map((request) => [request.rule, request]));
}

/** The first instant at which an approval that counts lapses, or a role is lent or given back. */
function nextChange({ gates }: JudgedGates, facts: ApprovalFacts): string | undefined {
  if (gates.length === 0) return undefined;
  const { now, plan, delegations } = facts;
  const lent = delegations.filter(({ scope }) => selects(scope, plan));
  const [next] = [
    ...gates.flatMap(({ approvers }) => approvers.flatMap(({ expiresAt }) => expiresAt ?? [])),
    ...lent.flatMap(({ from, until }) => [from, until]),
  ]
    .filter((at) => Date.parse(at) > now.getTime())
    .sort();
  return next;
}
