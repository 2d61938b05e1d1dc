import { describe, expect, it } from '@jest/globals';
import type { Tier } from '../catalog/environment.js';
import { type OwedBreakGlass, WAIVABLE } from '../break-glass/break-glass.js';
import { anOwedBreakGlass, somePlanFacts, someRuleFacts } from '../testing.js';
import { breakGlassDebt } from './break-glass-debt.js';

const DUE = '2026-01-06T09:00:00.000Z';
const OWED = anOwedBreakGlass({ dueAt: DUE });

/** What is owed says of an upgrade in production. */
function at(now: string, breakGlasses: readonly OwedBreakGlass[] = [OWED], rule = {}) {
  const facts = { environment: 'prod', tier: 'production', planType: 'upgrade', ...rule };
  return breakGlassDebt.evaluate(
    somePlanFacts({ now: new Date(now), breakGlasses, rule: someRuleFacts(facts) }),
  );
}

describe('what a break-glass owes', () => {
  it('holds nothing until it is due, and says when that is', () => {
    expect(at('2026-01-06T08:59:59.999Z')).toEqual({
      satisfied: true,
      violations: [],
      metadata: {},
      recheckAt: DUE,
    });
  });

  it('holds a new version from the instant at which it is due, and names the debt and its cure', () => {
    expect(at(DUE)).toEqual({
      satisfied: false,
      violations: [
        {
          code: 'break_glass_debt',
          message: `break-glass glass-1 of aria, which ann opened in prod at 2026-01-05T09:00:00.000Z, had to be reviewed by ${DUE} and was not; somebody other than ann has to review it (POST /api/v1/break-glass/glass-1/review)`,
          data: {
            ...{ breakGlass: 'glass-1', product: 'aria', environment: 'prod' },
            ...{ openedBy: 'ann', openedAt: '2026-01-05T09:00:00.000Z', dueAt: DUE },
          },
        },
      ],
      metadata: {},
    });
  });

  it.each<{ name: string; rule: object; held: boolean }>([
    { name: 'an install in production', rule: { planType: 'install' }, held: true },
    { name: 'other values', rule: { planType: 'config_update' }, held: false },
    { name: 'a rollback', rule: { planType: 'rollback' }, held: false },
    { name: 'an uninstall', rule: { planType: 'uninstall' }, held: false },
  ])('once overdue, holds $name: $held', ({ rule, held }) => {
    expect(at(DUE, [OWED], rule).satisfied).toBe(!held);
  });

  type Where = 'dev' | 'moon' | 'staging' | 'qa' | 'prod' | 'eu';
  const TIERS = {
    dev: 'development',
    moon: 'development',
    staging: 'staging',
    qa: 'staging',
    prod: 'production',
    eu: 'production',
  } as const satisfies Record<Where, Tier>;
  it.each<{ owedIn: Where; held: readonly Where[] }>([
    { owedIn: 'prod', held: ['staging', 'qa', 'prod', 'eu'] },
    { owedIn: 'staging', held: ['staging', 'qa'] },
    { owedIn: 'moon', held: ['moon'] },
  ])('once overdue in $owedIn, holds upgrades in $held', ({ owedIn, held }) => {
    const owed = { ...OWED, environment: owedIn, tier: TIERS[owedIn] };
    const places = Object.keys(TIERS) as Where[];
    const isHeld = (environment: Where): boolean =>
      !at(DUE, [owed], { environment, tier: TIERS[environment] }).satisfied;
    expect(places.filter(isHeld)).toEqual(held);
  });

  it('says nothing elsewhere of who opened it, where and when', () => {
    const elsewhere = { ...OWED, environment: 'moon', openedAt: '2026-01-05T08:59:00.000Z' };
    expect(at(DUE, [elsewhere]).violations).toEqual([
      {
        code: 'break_glass_debt',
        message: `break-glass glass-1 of aria, which was opened in another environment, had to be reviewed by ${DUE} and was not; a second person who may review there has to do so (POST /api/v1/break-glass/glass-1/review)`,
        data: { breakGlass: 'glass-1', product: 'aria', dueAt: DUE },
      },
    ]);
  });

  it('tells of five, those of the place first, and counts the rest', () => {
    const many = Array.from({ length: 600 }, (_, each) =>
      anOwedBreakGlass({ id: `moon-${String(each)}`, environment: 'moon', dueAt: DUE }),
    );
    const { violations } = at(DUE, [...many, OWED]);
    expect(violations.map(({ data }) => [data['breakGlass'], data['more']])).toEqual([
      ['glass-1', undefined],
      ['moon-0', undefined],
      ['moon-1', undefined],
      ['moon-2', undefined],
      ['moon-3', undefined],
      ['moon-4', 596],
    ]);
    expect(violations[5]?.message).toMatch(/^596 more of aria /);
  });

  it('is each by itself: one that is reviewed says nothing for another', () => {
    const review = { by: 'bob', at: DUE, verdict: 'accepted' } as const;
    const later = anOwedBreakGlass({ id: 'glass-2', dueAt: '2026-01-06T12:00:00.000Z' });
    const { violations, recheckAt } = at(DUE, [{ ...OWED, review }, OWED, later]);
    expect(violations.map(({ data }) => data['breakGlass'])).toEqual(['glass-1']);
    expect(recheckAt).toBe(later.dueAt);
    expect(at(DUE, [{ ...OWED, review }]).satisfied).toBe(true);
  });

  it('is nothing that another break-glass waives', () => {
    const another = anOwedBreakGlass({
      id: 'glass-2',
      waives: WAIVABLE,
      dueAt: '2026-01-07T09:00:00Z',
    });
    expect(at(DUE, [OWED, another]).satisfied).toBe(false);
  });
});
