import { describe, expect, it } from '@jest/globals';
import type { DependencyDeclaration } from '../catalog/release.js';
import { dependencyHealthViolations, dependencyRangeViolations } from './dependency.js';
import type { DependencyFacts, Installation } from './dependency-facts.js';

/** Facts of an upgrade of `aria` on spoke `one` to 2.0.0, which needs nothing. */
function someFacts(change: Partial<DependencyFacts> = {}): DependencyFacts {
  return {
    entity: 'aria-one',
    spoke: 'one',
    product: 'aria',
    targetVersion: '2.0.0',
    declared: [],
    others: [],
    ...change,
  };
}

/** `base` 1.5.0 on the same spoke, running. */
function base(change: Partial<Installation> = {}): Installation {
  return {
    entity: 'base-one',
    spoke: 'one',
    product: 'base',
    version: '1.5.0',
    running: true,
    trouble: '',
    dependencies: [],
    ...change,
  };
}

function needs(product: string, range: string, optional = false): DependencyDeclaration {
  return { product, range, optional };
}

const BASE_1 = needs('base', '^1.2.0');
const BASE_2 = needs('base', '^2.0.0');
const there = { entity: 'base-two', spoke: 'two' };

describe('the versions around a plan', () => {
  it.each([
    { name: 'nothing is needed', facts: someFacts({ others: [base()] }), expected: [] },
    {
      name: 'what is needed is there in range',
      facts: someFacts({ declared: [BASE_1], others: [base()] }),
      expected: [],
    },
    {
      name: 'what is needed is out of range',
      facts: someFacts({ declared: [BASE_2], others: [base()] }),
      expected: [['dependency_version', 'aria 2.0.0 needs base ^2.0.0; base-one runs 1.5.0']],
    },
    {
      name: 'what is needed is there as a foreign version that is none',
      facts: someFacts({ declared: [BASE_1], others: [base({ version: 'v1.2.0' })] }),
      expected: [
        [
          'dependency_version',
          'aria 2.0.0 needs base ^1.2.0; base-one runs v1.2.0, which is no MAJOR.MINOR.PATCH version and so in no range: deploy a registered release of base to base-one',
        ],
      ],
    },
    {
      name: 'a dependent that runs as a foreign version keeps its range',
      facts: someFacts({
        others: [base({ version: 'v1.2.0', dependencies: [needs('aria', '^2.0.0')] })],
      }),
      expected: [],
    },
    {
      name: 'what is needed is nowhere',
      facts: someFacts({ declared: [BASE_1] }),
      expected: [
        [
          'dependency_missing',
          'aria 2.0.0 needs base ^1.2.0, and it is not installed in this environment',
        ],
      ],
    },
    {
      name: 'what is needed is wanted and not there yet',
      facts: someFacts({ declared: [BASE_1], others: [base({ version: null })] }),
      expected: [
        ['dependency_missing', 'aria 2.0.0 needs base ^1.2.0, and base-one is not installed yet'],
      ],
    },
    {
      name: 'what is needed is not there yet, and needs the other in turn',
      facts: someFacts({
        declared: [BASE_1],
        others: [base({ version: null, dependencies: [needs('aria', '^2.0.0')] })],
      }),
      expected: [
        [
          'dependency_cycle',
          'aria 2.0.0 needs base ^1.2.0, and base needs aria; declare one of the two optional, or install one of them with a release that does not need the other',
        ],
      ],
    },
    {
      name: 'what is needed is not there yet, and has the other optionally',
      facts: someFacts({
        declared: [BASE_1],
        others: [base({ version: null, dependencies: [needs('aria', '^2.0.0', true)] })],
      }),
      expected: [
        ['dependency_missing', 'aria 2.0.0 needs base ^1.2.0, and base-one is not installed yet'],
      ],
    },
    {
      name: 'an optional need is nowhere',
      facts: someFacts({ declared: [needs('base', '^1.2.0', true)] }),
      expected: [],
    },
    {
      name: 'an optional need is not there yet',
      facts: someFacts({
        declared: [needs('base', '^1.2.0', true)],
        others: [base({ version: null })],
      }),
      expected: [],
    },
    {
      name: 'an optional need is there out of range',
      facts: someFacts({ declared: [needs('base', '^2.0.0', true)], others: [base()] }),
      expected: [['dependency_version', 'aria 2.0.0 needs base ^2.0.0; base-one runs 1.5.0']],
    },
    {
      name: 'the own spoke has it in range, whatever others have',
      facts: someFacts({
        declared: [BASE_1],
        others: [base(), base({ ...there, version: '9.0.0' })],
      }),
      expected: [],
    },
    {
      name: 'only other spokes have it, and one of them is out of range',
      facts: someFacts({
        declared: [BASE_1],
        others: [
          base({ version: null }),
          base(there),
          base({ entity: 'base-three', spoke: 'three', version: '1.1.0' }),
        ],
      }),
      expected: [
        ['dependency_missing', 'aria 2.0.0 needs base ^1.2.0, and base-one is not installed yet'],
        ['dependency_version', 'aria 2.0.0 needs base ^1.2.0; base-three runs 1.1.0'],
      ],
    },
    {
      name: 'a dependent keeps its range',
      facts: someFacts({ others: [base({ dependencies: [needs('aria', '>=1.0.0')] })] }),
      expected: [],
    },
    {
      name: 'a dependent loses its range',
      facts: someFacts({ others: [base({ dependencies: [needs('aria', '^1.0.0')] })] }),
      expected: [
        [
          'dependent_range',
          'base-one (base 1.5.0) needs aria ^1.0.0, which 2.0.0 is not; bring it to a release that allows 2.0.0 first, or take it down',
        ],
      ],
    },
    {
      name: 'a dependent that has it optionally loses its range',
      facts: someFacts({ others: [base({ dependencies: [needs('aria', '^1.0.0', true)] })] }),
      expected: [
        [
          'dependent_range',
          'base-one (base 1.5.0) needs aria ^1.0.0, which 2.0.0 is not; bring it to a release that allows 2.0.0 first, or take it down',
        ],
      ],
    },
    {
      name: 'a dependent on another spoke that has its own there',
      facts: someFacts({
        others: [
          base({ ...there, dependencies: [needs('aria', '^1.0.0')] }),
          { ...base(there), entity: 'aria-two', product: 'aria', version: '1.0.0' },
        ],
      }),
      expected: [],
    },
    {
      name: 'a dependent on another spoke that looks here',
      facts: someFacts({
        others: [base({ ...there, dependencies: [needs('aria', '^1.0.0')] })],
      }),
      expected: [
        [
          'dependent_range',
          'base-two (base 1.5.0) needs aria ^1.0.0, which 2.0.0 is not; bring it to a release that allows 2.0.0 first, or take it down',
        ],
      ],
    },
    {
      name: 'an uninstall of what a dependent needs',
      facts: someFacts({
        targetVersion: null,
        others: [base({ dependencies: [needs('aria', '^1.0.0')] })],
      }),
      expected: [
        ['dependent_needs_it', 'base-one (base 1.5.0) needs aria ^1.0.0; uninstall it first'],
      ],
    },
    {
      name: 'an uninstall of what a dependent has optionally',
      facts: someFacts({
        targetVersion: null,
        others: [base({ dependencies: [needs('aria', '^1.0.0', true)] })],
      }),
      expected: [],
    },
    {
      name: 'an uninstall of what nobody needs',
      facts: someFacts({ targetVersion: null, others: [base()] }),
      expected: [],
    },
    {
      name: 'two that must move together',
      facts: someFacts({
        declared: [BASE_2],
        others: [base({ dependencies: [needs('aria', '^1.0.0')] })],
      }),
      expected: [
        ['dependency_version', 'aria 2.0.0 needs base ^2.0.0; base-one runs 1.5.0'],
        [
          'dependency_deadlock',
          'base-one (base 1.5.0) needs aria ^1.0.0, and aria 2.0.0 needs another base; release one of the two with a range that allows both versions of the other',
        ],
      ],
    },
  ])('forbid $expected.length things where $name', ({ facts, expected }) => {
    const violations = dependencyRangeViolations(facts);
    expect(violations.map(({ code, message }) => [code, message])).toEqual(expected);
  });

  it('give machines both versions', () => {
    const facts = someFacts({ declared: [BASE_2], others: [base()] });
    expect(dependencyRangeViolations(facts)[0]?.data).toEqual({
      product: 'base',
      range: '^2.0.0',
      entity: 'base-one',
      version: '1.5.0',
    });
  });
});

describe('the health around a plan', () => {
  const down = base({ running: false, trouble: 'it is Degraded: 0 of 2 pods are ready' });
  it.each([
    { name: 'what is needed runs', facts: someFacts({ declared: [BASE_1], others: [base()] }) },
    { name: 'what is needed is not there', facts: someFacts({ declared: [BASE_1] }) },
    { name: 'what is down is not needed', facts: someFacts({ others: [down] }) },
    {
      name: 'a dependent is down',
      facts: someFacts({ others: [{ ...down, dependencies: [needs('aria', '*')] }] }),
    },
    {
      name: 'what is needed is down on another spoke only',
      facts: someFacts({ declared: [BASE_1], others: [base(), { ...down, ...there }] }),
    },
  ])('holds nothing where $name', ({ facts }) => {
    expect(dependencyHealthViolations(facts)).toEqual([]);
  });

  it.each([false, true])('holds a plan whose need is down, optional=%s', (optional) => {
    const facts = someFacts({ declared: [needs('base', '^1.2.0', optional)], others: [down] });
    expect(dependencyHealthViolations(facts)).toEqual([
      {
        code: 'dependency_unhealthy',
        message:
          'aria 2.0.0 needs base to run; base-one does not: it is Degraded: 0 of 2 pods are ready',
        data: { product: 'base', entity: 'base-one', range: '^1.2.0' },
      },
    ]);
  });
});
