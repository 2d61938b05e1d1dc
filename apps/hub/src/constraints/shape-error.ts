import { InvariantViolation } from '@apollo-deploy/kernel';

/** What a compiled schema has against a value, one of many. */
interface SchemaError {
  readonly keyword: string;
  /** Where in the schema, such as `#/anyOf/0/properties/start`. */
  readonly schemaPath: string;
  /** Where in the value, as a JSON pointer. */
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

/** The place in the spelling of requests, and what is wrong there, to follow it in a sentence. */
export interface ShapeError {
  readonly field: string;
  readonly problem: string;
}

/**
 * The one of many errors that helps most. Where a value may have several shapes, it is told by the
 * shape that it was most likely meant to have: the one whose fields it has.
 */
export function shapeError(errors: readonly SchemaError[], root: string): ShapeError {
  // Each unknown field has an error of its own besides the one about all of them.
  return told(pick(errors.filter(({ keyword }) => keyword !== 'additionalProperties')), root);
}

type Picked = SchemaError | { readonly choice: SchemaError; readonly choices: readonly string[] };

function pick(errors: readonly SchemaError[]): Picked {
  const [first] = errors;
  if (first === undefined) throw new InvariantViolation('a shape was refused without an error');
  const union = errors
    .filter((error) => error.keyword === 'anyOf' && isInside(first, error))
    .sort((a, b) => a.schemaPath.length - b.schemaPath.length)[0];
  if (union === undefined || union === first) return first;
  const branches = branchesOf(errors, union);
  const literals = branches.flat().map(({ keyword, params }) => constantOf(keyword, params));
  if (literals.every((literal) => literal !== undefined)) {
    return { choice: union, choices: literals };
  }
  const fits = branches.map((branch) => branch.filter(isStructural).length);
  const best = Math.min(...fits);
  const likely = branches.filter((_, index) => fits[index] === best);
  return likely.length === 1 && likely[0] !== undefined ? pick(likely[0]) : union;
}

function branchesOf(
  errors: readonly SchemaError[],
  union: SchemaError,
): readonly (readonly SchemaError[])[] {
  const branches = new Map<string, SchemaError[]>();
  for (const error of errors) {
    if (error === union || !isInside(error, union)) continue;
    const [branch = ''] = error.schemaPath.slice(`${union.schemaPath}/anyOf/`.length).split('/');
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  return [...branches.values()];
}

function isInside({ schemaPath }: SchemaError, union: SchemaError): boolean {
  return schemaPath.startsWith(`${union.schemaPath}/anyOf/`);
}

/** A field that is missing or unknown, rather than one with a bad value. */
function isStructural({ keyword }: SchemaError): boolean {
  return keyword === 'required' || keyword === 'boolean';
}

function constantOf(keyword: string, params: object): string | undefined {
  return keyword === 'const' && 'allowedValue' in params ? String(params.allowedValue) : undefined;
}

function told(picked: Picked, root: string): ShapeError {
  if ('choice' in picked) {
    const accepted = picked.choices.join(', ');
    return { field: placeOf(picked.choice, root), problem: `is none of ${accepted}` };
  }
  const field = placeOf(picked, root);
  switch (picked.keyword) {
    case 'required':
      return { field: [field, ...missingOf(picked.params)].join('.'), problem: 'is missing' };
    case 'boolean':
      return { field, problem: 'is not a field here' };
    case 'anyOf':
      return { field, problem: 'has none of the accepted shapes' };
    default:
      return { field, problem: picked.message };
  }
}

/** The first field that is missing; nothing if the error does not say. */
function missingOf(params: object): readonly string[] {
  const missing: unknown =
    'requiredProperties' in params && Array.isArray(params.requiredProperties)
      ? params.requiredProperties[0]
      : undefined;
  return typeof missing === 'string' ? [missing] : [];
}

function placeOf({ instancePath }: SchemaError, root: string): string {
  const steps = instancePath.split('/').slice(1);
  const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce(
    (place, name) => (/^\d+$/.test(name) ? `${place}[${name}]` : `${place}.${name}`),
    root,
  );
}
