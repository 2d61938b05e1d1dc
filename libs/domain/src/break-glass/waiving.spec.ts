import { describe, expect, it } from '@jest/globals';
import { applicable, type ApplicabilityRow, bearingOf } from '../constraints/applicability.js';
import { earliestAt, evaluateConstraints } from '../constraints/constraint-evaluator.js';
import { ConstraintSet } from '../constraints/constraint-set.js';
import { BUILT_IN_CONSTRAINTS } from '../constraints/index.js';
import type { PlanFacts } from '../constraints/plan-facts.js';
import { isChange, PLAN_CLASSES, type PlanClass } from '../plans/plan-class.js';
import { anOwedBreakGlass, aStoredConstraint, somePlanFacts } from '../testing.js';
import { type Objectionable, OBJECTIONABLE, SUBJECT } from '../testing/objectionable.js';
import { type OwedBreakGlass, WAIVABLE, type Waivable } from './break-glass.js';
import { glassesIn, waivedFor } from './waiving.js';

// The facts are of Monday, 5 January 2026, at 09:00, in `dev`.
const UNTIL = '2026-01-05T11:00:00.000Z';
const TILL_ELEVEN = anOwedBreakGlass({ environment: 'dev', until: UNTIL });

const GIVES_WAY_TO: Partial<Record<ApplicabilityRow, Waivable>> = {
  window: 'window',
  suppression: 'window',
  dependency: 'dependency',
  soak: 'soak',
  health: 'health',
  promoted: 'promoted',
};

/** What all constraints say of a plan while this break-glass is known. */
function judged(one: Objectionable, glass: OwedBreakGlass, planClass: PlanClass = 'ordinary') {
  const { constraints, asked } = questions(one, glass, planClass);
  return evaluateConstraints(constraints, asked);
}

function questions(
  { stored, facts }: Objectionable,
  glass: OwedBreakGlass,
  planClass: PlanClass = 'ordinary',
  now = somePlanFacts().now,
) {
  const breakGlasses = [...(facts?.breakGlasses ?? []), glass];
  const hotfix = facts?.hotfix;
  const waives = waivedFor(breakGlasses, { planClass, hotfix, environment: 'dev', now });
  const plan = { planClass, forward: true, ...(waives !== undefined && { waives }) };
  const set = new ConstraintSet(stored === undefined ? [] : [aStoredConstraint(stored)]);
  const asked: PlanFacts = somePlanFacts({ ...facts, breakGlasses, planClass, now });
  return {
    constraints: [...applicable(BUILT_IN_CONSTRAINTS, plan), ...set.for(SUBJECT, plan)],
    asked,
  };
}

const codes = (violations: readonly { readonly code: string }[] = []) =>
  violations.map(({ code }) => code);

const FREEZE = { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Fair' };
const FROZEN: Objectionable = {
  row: 'suppression',
  code: 'suppression_window',
  stored: { kind: 'suppression_window', spec: FREEZE },
};

describe('a break-glass that waives', () => {
  it.each(
    WAIVABLE.flatMap((kind) =>
      OBJECTIONABLE.map((one) => ({ ...one, kind, gives: GIVES_WAY_TO[one.row] === kind })),
    ),
  )('$kind, to $row: $gives', ({ kind, gives, ...one }) => {
    const result = judged(one, { ...TILL_ELEVEN, waives: [kind] });
    expect(codes(result.violations)).toEqual(gives ? [] : [one.code]);
    expect(codes(result.noted)).toEqual(gives ? [one.code] : []);
    expect(result.satisfied).toBe(gives);
  });

  it.each(PLAN_CLASSES.filter((planClass) => !isChange(planClass)))(
    'everything, changes nothing for plans that are %s',
    (planClass) => {
      const elsewhere = { ...TILL_ELEVEN, environment: 'prod', waives: WAIVABLE };
      for (const one of OBJECTIONABLE) {
        const glass = { ...TILL_ELEVEN, waives: WAIVABLE };
        expect(judged(one, glass, planClass)).toEqual(judged(one, elsewhere, planClass));
      }
    },
  );

  it.each<{ name: string; waives: readonly Waivable[]; held: readonly string[] }>([
    { name: 'windows', waives: ['window'], held: [] },
    { name: 'something else', waives: ['soak'], held: ['suppression_window'] },
  ])('$name: of a freeze, a hotfix keeps $held', ({ waives, held }) => {
    const result = judged(FROZEN, { ...TILL_ELEVEN, waives }, 'hotfix');
    expect(codes(result.violations)).toEqual(held);
    expect(glassesIn(result.noted)).toEqual(held.length === 0 ? ['glass-1'] : []);
  });

  it.each([
    { name: 'the plans of its hotfix', planClass: 'hotfix', hotfix: 'deploy-1', gives: true },
    { name: 'those of another hotfix', planClass: 'hotfix', hotfix: 'deploy-2', gives: false },
    { name: 'ordinary ones', planClass: 'ordinary', hotfix: undefined, gives: false },
    {
      name: 'ordinary ones where the hotfix is under way',
      planClass: 'ordinary',
      hotfix: 'deploy-1',
      gives: false,
    },
  ] as const)('and was opened for a hotfix, to $name: $gives', ({ planClass, hotfix, gives }) => {
    const one = { ...FROZEN, facts: { ...(hotfix !== undefined && { hotfix }) } };
    const glass = { ...TILL_ELEVEN, deployment: 'deploy-1' };
    expect(judged(one, glass, planClass).satisfied).toBe(gives);
    // One that was waived, when the facts have changed since the constraints were chosen.
    const { asked } = questions(one, glass, planClass);
    const { constraints } = questions(FROZEN, TILL_ELEVEN, planClass);
    expect(evaluateConstraints(constraints, asked).satisfied).toBe(gives);
  });

  it('approval is asked of the gates', () => {
    const plan = { planClass: 'ordinary', forward: true, waives: ['approval'] } as const;
    expect(bearingOf('approval', plan)).toBe('gives_way');
  });
});

describe('what is waived', () => {
  it('is told with the break-glass, and the answer lasts as long as that does', () => {
    expect(judged(FROZEN, TILL_ELEVEN)).toEqual({
      satisfied: true,
      violations: [],
      metadata: {},
      noted: [
        {
          code: 'suppression_window',
          effect: 'waived',
          message: `changes are suppressed until 2026-01-06T00:00:00.000Z: Fair; waived until ${UNTIL} by break-glass glass-1, which ann opened`,
          data: expect.objectContaining({
            reason: 'Fair',
            breakGlass: { id: 'glass-1', by: 'ann', until: UNTIL },
          }),
        },
      ],
      recheckAt: UNTIL,
      windowEnd: UNTIL,
    });
    expect(glassesIn(judged(FROZEN, TILL_ELEVEN).noted)).toEqual(['glass-1']);
  });

  it.each([
    { name: 'at its last instant', now: '2026-01-05T10:59:59.999Z', held: [] },
    { name: 'at its end', now: UNTIL, held: ['suppression_window'] },
  ])('$name: $held', ({ now, held }) => {
    const { constraints, asked } = questions(FROZEN, TILL_ELEVEN, 'ordinary', new Date(now));
    expect(codes(evaluateConstraints(constraints, asked).violations)).toEqual(held);
    // Asked for what was waived a moment ago, as when the end comes while somebody thinks.
    const before = questions(FROZEN, TILL_ELEVEN);
    const late = { ...before.asked, now: new Date(now) };
    expect(codes(evaluateConstraints(before.constraints, late).violations)).toEqual(held);
  });

  it.each<{ name: string; change: Partial<OwedBreakGlass>; gives: boolean }>([
    { name: 'of another environment', change: { environment: 'prod' }, gives: false },
    {
      name: 'that was ended',
      change: { ended: { by: 'ann', at: '2026-01-05T09:00:00.000Z' } },
      gives: false,
    },
    {
      name: 'that was reviewed',
      change: { review: { by: 'bob', at: '2026-01-05T09:00:00.000Z', verdict: 'accepted' } },
      gives: false,
    },
    { name: 'that has been used', change: { uses: 3, plans: ['plan-1'] }, gives: true },
  ])('is not waived by one $name, but for: $gives', ({ change, gives }) => {
    expect(judged(FROZEN, { ...TILL_ELEVEN, ...change }).satisfied).toBe(gives);
  });

  it('is waived by the one that lasts longest', () => {
    const longer = { ...TILL_ELEVEN, id: 'glass-2', until: '2026-01-05T12:00:00.000Z' };
    const both = { ...FROZEN, facts: { breakGlasses: [longer] } };
    expect(glassesIn(judged(both, TILL_ELEVEN).noted)).toEqual(['glass-2']);
  });

  it('holds beside a hard freeze, which stays', () => {
    const hard = { ...FREEZE, hard: true, reason: 'Year end' };
    const plan = { planClass: 'ordinary', forward: true, waives: ['window'] } as const;
    const set = new ConstraintSet([
      aStoredConstraint({ id: 'c-1', kind: 'suppression_window', spec: FREEZE }),
      aStoredConstraint({ id: 'c-2', kind: 'suppression_window', spec: hard }),
    ]);
    const facts = somePlanFacts({ breakGlasses: [TILL_ELEVEN] });
    const { violations, noted } = evaluateConstraints(set.for(SUBJECT, plan), facts);
    expect(violations.map(({ data }) => data['reason'])).toEqual(['Year end']);
    expect(noted?.map(({ data }) => data['reason'])).toEqual(['Fair']);
  });

  it('counts for the first instant at which a plan may go only while it is in force', () => {
    const until = (end: string) => ({ ...FREEZE, end, hard: true });
    const window = { layer: 'environment', cron: '0 2 * * SAT', durationHours: 4 };
    const earliest = (hardEnd: string) => {
      const plan = { planClass: 'ordinary', forward: true, waives: ['window'] } as const;
      const set = new ConstraintSet([
        aStoredConstraint({ id: 'c-1', kind: 'maintenance_window', spec: window }),
        aStoredConstraint({ id: 'c-2', kind: 'suppression_window', spec: until(hardEnd) }),
      ]);
      const facts = somePlanFacts({ breakGlasses: [TILL_ELEVEN] });
      return earliestAt(set.for(SUBJECT, plan), facts);
    };
    expect(earliest('2026-01-05T10:30:00Z')).toBe('2026-01-05T10:30:00.000Z');
    expect(earliest('2026-01-05T11:00:00Z')).toBe('2026-01-10T02:00:00.000Z');
  });
});
