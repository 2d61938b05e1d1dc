import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inScope, type Scope, type ScopeSubject } from './scope.js';
import { signatureOf } from './scope-signature.js';

const SUBJECT: ScopeSubject = {
  environment: 'prod',
  tier: 'production',
  product: 'aria',
  entity: 'aria-prod',
  planType: 'upgrade',
  criticality: 'medium',
  labels: { team: 'blue' },
};

const names = fc.constantFrom('a', 'b', 'c', '');
const someLabels = fc.dictionary(fc.constantFrom('team', 'zone', 'constructor'), names);
const aSubject: fc.Arbitrary<ScopeSubject> = fc.record({
  environment: names,
  tier: fc.constantFrom('development', 'staging', 'production'),
  product: names,
  entity: names,
  planType: fc.constantFrom('install', 'upgrade'),
  criticality: fc.constantFrom('low', 'medium', 'critical'),
  labels: someLabels,
});
const aScope: fc.Arbitrary<Scope> = fc.record(
  {
    environments: fc.array(names),
    tiers: fc.array(fc.constantFrom('development' as const, 'staging' as const)),
    products: fc.array(names),
    entities: fc.array(names),
    planTypes: fc.array(fc.constantFrom('install' as const, 'upgrade' as const)),
    criticalities: fc.array(fc.constantFrom('low' as const, 'critical' as const)),
    labels: someLabels,
  },
  { requiredKeys: [] },
);

describe('the signature of a subject', () => {
  it('is equal only for subjects that every scope treats alike', () => {
    fc.assert(
      fc.property(fc.array(aScope, { maxLength: 4 }), aSubject, aSubject, (scopes, one, other) => {
        const signature = signatureOf(scopes);
        fc.pre(signature(one) === signature(other));
        for (const scope of scopes) expect(inScope(scope, one)).toBe(inScope(scope, other));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    { name: 'another entity', change: { entity: 'aria-2' } },
    { name: 'a product that no scope names', change: { product: 'base' } },
    { name: 'a label that no scope names', change: { labels: { team: 'blue', zone: 'eu' } } },
  ])('does not tell apart $name', ({ change }) => {
    const signature = signatureOf([
      { environments: ['prod', 'dev'] },
      { products: ['other'] },
      { labels: { team: 'blue' } },
    ]);
    expect(signature({ ...SUBJECT, ...change })).toBe(signature(SUBJECT));
  });

  it.each([
    { name: 'an environment', change: { environment: 'dev' } },
    { name: 'a missing label', change: { labels: {} } },
    { name: 'another value of a label', change: { labels: { team: 'red' } } },
  ])('tells apart $name that scopes name', ({ change }) => {
    const signature = signatureOf([
      { environments: ['prod', 'dev'] },
      { labels: { team: 'blue' } },
      { labels: { team: 'red' } },
    ]);
    expect(signature({ ...SUBJECT, ...change })).not.toBe(signature(SUBJECT));
  });
});
