import { err, ok, type Result } from '@apollo-deploy/kernel';
import { compareVersions, parseVersion } from '../../catalog/version.js';
import { parseRange, rangeAllows } from '../../catalog/version-range.js';
import { LABEL_PREFIX, RULE_FACTS, type RuleFacts } from './rule-facts.js';
import { ACCEPTED_SHAPES, type Comparison, shapeOf } from './rule-shape.js';

/** Bounds of one rule. */
export const RULE_DEPTH_MAX = 8;
export const RULE_NODES_MAX = 200;
const LIST_MAX = 100;
const TEXT_MAX = 256;

/** Why a rule cannot be compiled: where in the tree, and what would be accepted. */
export interface RuleRefusal {
  /** Such as `when.all[1].not`. */
  readonly path: string;
  readonly detail: string;
}

export type CompiledRule = (facts: RuleFacts) => boolean;
type Compiled = Result<CompiledRule, RuleRefusal>;

/**
 * Turns a condition over plan facts, a tree of `all`, `any` and `not` over comparisons, into closures,
 * once, when it is saved. Nothing in it is ever executed as text; its depth, size and lists are
 * bounded. It takes any JSON and refuses what is no such tree.
 */
export function compileRule(node: unknown, path = 'when'): Compiled {
  const budget = { nodes: RULE_NODES_MAX };
  return compile(node, path, 1, budget);
}

function compile(node: unknown, path: string, depth: number, budget: { nodes: number }): Compiled {
  budget.nodes -= 1;
  if (depth > RULE_DEPTH_MAX) {
    return refuse(path, `a rule nests at most ${String(RULE_DEPTH_MAX)} levels deep`);
  }
  if (budget.nodes < 0) {
    return refuse(path, `a rule has at most ${String(RULE_NODES_MAX)} conditions`);
  }
  const shape = shapeOf(node);
  switch (shape.word) {
    case 'not': {
      const inner = compile(shape.child, `${path}.not`, depth + 1, budget);
      return inner.ok ? ok((facts) => !inner.value(facts)) : inner;
    }
    case 'compare':
      return compileComparison(shape.comparison, path);
    case 'all':
    case 'any':
      break;
    case 'none':
      return refuse(path, `accepted is one of ${ACCEPTED_SHAPES}`);
  }
  const { word, children } = shape;
  if (children.length === 0) return refuse(`${path}.${word}`, 'needs at least one condition');
  const compiled: CompiledRule[] = [];
  for (const [index, child] of children.entries()) {
    const inner = compile(child, `${path}.${word}[${String(index)}]`, depth + 1, budget);
    if (!inner.ok) return inner;
    compiled.push(inner.value);
  }
  return ok(word === 'all' ? allOf(compiled) : anyOf(compiled));
}

function allOf(conditions: readonly CompiledRule[]): CompiledRule {
  return (facts) => {
    for (const holds of conditions) if (!holds(facts)) return false;
    return true;
  };
}

function anyOf(conditions: readonly CompiledRule[]): CompiledRule {
  return (facts) => {
    for (const holds of conditions) if (holds(facts)) return true;
    return false;
  };
}

function compileComparison(node: Comparison, path: string): Compiled {
  const { fact } = node;
  const text = readsText(fact);
  if (text !== undefined) return compileText(node, path, text);
  if (isKey(fact, RULE_FACTS.version)) return compileVersion(node, path, RULE_FACTS.version[fact]);
  if (isKey(fact, RULE_FACTS.flag)) return compileFlag(node, path, RULE_FACTS.flag[fact]);
  const known = [RULE_FACTS.text, RULE_FACTS.version, RULE_FACTS.flag].flatMap((facts) =>
    Object.keys(facts),
  );
  return refuse(`${path}.fact`, `accepted are ${known.join(', ')} and ${LABEL_PREFIX}KEY`);
}

function readsText(fact: string): ((facts: RuleFacts) => string) | undefined {
  if (isKey(fact, RULE_FACTS.text)) return RULE_FACTS.text[fact];
  if (!fact.startsWith(LABEL_PREFIX) || fact.length === LABEL_PREFIX.length) return undefined;
  const key = fact.slice(LABEL_PREFIX.length);
  return ({ labels }) => (Object.hasOwn(labels, key) ? (labels[key] ?? '') : '');
}

function compileText(
  { operator, value }: Comparison,
  path: string,
  read: (facts: RuleFacts) => string,
): Compiled {
  if (operator === 'in' || operator === 'notIn') {
    if (!isTextList(value)) {
      return refuse(`${path}.value`, `${operator} takes 1 to ${String(LIST_MAX)} texts`);
    }
    const accepted = new Set(value);
    return ok((facts) => accepted.has(read(facts)) === (operator === 'in'));
  }
  if (typeof value !== 'string' || value.length > TEXT_MAX) {
    return refuse(`${path}.value`, `a text of at most ${String(TEXT_MAX)} characters is expected`);
  }
  switch (operator) {
    case 'eq':
      return ok((facts) => read(facts) === value);
    case 'ne':
      return ok((facts) => read(facts) !== value);
    case 'startsWith':
      return ok((facts) => read(facts).startsWith(value));
    case 'endsWith':
      return ok((facts) => read(facts).endsWith(value));
    default:
      return refuse(`${path}.operator`, 'a text has eq, ne, in, notIn, startsWith and endsWith');
  }
}

/** A comparison with a version that is not there does not hold. */
function compileVersion(
  { operator, value }: Comparison,
  path: string,
  read: (facts: RuleFacts) => RuleFacts['toVersion'],
): Compiled {
  if (typeof value !== 'string') return refuse(`${path}.value`, 'a text is expected');
  if (operator === 'inRange') {
    const range = parseRange(value);
    if (!range.ok) return refuse(`${path}.value`, range.error.detail);
    return ok((facts) => {
      const version = read(facts);
      return version !== null && rangeAllows(range.value, version);
    });
  }
  const holds = isKey(operator, ORDER) ? ORDER[operator] : undefined;
  if (holds === undefined) {
    return refuse(`${path}.operator`, 'a version has eq, ne, lt, lte, gt, gte and inRange');
  }
  const parsed = parseVersion(value);
  if (!parsed.ok) return refuse(`${path}.value`, parsed.error.detail);
  return ok((facts) => {
    const version = read(facts);
    return version !== null && holds(compareVersions(version, parsed.value));
  });
}

const ORDER = {
  eq: (order: number) => order === 0,
  ne: (order: number) => order !== 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
} as const;

function compileFlag(
  { operator, value }: Comparison,
  path: string,
  read: (facts: RuleFacts) => boolean,
): Compiled {
  if (operator !== 'eq') return refuse(`${path}.operator`, 'true or false has eq');
  if (typeof value !== 'boolean') return refuse(`${path}.value`, 'true or false is expected');
  return ok((facts) => read(facts) === value);
}

function isTextList(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= LIST_MAX &&
    value.every((text) => typeof text === 'string' && text.length <= TEXT_MAX)
  );
}

function isKey<T extends object>(key: string, object: T): key is Extract<keyof T, string> {
  return Object.hasOwn(object, key);
}

function refuse(path: string, detail: string): Compiled {
  return err({ path, detail });
}
