import { TIERS } from '../catalog/environment.js';
import { isOverdue, type OwedBreakGlass } from '../break-glass/break-glass.js';
import type { PlanType } from '../plans/plan.js';
import type { BuiltInConstraint } from './constraint-kind.js';
import { type ConstraintResult, SATISFIED } from './constraint.js';
import type { RuleFacts } from './rule/rule-facts.js';
import type { KnownViolation } from './violation-codes.js';

const NEW_VERSIONS: readonly string[] = ['install', 'upgrade'] satisfies readonly PlanType[];
/** So many overdue ones are told of, each by itself; those after them are counted. */
const DEBTS_TOLD = 5;

/**
 * Nothing new of a product goes up while a break-glass of it was not reviewed in time: neither where it
 * was opened, nor, of staging and production, where as much or less is at stake as there. So who may
 * break glass in a lower tier only holds nothing up above it. Until it is due it holds nothing, and the
 * answer lasts until then.
 */
export const breakGlassDebt: BuiltInConstraint = {
  kind: 'break_glass_debt',
  description:
    'Every break-glass of the product was reviewed by a second person in time: of those that were opened in the environment itself and, for staging and production, in one of the same tier or above.',
  row: 'break_glass_debt',
  evaluate({ now, breakGlasses, rule }): ConstraintResult {
    if (breakGlasses.length === 0 || !NEW_VERSIONS.includes(rule.planType)) return SATISFIED;
    const owed = breakGlasses.filter((glass) => isOwedIn(glass, rule));
    const overdue = owed.filter((glass) => isOverdue(glass, now));
    const [recheckAt] = owed
      .filter((glass) => !isOverdue(glass, now))
      .map(({ dueAt }) => dueAt)
      .sort();
    return {
      satisfied: overdue.length === 0,
      violations: told(overdue, rule),
      metadata: {},
      ...(recheckAt !== undefined && { recheckAt }),
    };
  },
};

type Place = Pick<RuleFacts, 'environment' | 'tier'>;

function isOwedIn(glass: OwedBreakGlass, { environment, tier }: Place): boolean {
  if (glass.review !== undefined) return false;
  if (glass.environment === environment) return true;
  return isGuarded(tier) && rankOf(glass.tier) >= rankOf(tier);
}

const isGuarded = (tier: string): boolean => rankOf(tier) > rankOf('development');
const rankOf = (tier: string): number => TIERS.findIndex((one) => one === tier);

/** Those of the place first: whoever reads this sees the place, and perhaps no other. */
function told(overdue: readonly OwedBreakGlass[], place: Place): readonly KnownViolation[] {
  const isHere = (glass: OwedBreakGlass): boolean => glass.environment === place.environment;
  const inOrder = [...overdue.filter(isHere), ...overdue.filter((glass) => !isHere(glass))];
  const single = inOrder
    .slice(0, DEBTS_TOLD)
    .map((glass) => (isHere(glass) ? debtHere(glass) : debtElsewhere(glass)));
  const next = inOrder[DEBTS_TOLD];
  return next === undefined ? single : [...single, debtsAfter(next, inOrder.length - DEBTS_TOLD)];
}

function debtHere(glass: OwedBreakGlass): KnownViolation {
  const { id, product, environment, openedBy, openedAt, dueAt } = glass;
  return {
    code: 'break_glass_debt',
    message: `break-glass ${id} of ${product}, which ${openedBy} opened in ${environment} at ${openedAt}, had to be reviewed by ${dueAt} and was not; somebody other than ${openedBy} has to review it (POST /api/v1/break-glass/${id}/review)`,
    data: { breakGlass: id, product, environment, openedBy, openedAt, dueAt },
  };
}

/** Says nothing of who did what where: not everybody who sees the plan sees that environment. */
function debtElsewhere({ id, product, dueAt }: OwedBreakGlass): KnownViolation {
  return {
    code: 'break_glass_debt',
    message: `break-glass ${id} of ${product}, which was opened in another environment, had to be reviewed by ${dueAt} and was not; a second person who may review there has to do so (POST /api/v1/break-glass/${id}/review)`,
    data: { breakGlass: id, product, dueAt },
  };
}

function debtsAfter({ id, product }: OwedBreakGlass, more: number): KnownViolation {
  return {
    code: 'break_glass_debt',
    message: `${String(more)} more of ${product} had to be reviewed by now and were not; each is shown to those who see its environment (GET /api/v1/break-glass?service=${product}&open=true)`,
    data: { breakGlass: id, product, more },
  };
}
