import { describe, expect, it } from '@jest/globals';
import { aRule, aSubject } from '../testing/approvals.js';
import { AccreditationRouter } from './accreditation-router.js';
import type { ApprovalRule } from './approval-rule.js';
import { DEFAULT_APPROVAL_RULES } from './default-approval-rules.js';
import type { ApprovalSubject } from './plan-selector.js';

function route(rules: readonly ApprovalRule[], change: Partial<ApprovalSubject> = {}) {
  const routing = new AccreditationRouter({ rules }).route(aSubject(change));
  switch (routing.kind) {
    case 'gates':
      return { effect: routing.effect, gates: routing.rules.map(({ name }) => name) };
    case 'free':
      return routing.because;
    case 'refused':
      return routing.violation;
  }
}

const holds = (...gates: readonly string[]) => ({ effect: 'holds', gates });

describe('the router', () => {
  it.each([
    { name: 'the environment', rule: { environment: 'prod' }, other: { environment: 'prod-eu' } },
    { name: 'the tier', rule: { tier: 'production' }, other: { tier: 'staging' as const } },
    {
      name: 'the types of plans',
      rule: { planTypes: ['install', 'upgrade'] },
      other: { planType: 'uninstall' as const },
    },
    {
      name: 'the criticality',
      rule: { criticality: 'medium' },
      other: { criticality: 'critical' as const },
    },
    { name: 'the products', rule: { products: ['aria', 'base'] }, other: { product: 'billing' } },
    { name: 'the strategy', rule: { strategy: 'rolling' }, other: { strategy: 'canary' as const } },
  ])('takes a rule by $name', ({ rule, other }) => {
    const rules = [aRule({ ...rule, name: 'narrow' }), aRule({ name: 'all' })];
    expect(route(rules)).toEqual(holds('all', 'narrow'));
    expect(route(rules, other)).toEqual(holds('all'));
  });

  it('takes a rule only where all that it names is met', () => {
    const rules = [aRule({ tier: 'production', criticality: 'critical' }), aRule({ name: 'all' })];
    expect(route(rules)).toEqual(holds('all'));
    expect(route(rules, { criticality: 'critical' })).toEqual(holds('all', 'reliability'));
  });

  it('gives every matching rule a gate of its own, by level and name', () => {
    const rules = [
      aRule({ name: 'board', level: 2 }),
      aRule({ name: 'security', requiredRoles: ['security', 'security'] }),
      aRule({ name: 'operations', requiredRoles: ['ops'] }),
    ];
    expect(route(rules)).toEqual(holds('operations', 'security', 'board'));
    expect(route([...rules].reverse())).toEqual(holds('operations', 'security', 'board'));
  });

  it('refuses an ordinary plan in production that no rule matches, and says what to do', () => {
    expect(route([aRule({ environment: 'prod-eu' })])).toEqual({
      code: 'no_approval_rule',
      message:
        'no approval rule says who must agree to upgrade plans of aria (criticality medium) in prod, which is production; add a rule that does',
      data: { environment: 'prod', planType: 'upgrade', product: 'aria', criticality: 'medium' },
    });
  });

  it.each(['development', 'staging'] as const)('leaves %s free where no rule matches', (tier) => {
    expect(route([], { tier })).toBe('no_rule');
  });
});

const ANY = aRule({ name: 'any' });
const NAMED = aRule({ name: 'named', planTypes: ['rollback'] });

describe('what a plan is for', () => {
  it.each([
    {
      name: 'a repair of what was approved asks nobody again',
      plan: { planClass: 'repair' as const, planType: 'config_update' as const, covered: true },
      expected: 'covered',
    },
    {
      name: 'an automatic rollback to what was approved asks nobody again',
      plan: { planClass: 'automatic_rollback' as const, covered: true },
      expected: 'covered',
    },
    {
      name: 'a repair that nobody approved is like any other change',
      plan: { planClass: 'repair' as const, planType: 'config_update' as const },
      expected: holds('any'),
    },
    {
      name: 'an automatic rollback to what nobody approved asks where a rule names rollbacks',
      plan: { planClass: 'automatic_rollback' as const, planType: 'rollback' as const },
      expected: holds('named'),
    },
    {
      name: 'a requested rollback asks where a rule names rollbacks, and no other rule',
      plan: { planClass: 'requested_rollback' as const, planType: 'rollback' as const },
      expected: holds('named'),
    },
    {
      name: 'leaving a recalled release asks by the rules',
      plan: { planClass: 'roll_off' as const, planType: 'rollback' as const },
      expected: holds('any', 'named'),
    },
    {
      name: 'a hotfix asks, and a break-glass may let it go without',
      plan: { planClass: 'hotfix' as const },
      expected: { effect: 'waived', gates: ['any'] },
    },
  ])('$name', ({ plan, expected }) => {
    expect(route([ANY, NAMED], plan)).toEqual(expected);
  });

  it.each([
    { planClass: 'requested_rollback' as const, expected: 'rollback' },
    { planClass: 'automatic_rollback' as const, expected: 'rollback' },
    { planClass: 'roll_off' as const, expected: 'no_rule' },
    { planClass: 'hotfix' as const, expected: expect.objectContaining({ kind: 'refused' }) },
    { planClass: 'repair' as const, expected: expect.objectContaining({ kind: 'refused' }) },
  ])('without any rule, of a plan that is a $planClass', ({ planClass, expected }) => {
    const plan = aSubject({ planClass, planType: 'rollback' });
    const routing = new AccreditationRouter({ rules: [] }).route(plan);
    expect(routing.kind === 'free' ? routing.because : routing).toEqual(expected);
  });
});

describe('the rules of a new hub', () => {
  const critical = { criticality: 'critical' as const };

  it.each([
    { name: 'an upgrade in production', plan: {}, expected: holds('production') },
    {
      name: 'an installation in production',
      plan: { planType: 'install' as const },
      expected: holds('production'),
    },
    {
      name: 'the removal of something in production',
      plan: { planType: 'uninstall' as const },
      expected: holds('production'),
    },
    {
      name: 'other values in production',
      plan: { planType: 'config_update' as const },
      expected: holds('production'),
    },
    {
      name: 'a critical upgrade in production',
      plan: critical,
      expected: holds('critical-production', 'production'),
    },
    {
      name: 'a critical upgrade in staging',
      plan: { ...critical, tier: 'staging' as const },
      expected: holds('critical-staging'),
    },
    { name: 'an upgrade in staging', plan: { tier: 'staging' as const }, expected: 'no_rule' },
    {
      name: 'a critical upgrade in development',
      plan: { ...critical, tier: 'development' as const },
      expected: 'no_rule',
    },
    {
      name: 'a requested rollback in production',
      plan: { planType: 'rollback' as const, planClass: 'requested_rollback' as const },
      expected: 'rollback',
    },
  ])('for $name', ({ plan, expected }) => {
    expect(route(DEFAULT_APPROVAL_RULES, plan)).toEqual(expected);
  });

  it('ask an sre, and for what is critical vp-engineering, for a day', () => {
    const asked = DEFAULT_APPROVAL_RULES.map(({ name, requiredRoles, ttlHours, allowAuthor }) => [
      ...[name, requiredRoles, ttlHours, allowAuthor],
    ]);
    expect(asked).toEqual([
      ['production', ['sre'], 24, false],
      ['critical-production', ['vp-engineering'], 24, false],
      ['critical-staging', ['vp-engineering'], 24, false],
    ]);
  });
});
