import { fieldsOf } from '../state/fields.js';
import type { FieldPath, Scalar } from './field-path.js';

/** What `value` would be if it had `wanted` at the end of the path; `value` stays as it is. */
export function withField(value: unknown, [step, ...rest]: FieldPath, wanted: unknown): unknown {
  if (step === undefined) return wanted;
  if ('field' in step) {
    const fields = fieldsOf(value);
    return { ...fields, [step.field]: withField(fields[step.field], rest, wanted) };
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  if ('item' in step) return [...items, step.item];
  const at =
    'index' in step ? step.index : items.findIndex((item) => isElement(item, step.element));
  if (at < 0 || at >= items.length) return [...items, withField(undefined, rest, wanted)];
  return items.with(at, withField(items[at], rest, wanted));
}

function isElement(item: unknown, element: Readonly<Record<string, Scalar>>): boolean {
  const fields = fieldsOf(item);
  return Object.entries(element).every(([key, value]) => fields[key] === value);
}
