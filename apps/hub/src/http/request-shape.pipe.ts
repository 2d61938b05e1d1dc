import { InvariantViolation, shorten } from '@apollo-deploy/kernel';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { getMetadataStorage, type ValidationError, validateSync } from 'class-validator';
import { isPlainObject } from './field.js';
import { Refused } from './refused.js';

type Shape = new () => object;

/** An answer does not grow with what was wrong. */
const MAX_ERRORS = 20;
const ORDINARY = { configurable: true, enumerable: true, writable: true } as const;

/**
 * Checks bodies and queries against the fields of their class, and refuses what is unknown. The
 * content of fields is handed on as it came: values are JSON of the caller's own, and copying them
 * would lose or misread keys such as `constructor`.
 */
export class RequestShapePipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || metatype === undefined || metatype === Object) {
      return value;
    }
    const given = value ?? {};
    if (!isPlainObject(given)) {
      throw new Refused('http/invalid_request', {
        detail: 'the body is no JSON object; accepted is one with the documented fields',
        field: type,
      });
    }
    return checked(given, metatype as Shape);
  }
}

function checked(given: Readonly<Record<string, unknown>>, shape: Shape): object {
  const fields = fieldsOf(shape);
  const unknown = Object.keys(given).filter((name) => !fields.includes(name));
  const instance = new shape();
  // Only its fields: a `constructor` of the caller's would hide the rules of the class.
  for (const field of fields) {
    if (Object.hasOwn(given, field)) {
      Object.defineProperty(instance, field, { ...ORDINARY, value: given[field] });
    }
  }
  const broken = validateSync(instance, { forbidUnknownValues: false });
  const [first, ...others] = [
    ...unknown.map((field) => ({ field, detail: notAField(field, fields) })),
    ...broken.map((error) => ({ field: error.property, detail: sentenceOf(error) })),
  ];
  if (first === undefined) return instance;
  const more =
    others.length === 0
      ? ''
      : ` (and ${others.length} more, ${others.length < MAX_ERRORS ? 'see errors' : `the first ${MAX_ERRORS} in errors`})`;
  throw new Refused('http/invalid_request', {
    detail: `${first.detail}${more}`,
    field: first.field,
    errors: [first, ...others].slice(0, MAX_ERRORS),
  });
}

function notAField(name: string, fields: readonly string[]): string {
  const known = fields.length === 0 ? 'none are' : `accepted are ${fields.join(', ')}`;
  return `${shown(name)} is not a field of this request; ${known}`;
}

function sentenceOf({ property, value, constraints, contexts }: ValidationError): string {
  const rule = constraints?.['accepted'];
  if (rule === undefined) throw new InvariantViolation(`no rule of ${property} says what it takes`);
  if (value === undefined) return `${property} is missing; accepted is ${rule}`;
  const { secret } = contexts?.['accepted'] as { readonly secret: boolean };
  const told = secret ? 'not usable (what was sent is not shown)' : shown(value);
  return `${property} is ${told}; accepted is ${rule}`;
}

function fieldsOf(shape: Shape): readonly string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(shape, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return shownList(value);
  if (typeof value === 'object' && value !== null) return shownObject(value);
  return shorten(JSON.stringify(value));
}

/** As it was sent where it is made of words and numbers. */
function shownList(value: readonly unknown[]): string {
  const isPlain = value.length > 0 && value.every((one) => typeof one !== 'object');
  return isPlain ? `a list, ${shorten(JSON.stringify(value))}` : 'a list';
}

/** By the names of its members alone: what they hold may be a secret. */
function shownObject(value: object): string {
  const names = Object.keys(value);
  if (names.length === 0) return 'an object without members';
  return `an object with ${shorten(names.map((name) => JSON.stringify(name)).join(', '))}`;
}
