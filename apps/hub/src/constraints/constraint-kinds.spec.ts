import {
  BUILT_IN_CONSTRAINTS,
  CONSTRAINT_KINDS,
  type ConstraintKind,
  ConstraintSet,
  type StoredConstraint,
} from '@apollo-deploy/domain';
import { ok } from '@apollo-deploy/kernel';
import { aConstraint } from '@apollo-deploy/orchestration/testing';
import { describe, expect, it } from '@jest/globals';
import { constraintKindViews } from './constraint-kinds.controller.js';

/** All that a new kind is: one object, in a file of its own. */
const onlyNamed: ConstraintKind = {
  description: 'Plans start only for entities of this name.',
  strictest: 'rule',
  schema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
  compile: ({ name }) =>
    ok({
      constraint: {
        kind: 'only_named',
        row: 'rule',
        evaluate: ({ rule: { entity } }) =>
          entity === name
            ? { satisfied: true, violations: [], metadata: {} }
            : {
                satisfied: false,
                violations: [{ code: 'only_named', message: `not ${entity}`, data: {} }],
                metadata: {},
              },
      },
    }),
};
const KINDS = { ...CONSTRAINT_KINDS, only_named: onlyNamed };

describe('the kinds of constraints', () => {
  const views = constraintKindViews(CONSTRAINT_KINDS, BUILT_IN_CONSTRAINTS);

  it('are each there once, whether stored or built in', () => {
    const names = views.map(({ kind }) => kind);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(expect.arrayContaining(['rule', 'concurrency', 'health', 'hold']));
  });

  it.each(BUILT_IN_CONSTRAINTS)(
    'have the schema of no fields where they are built in: $kind',
    ({ kind, description }) => {
      expect(views.filter((view) => view.kind === kind)).toEqual([
        {
          kind,
          description,
          builtIn: true,
          schema: expect.objectContaining({
            type: 'object',
            properties: {},
            additionalProperties: false,
          }),
        },
      ]);
      expect(description).toMatch(/\.$/);
    },
  );
});

describe('a kind of constraint more in the registry', () => {
  it('is listed with its schema beside the others', () => {
    const views = constraintKindViews(KINDS, []);
    expect(views.map(({ kind }) => kind)).toEqual([...Object.keys(CONSTRAINT_KINDS), 'only_named']);
    expect(views.at(-1)).toEqual({
      builtIn: false,
      kind: 'only_named',
      description: onlyNamed.description,
      schema: onlyNamed.schema,
    });
  });

  it('is compiled where it is stored, in the scope it was given', () => {
    const stored: StoredConstraint = aConstraint({
      kind: 'only_named',
      spec: { name: 'base-dev' },
      scope: { environments: ['dev'] },
    });
    const set = new ConstraintSet([stored], undefined, KINDS);
    const inEnvironment = (environment: string) =>
      set
        .for(
          {
            environment,
            tier: 'development',
            product: 'aria',
            entity: 'aria-dev',
            planType: 'upgrade',
            criticality: 'medium',
            labels: {},
          },
          { planClass: 'ordinary', forward: true },
        )
        .map(({ kind }) => kind);
    expect(inEnvironment('dev')).toEqual(['only_named']);
    expect(inEnvironment('staging')).toEqual([]);
  });
});
