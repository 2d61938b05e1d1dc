import { CONSTRAINT_KINDS, type ConstraintKind } from '@apollo-deploy/domain';
import { Compile, type Validator } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { Refused } from '../http/refused.js';
import { shapeError } from './shape-error.js';

/** Of several shapes, each has its errors; more than this many help nobody. */
const MAX_ERRORS = 200;

const SHAPES = new Map(
  Object.entries<ConstraintKind>(CONSTRAINT_KINDS).map(([kind, { schema }]) => [
    kind,
    Compile(schema),
  ]),
);

/**
 * Ends the request, naming the place as `spec.when.all[1]`, if a spec has not the shape that its kind
 * publishes. What a shape cannot say is left to the use case, and so is a kind that nobody knows.
 */
export function checkSpec(kind: string, spec: unknown): void {
  const shape = SHAPES.get(kind);
  if (shape === undefined || shape.Check(spec)) return;
  const { field, problem } = shapeError(allErrors(shape, spec), 'spec');
  throw new Refused('http/invalid_request', {
    detail: `${field} ${problem}; what a ${kind} accepts is listed at GET /api/v1/constraint-kinds`,
    field,
  });
}

function allErrors(shape: Validator, spec: unknown): ReturnType<Validator['Errors']> {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: MAX_ERRORS });
  try {
    return shape.Errors(spec);
  } finally {
    Settings.Set({ maxErrors });
  }
}
