import { err, ok } from '@apollo-deploy/kernel';
import { Type } from 'typebox';
import { SATISFIED } from '../constraint.js';
import type { ConstraintKind } from '../constraint-kind.js';
import { compileRule } from '../rule/compile-rule.js';
import type { KnownViolation } from '../violation-codes.js';

const value = Type.Union([Type.String(), Type.Boolean(), Type.Array(Type.String())]);
const comparison = Type.Object(
  { fact: Type.String(), operator: Type.String(), value },
  { additionalProperties: false },
);

/** An operator's own rule over facts of the plan. */
export const rule: ConstraintKind = {
  description:
    'Plans start only if the condition holds: a tree of all, any and not over named facts.',
  strictest: 'rule',
  schema: Type.Object(
    {
      message: Type.String({
        minLength: 1,
        maxLength: 1024,
        description: 'Shown when it does not hold.',
      }),
      when: Type.Union([
        comparison,
        Type.Object({ all: Type.Array(Type.Unknown()) }, { additionalProperties: false }),
        Type.Object({ any: Type.Array(Type.Unknown()) }, { additionalProperties: false }),
        Type.Object({ not: Type.Unknown() }, { additionalProperties: false }),
      ]),
    },
    { additionalProperties: false },
  ),
  compile(spec, name) {
    const { message, when } = spec;
    if (typeof message !== 'string' || message.trim() === '') {
      return err({ field: 'message', detail: 'say to people what the rule demands' });
    }
    const compiled = compileRule(when);
    if (!compiled.ok) return err({ field: compiled.error.path, detail: compiled.error.detail });
    const violation: KnownViolation = {
      code: 'rule',
      message: `${name}: ${message}`,
      data: { rule: name },
    };
    const violated = { satisfied: false, violations: [violation], metadata: {} };
    return ok({
      constraint: {
        kind: 'rule',
        row: 'rule',
        evaluate({ rule: facts }) {
          return compiled.value(facts) ? SATISFIED : violated;
        },
      },
    });
  },
};
