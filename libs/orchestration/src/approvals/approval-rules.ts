import {
  AccreditationRouter,
  type ApprovalRule,
  type Plan,
  refusal,
  type Refusal,
  type Scope,
} from '@apollo-deploy/domain';
import { err, type Json, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import { entitiesInScope } from '../constraints/entities-in-scope.js';
import { checkScope, environmentsIn } from '../constraints/lock-scope.js';
import { withdrawOffers } from '../constraints/withdraw-offers.js';
import type { Context } from '../context.js';
import type { ApprovalRuleRecord } from '../ports/approval-repositories.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { type RuleInForce, rulesInForce } from './rules-in-force.js';
import { scopeOf } from './scope-of.js';

/** The rules by which people are asked, in the order of their names. */
export function listApprovalRules(context: Context): Promise<readonly RuleInForce[]> {
  return context.store.transact(async (unit) => rulesInForce(await unit.approvalRules.all()));
}

/**
 * Adds a rule. From the instant it is stored no plan that it is about goes out without what it asks
 * for, on any replica, and offers of such plans that no spoke has claimed yet are taken back.
 */
export function addApprovalRule(
  context: Context,
  principal: Principal,
  rule: ApprovalRule,
): Promise<Result<RuleInForce, Refusal>> {
  return change(context, principal, { name: rule.name, rule, action: 'add' });
}

/** Puts another rule in the place of one; `version` is the one that the caller saw, absent = any. */
export function replaceApprovalRule(
  context: Context,
  principal: Principal,
  rule: ApprovalRule,
  version?: number,
): Promise<Result<RuleInForce, Refusal>> {
  return change(context, principal, { name: rule.name, rule, action: 'replace', version });
}

/** Takes a rule away, also a default one; `version` as for a replacement. */
export async function removeApprovalRule(
  context: Context,
  principal: Principal,
  name: string,
  version?: number,
): Promise<Result<void, Refusal>> {
  const removed = await change(context, principal, { name, rule: null, action: 'remove', version });
  return removed.ok ? ok(undefined) : removed;
}

interface Change {
  readonly name: string;
  readonly rule: ApprovalRule | null;
  readonly action: 'add' | 'replace' | 'remove';
  readonly version?: number | undefined;
}

async function change(
  context: Context,
  principal: Principal,
  { name, rule, action, version }: Change,
): Promise<Result<RuleInForce, Refusal>> {
  return context.store.transact(async (unit) => {
    const missing = rule === null ? undefined : await checkScope(unit, scopeOf(rule));
    if (missing !== undefined) return err(missing);
    const stored = await unit.approvalRules.all();
    const before = rulesInForce(stored).find((one) => one.rule.name === name);
    const refused = refuse(name, action, before, version);
    if (refused !== undefined) return err(refused);
    const asks = rule ?? before?.rule;
    if (asks === undefined) return err(notThere(name));
    const rules = before === undefined ? [asks] : [before.rule, asks];
    const entities = await lockReached(unit, rules);
    const written = await unit.approvalRules.put({
      ...{ name, rule, by: principal.name, at: context.clock.now().toISOString() },
      version: storedVersion(stored, name),
    });
    if (!written.ok) return err(otherVersion(name));
    if (rule !== null) await takeBackOffers(context, unit, rule);
    await unit.dirty.mark(entities);
    await record(context, unit, principal, {
      action: `approval_rule.${action}`,
      subject: `approval-rule/${name}`,
      detail: { from: toJson(before?.rule ?? null), to: toJson(rule) },
    });
    return ok({ rule: asks, record: written.value, version: written.value.version });
  });
}

/** Also of a rule that was taken away. */
function storedVersion(stored: readonly ApprovalRuleRecord[], name: string): number {
  return stored.find((one) => one.name === name)?.version ?? 0;
}

function refuse(
  name: string,
  action: Change['action'],
  before: RuleInForce | undefined,
  version: number | undefined,
): Refusal | undefined {
  if (action === 'add') {
    if (before === undefined) return undefined;
    const detail = `an approval rule named ${JSON.stringify(name)} exists already; choose another name, or replace it (PUT /api/v1/approval-rules/${name})`;
    return refusal('catalog/already_exists', detail, { field: 'name' });
  }
  if (before === undefined) return notThere(name);
  const isSeen = version === undefined || version === before.version;
  return isSeen ? undefined : otherVersion(name);
}

/**
 * The entities whose plans these rules are about. Nothing goes out in their environments, which are
 * locked in the order of their names, until the transaction ends.
 */
async function lockReached(
  unit: UnitOfWork,
  rules: readonly ApprovalRule[],
): Promise<readonly string[]> {
  const reached = new Map<Scope, readonly string[]>();
  for (const rule of rules) {
    const scope = scopeOf(rule);
    reached.set(scope, await environmentsIn(unit, scope));
  }
  const names = new Set([...reached.values()].flat());
  for (const name of [...names].sort()) await unit.environments.lock(name);
  const entities = new Set<string>();
  for (const [scope, environments] of reached) {
    for (const name of await entitiesInScope(unit, scope, environments)) entities.add(name);
  }
  return [...entities];
}

async function takeBackOffers(
  context: Context,
  unit: UnitOfWork,
  rule: ApprovalRule,
): Promise<void> {
  const environments = await environmentsIn(unit, scopeOf(rule));
  const why = `approval rule "${rule.name}" was set`;
  await withdrawOffers(context, unit, environments, why, (plans) => heldBy(unit, rule, plans));
}

/** Those of the plans that a rule holds until people have agreed. */
async function heldBy(
  unit: UnitOfWork,
  rule: ApprovalRule,
  plans: readonly Plan[],
): Promise<readonly Plan[]> {
  const router = new AccreditationRouter({ rules: [rule] });
  const environments = await unit.environments.getMany(plans.map((plan) => plan.environment));
  const products = await unit.products.getMany(plans.map((plan) => plan.product));
  return plans.filter((plan) => {
    const environment = environments.find(({ name }) => name === plan.environment);
    const product = products.find(({ name }) => name === plan.product);
    if (environment === undefined || product === undefined) return false;
    const routing = router.route({
      environment: environment.name,
      tier: environment.tier,
      product: product.name,
      criticality: product.criticality,
      planType: plan.type,
      planClass: plan.planClass,
      strategy: plan.content.strategy,
      covered: plan.repairOf !== undefined || plan.rollbackOf !== undefined,
    });
    return routing.kind === 'gates' && routing.effect === 'holds';
  });
}

function toJson(rule: ApprovalRule | null): Json {
  if (rule === null) return null;
  const { escalation, ...rest } = rule;
  return { ...rest, ...(escalation !== undefined && { escalation: { ...escalation } }) };
}

function notThere(name: string): Refusal {
  return refusal(
    'approval/rule_not_found',
    `there is no approval rule ${JSON.stringify(name)}; GET /api/v1/approval-rules lists them`,
  );
}

function otherVersion(name: string): Refusal {
  return refusal(
    'catalog/version_conflict',
    `approval rule ${name} is not as you saw it any more; read it again and repeat the change`,
    { field: 'If-Match' },
  );
}
