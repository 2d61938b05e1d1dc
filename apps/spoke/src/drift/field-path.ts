/** What a list's items are told apart by, and what a set is made of. */
export type Scalar = string | number | boolean;

/** One step into an object: a member, an item by its position, by its keys, or by being itself. */
export type Step =
  | { readonly field: string }
  | { readonly index: number }
  | { readonly element: Readonly<Record<string, Scalar>> }
  | { readonly item: Scalar };

/** From the object to one of its fields. */
export type FieldPath = readonly Step[];

const PLAIN = /^[\w$-]+$/;

/** `spec.template.spec.containers[name=web].image`, `metadata.annotations["example.com/tier"]`. */
export function formatPath(path: FieldPath): string {
  return path
    .map(formatStep)
    .map((step, at) => (at === 0 || step.startsWith('[') ? step : `.${step}`))
    .join('');
}

/** The member that the path ends in; undefined where it ends in an item of a list. */
export function lastField(path: FieldPath): string | undefined {
  const last = path.at(-1);
  return last !== undefined && 'field' in last ? last.field : undefined;
}

/** True if one of these members is on the path. */
export function leadsThrough(path: FieldPath, fields: ReadonlySet<string>): boolean {
  return path.some((step) => 'field' in step && fields.has(step.field));
}

function formatStep(step: Step): string {
  if ('field' in step)
    return PLAIN.test(step.field) ? step.field : `[${JSON.stringify(step.field)}]`;
  if ('index' in step) return `[${step.index}]`;
  if ('item' in step) return `[=${step.item}]`;
  const keys = Object.entries(step.element).map(([name, value]) => `${name}=${value}`);
  return `[${keys.join(',')}]`;
}
