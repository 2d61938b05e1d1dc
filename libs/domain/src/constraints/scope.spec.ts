import { describe, expect, it } from '@jest/globals';
import { inScope, type Scope, type ScopeSubject } from './scope.js';

const UPGRADE: ScopeSubject = {
  environment: 'prod-eu',
  tier: 'production',
  product: 'aria',
  entity: 'aria-eu',
  planType: 'upgrade',
  criticality: 'high',
  labels: { team: 'web', ring: '1' },
};

describe('a scope', () => {
  const rows: readonly { name: string; scope: Scope; expected: boolean }[] = [
    { name: 'that says nothing', scope: {}, expected: true },
    {
      name: 'that names its environment among others',
      scope: { environments: ['prod-us', 'prod-eu'] },
      expected: true,
    },
    { name: 'of another environment', scope: { environments: ['prod'] }, expected: false },
    { name: 'of no environment at all', scope: { environments: [] }, expected: false },
    { name: 'of its tier', scope: { tiers: ['production'] }, expected: true },
    { name: 'of other tiers', scope: { tiers: ['staging', 'development'] }, expected: false },
    { name: 'of another product', scope: { products: ['base'] }, expected: false },
    { name: 'of its entity', scope: { entities: ['aria-eu'] }, expected: true },
    { name: 'of another entity', scope: { entities: ['aria-us'] }, expected: false },
    {
      name: 'of another plan type',
      scope: { planTypes: ['install', 'uninstall'] },
      expected: false,
    },
    { name: 'of its criticality', scope: { criticalities: ['high', 'critical'] }, expected: true },
    { name: 'of another criticality', scope: { criticalities: ['low'] }, expected: false },
    { name: 'of labels it all carries', scope: { labels: { team: 'web' } }, expected: true },
    {
      name: 'of labels of which it carries one',
      scope: { labels: { team: 'web', ring: '2' } },
      expected: false,
    },
    {
      name: 'of a label it does not have',
      scope: { labels: { constructor: '' } },
      expected: false,
    },
    {
      name: 'whose members match but for one',
      scope: { tiers: ['production'], products: ['aria'], planTypes: ['rollback'] },
      expected: false,
    },
  ];
  it.each(rows)('$name matches: $expected', ({ scope, expected }) => {
    expect(inScope(scope, UPGRADE)).toBe(expected);
  });
});
