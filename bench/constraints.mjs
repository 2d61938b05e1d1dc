// Benchmark 8: holding one plan against many rules, and against many that are about other plans.
import {
  applicable,
  BUILT_IN_CONSTRAINTS,
  ConstraintSet,
  evaluateConstraints,
} from '@apollo-deploy/domain';
import { interleave, rounded } from './interleave.mjs';

const REACH = 5;
const REACH_FLAT = 1.3;
const COUNTS = [3, 30, 300];
const ORDINARY = /** @type {const} */ ({ planClass: 'ordinary', forward: true });
const NOW = new Date('2026-03-02T12:00:00.000Z');

export const sizes = { full: { plans: 2000, rounds: 9 }, tiny: { plans: 20, rounds: 1 } };

/** @param {typeof sizes.full} size */
export async function run({ plans, rounds }) {
  const facts = Array.from({ length: plans }, (_, index) => planFacts(index));
  const perCount = COUNTS.map((count) => compare(facts, count, rounds));
  const strange = COUNTS.map((count) => ({ count, set: setOf(count, count - 3) }));
  const ms = interleave(
    Object.fromEntries(
      strange.map(({ count, set }) => [`strange${count}`, { run: () => evaluateAll(set, facts) }]),
    ),
    { rounds },
  );
  const flat = (ms[`strange${COUNTS.at(-1)}`] ?? NaN) / (ms[`strange${COUNTS[0]}`] ?? NaN);
  const ratio = Math.max(...perCount.map((each) => each.ratio));
  return {
    bench: 'constraints',
    n: plans,
    arms: {
      apollo:
        'ConstraintSet.for and evaluateConstraints: what is built in, and stored rules of two comparisons',
      closures:
        'the same rules as functions by hand, with the same reasons where one does not hold',
      flat: 'three rules that match, and all others scoped to another environment: 300 rules against 3',
    },
    rules: perCount.map(({ count, ns, ratio: each }) => ({
      count,
      nsPerPlan: rounded(ns),
      ratio: rounded(each),
    })),
    flat: rounded(flat),
    ratio: rounded(ratio),
    reach: `ratio <= ${REACH} at 3, 30 and 300 rules, flat <= ${REACH_FLAT}; the routing of approvals is not there yet and not measured`,
    met: ratio <= REACH && flat <= REACH_FLAT,
  };
}

/**
 * @param {readonly import('@apollo-deploy/domain').PlanFacts[]} facts
 * @param {number} count
 * @param {number} rounds
 */
function compare(facts, count, rounds) {
  const set = setOf(count, 0);
  const closures = closuresOf(count);
  const violated = evaluateAll(set, facts);
  if (violated !== runAll(closures, facts)) throw new Error('the arms find other violations');
  const ms = interleave(
    {
      [`apollo${count}`]: { run: () => evaluateAll(set, facts) },
      [`closures${count}`]: { run: () => runAll(closures, facts) },
    },
    { rounds },
  );
  const apollo = ms[`apollo${count}`] ?? NaN;
  return {
    count,
    ns: (apollo * 1e6) / facts.length,
    ratio: apollo / (ms[`closures${count}`] ?? NaN),
  };
}

/**
 * @param {ConstraintSet} set
 * @param {readonly import('@apollo-deploy/domain').PlanFacts[]} facts
 */
function evaluateAll(set, facts) {
  let violated = 0;
  for (const each of facts) {
    const constraints = [
      ...applicable(BUILT_IN_CONSTRAINTS, ORDINARY),
      ...set.for(subjectOf(each), ORDINARY),
    ];
    violated += evaluateConstraints(constraints, each).violations.length;
  }
  return violated;
}

/** @typedef {(facts: import('@apollo-deploy/domain').PlanFacts, violations: object[]) => void} Closure */

/**
 * @param {readonly Closure[]} closures
 * @param {readonly import('@apollo-deploy/domain').PlanFacts[]} facts
 */
function runAll(closures, facts) {
  let violated = 0;
  for (const each of facts) {
    /** @type {object[]} */
    const violations = [];
    for (const closure of closures) closure(each, violations);
    violated += violations.length;
  }
  return violated;
}

/**
 * @param {number} count
 * @returns {readonly Closure[]}
 */
function closuresOf(count) {
  /** @type {readonly Closure[]} */
  const builtIn = [
    ({ spoke }, violations) => {
      if (spoke.presence !== 'connected' || !spoke.reported)
        violations.push({ code: 'spoke_ready' });
    },
    ({ environment, product, spoke }, violations) => {
      for (const { maxConcurrent, executing } of [environment, product, spoke]) {
        if (maxConcurrent !== undefined && executing >= maxConcurrent) {
          violations.push({ code: 'concurrency' });
        }
      }
    },
    ({ dependencies }, violations) => {
      if (dependencies !== null) violations.push({ code: 'dependency' });
    },
    ({ entity }, violations) => {
      if (entity.trouble !== '' && entity.bringsWhatRuns) violations.push({ code: 'health' });
    },
  ];
  const rules = Array.from({ length: count }, (_, index) => {
    const name = `rule-${index}`;
    const minor = index % 3;
    /** @type {Closure} */
    const closure = ({ rule }, violations) => {
      const { toVersion, tier } = rule;
      const newEnough = toVersion !== null && (toVersion.major > 1 || toVersion.minor >= minor);
      if (tier === 'development' || newEnough) return;
      violations.push({
        code: 'rule',
        message: `${name}: ${message(minor)}`,
        data: { rule: name },
      });
    };
    return closure;
  });
  return [...builtIn, ...rules];
}

/**
 * @param {number} count
 * @param {number} elsewhere How many of them are about another environment.
 */
function setOf(count, elsewhere) {
  return new ConstraintSet(
    Array.from({ length: count }, (_, index) => ({
      id: `constraint-${String(index).padStart(4, '0')}`,
      name: `rule-${index}`,
      kind: 'rule',
      spec: {
        message: message(index % 3),
        when: {
          any: [
            { fact: 'environment.tier', operator: 'eq', value: 'development' },
            { fact: 'to.version', operator: 'gte', value: `1.${index % 3}.0` },
          ],
        },
      },
      scope: index < elsewhere ? { environments: [`other-${index % 20}`] } : {},
      createdBy: 'sre-1',
      createdAt: NOW.toISOString(),
      version: 1,
    })),
  );
}

/** @param {number} minor */
function message(minor) {
  return `outside of development only from 1.${minor}.0 on`;
}

/**
 * One plan in ten brings 1.0.0, which two rules in three forbid.
 * @param {number} index
 * @returns {import('@apollo-deploy/domain').PlanFacts}
 */
function planFacts(index) {
  const product = `product-${index % 50}`;
  const version = { major: 1, patch: 0, prerelease: [], build: [] };
  return {
    now: NOW,
    planClass: 'ordinary',
    requires: [],
    spoke: { name: 'spoke', presence: 'connected', reported: true, executing: 0 },
    product: { name: product, executing: 0 },
    content: { chart: null, valuesDigest: null },
    environment: { name: 'prod', executing: 0, suppressedUntil: [], entities: 0 },
    suppression: null,
    hold: null,
    entity: { name: `${product}-prod`, trouble: '', bringsWhatRuns: false, askedFor: false },
    dependencies: null,
    promotion: null,
    backup: { base: null, record: null },
    breakGlasses: [],
    rule: {
      planType: 'upgrade',
      entity: `${product}-prod`,
      product,
      owner: '',
      criticality: 'medium',
      environment: 'prod',
      tier: 'production',
      spoke: 'spoke',
      namespace: product,
      strategy: 'rolling',
      fromVersion: { ...version, minor: 0 },
      toVersion: { ...version, minor: index % 10 === 0 ? 0 : 5 },
      labels: {},
      healthy: true,
      drifted: false,
    },
  };
}

/**
 * @param {import('@apollo-deploy/domain').PlanFacts} facts
 * @returns {import('@apollo-deploy/domain').ScopeSubject}
 */
function subjectOf({ rule }) {
  return {
    environment: rule.environment,
    tier: 'production',
    product: rule.product,
    entity: rule.entity,
    planType: 'upgrade',
    criticality: 'medium',
    labels: rule.labels,
  };
}
