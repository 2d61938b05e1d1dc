import { currentConditions, type Condition } from './conditions.js';
import { conditionFailure, generationBehind } from './generation.js';
import type { KindRule } from './kind-rule.js';
import type { Fields } from './live-fields.js';
import { healthy, progressing, suspended } from './object-status.js';

/** A condition an object may have. */
export interface ConditionMatch {
  readonly type: string;
  /** Default `True`. */
  readonly status?: 'True' | 'False' | 'Unknown';
  /** Any of these reasons; default: whatever reason. */
  readonly reasons?: readonly string[];
}

/**
 * How objects of one kind are judged by their conditions, first that applies: any of `suspended`, any
 * of `progressing`, any of `failed` (no waiting mends it), all of `healthy`. An object to which none
 * applies is progressing, and its message names the condition it still lacks.
 */
export interface ConditionRule {
  /** Empty: the core group. */
  readonly group: string;
  readonly kind: string;
  readonly suspended?: readonly ConditionMatch[];
  readonly progressing?: readonly ConditionMatch[];
  readonly failed?: readonly ConditionMatch[];
  /** None: existing is enough. */
  readonly healthy: readonly ConditionMatch[];
}

/** The name under which `StatusContext.rules` keeps the rule of a kind. */
export function ruleKey({ group, kind }: Pick<ConditionRule, 'group' | 'kind'>): string {
  return group === '' ? kind : `${kind}.${group}`;
}

/** Rules as `StatusContext.rules` wants them; of several for one kind the last. */
export function conditionRules(
  rules: readonly ConditionRule[],
): Readonly<Record<string, KindRule>> {
  return Object.fromEntries(rules.map((rule) => [ruleKey(rule), statusBy(rule)]));
}

function statusBy(rule: ConditionRule): KindRule {
  return (object, context) => {
    const behind = generationBehind(object);
    if (behind !== undefined) return behind;
    const conditions = currentConditions(object);
    const paused = anyOf(rule.suspended, conditions);
    if (paused !== undefined) return suspended(paused.reason, paused.message);
    const underWay = anyOf(rule.progressing, conditions);
    if (underWay !== undefined) return progressing(underWay.reason, underWay.message);
    const broken = anyOf(rule.failed, conditions);
    if (broken !== undefined) return conditionFailure(object, broken, context);
    const unmet = rule.healthy.find((match) => find(match, conditions) === undefined);
    if (unmet !== undefined) return waitingFor(unmet, object, conditions);
    const [first] = rule.healthy.map((match) => find(match, conditions));
    return healthy(first?.reason ?? 'Exists', first?.message ?? 'exists');
  };
}

/** Names what is missing: an expression about what nobody ever writes would else wait in silence. */
function waitingFor(
  match: ConditionMatch,
  { kind }: Fields,
  conditions: readonly Condition[],
): ReturnType<typeof progressing> {
  const wanted = `waits for condition ${describe(match)}`;
  const found = conditions.find(({ type }) => type === match.type);
  if (found !== undefined) {
    return progressing(found.reason, `${wanted}; it is ${found.status}: ${found.message}`);
  }
  const types = [...new Set(conditions.map(({ type }) => type))].join(', ');
  const has = types === '' ? 'has no conditions' : `has only ${types}`;
  return progressing('ConditionMissing', `${wanted}; this ${String(kind)} ${has}`);
}

function anyOf(
  matches: readonly ConditionMatch[] | undefined,
  conditions: readonly Condition[],
): Condition | undefined {
  for (const match of matches ?? []) {
    const found = find(match, conditions);
    if (found !== undefined) return found;
  }
  return undefined;
}

function find(
  { type, status = 'True', reasons }: ConditionMatch,
  conditions: readonly Condition[],
): Condition | undefined {
  return conditions.find(
    (condition) =>
      condition.type === type &&
      condition.status === status &&
      (reasons === undefined || reasons.includes(condition.reason)),
  );
}

function describe({ type, status = 'True', reasons }: ConditionMatch): string {
  const because = reasons === undefined ? '' : ` (${reasons.join(' or ')})`;
  return `${type} ${status}${because}`;
}
