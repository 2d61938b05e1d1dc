import { describe, expect, it } from '@jest/globals';
import { dependencyRangeViolations, type Installation } from '@apollo-deploy/domain';
import fc from 'fast-check';
import { Neighbours } from './neighbours.js';

const WEB_NEEDS_API = { product: 'api', range: '^1.0.0', optional: false };

function installed(
  product: string,
  spoke: string,
  change: Partial<Installation> = {},
): Installation {
  return {
    entity: `${product}-${spoke}`,
    spoke,
    product,
    version: '1.0.0',
    running: true,
    trouble: '',
    dependencies: [],
    ...change,
  };
}

function around(
  entity: { readonly product: string; readonly spoke: string },
  installations: readonly Installation[],
): readonly string[] {
  const releases = [
    { product: 'web', dependencies: [WEB_NEEDS_API] },
    { product: 'api', dependencies: [] },
  ];
  return new Neighbours(releases, new Map([['prod', installations]]))
    .of({ ...entity, name: `${entity.product}-${entity.spoke}`, environment: 'prod' })
    .map((installation) => installation.entity);
}

const needsApi = { dependencies: [WEB_NEEDS_API] };

describe('the neighbours of an entity', () => {
  it.each([
    {
      name: 'what it needs, on its own spoke only',
      entity: { product: 'web', spoke: 'one' },
      there: [installed('api', 'one'), installed('api', 'two')],
      expected: ['api-one'],
    },
    {
      name: 'what it needs anywhere, where its own spoke has none',
      entity: { product: 'web', spoke: 'one' },
      there: [installed('api', 'three'), installed('api', 'two')],
      expected: ['api-three', 'api-two'],
    },
    {
      name: 'what it needs anywhere, where that of its own spoke is not installed yet',
      entity: { product: 'web', spoke: 'one' },
      there: [installed('api', 'one', { version: null }), installed('api', 'two')],
      expected: ['api-one', 'api-two'],
    },
    {
      name: 'who needs it, but for those that have their own beside them',
      entity: { product: 'api', spoke: 'one' },
      there: [
        installed('api', 'two'),
        installed('web', 'one', needsApi),
        installed('web', 'three', needsApi),
        installed('web', 'two', needsApi),
      ],
      expected: ['web-one', 'web-three'],
    },
    {
      name: 'nobody that has nothing to do with it',
      entity: { product: 'api', spoke: 'one' },
      there: [installed('aria', 'one'), installed('web', 'one')],
      expected: [],
    },
  ])('are $name', ({ entity, there, expected }) => {
    expect(around(entity, there)).toEqual(expected);
  });

  it('in another environment are none', () => {
    const neighbours = new Neighbours([], new Map([['prod', [installed('api', 'one')]]]));
    const entity = { name: 'web-one', spoke: 'one', environment: 'dev', product: 'web' };
    expect(neighbours.of(entity)).toEqual([]);
  });

  it('decide as the whole environment does', () => {
    const product = fc.constantFrom('a', 'b', 'c');
    const dependency = fc.record({
      product,
      range: fc.constantFrom('^1.0.0', '^2.0.0'),
      optional: fc.boolean(),
    });
    const dependencies = fc.array(dependency, { maxLength: 2 });
    const installation = fc.record({
      product,
      spoke: fc.constantFrom('one', 'two', 'three'),
      version: fc.constantFrom(null, '1.0.0', '2.0.0'),
      dependencies,
    });
    fc.assert(
      fc.property(fc.array(installation, { maxLength: 8 }), dependencies, (drawn, declared) => {
        const all = drawn.map((one, index) =>
          installed(one.product, one.spoke, {
            ...one,
            entity: `entity-${String(index)}`,
          }),
        );
        const entity = { name: 'mine', spoke: 'one', environment: 'prod', product: 'a' };
        const releases = [{ product: 'a', dependencies: declared }];
        const near = new Neighbours(releases, new Map([['prod', all]])).of(entity);
        const violations = (others: readonly Installation[]) =>
          dependencyRangeViolations({
            entity: 'mine',
            spoke: 'one',
            product: 'a',
            targetVersion: '2.0.0',
            declared,
            others,
          });
        expect(violations(near)).toEqual(violations(all));
      }),
      { numRuns: 2000 },
    );
  });
});
