import { fieldsOf } from '../state/fields.js';
import { leadsThrough, type FieldPath, type Scalar } from './field-path.js';
import type { ListShape } from './managed-fields.js';
import { isNothing, sameScalar } from './same-value.js';

/** A field that is not what was wanted; `live` is undefined where there is none. */
export interface Difference {
  readonly path: FieldPath;
  readonly expected: unknown;
  readonly live: unknown;
}

export type ShapeOf = (path: FieldPath) => ListShape;

/** Maps of texts, where an empty one is not nothing. */
const MAPS = ['data', 'binaryData', 'stringData', 'labels', 'annotations', 'matchLabels'];
const KEPT_EMPTY = new Set(MAPS);
/** Texts that mean what they say: `1000m` is not `1`. */
const VERBATIM = new Set([...MAPS, 'env', 'args', 'command']);

/**
 * The fields of `expected` that `live` has otherwise or not at all. What `live` has beside them, in
 * objects and in lists whose items have keys, is nobody's business here.
 */
export function differences(
  expected: unknown,
  live: unknown,
  shapeOf: ShapeOf,
  path: FieldPath = [],
): readonly Difference[] {
  if (expected === null || expected === undefined) return [];
  if (live === null || live === undefined) {
    const counts = leadsThrough(path, KEPT_EMPTY) && typeof expected === 'string';
    return !counts && isNothing(expected) ? [] : [{ path, expected, live: undefined }];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(live)) return [{ path, expected, live }];
    return ofList({ expected, live, shapeOf, path });
  }
  if (typeof expected === 'object') return ofObject({ expected, live, shapeOf, path });
  const same = leadsThrough(path, VERBATIM) ? expected === live : sameScalar(expected, live);
  return same ? [] : [{ path, expected, live }];
}

interface Objects {
  readonly expected: object;
  readonly live: unknown;
  readonly shapeOf: ShapeOf;
  readonly path: FieldPath;
}

function ofObject({ expected, live, shapeOf, path }: Objects): readonly Difference[] {
  if (typeof live !== 'object' || Array.isArray(live)) return [{ path, expected, live }];
  const has = fieldsOf(live);
  return Object.entries(expected).flatMap(([field, wanted]) =>
    differences(wanted, has[field], shapeOf, [...path, { field }]),
  );
}

interface Lists {
  readonly expected: readonly unknown[];
  readonly live: readonly unknown[];
  readonly shapeOf: ShapeOf;
  readonly path: FieldPath;
}

function ofList(lists: Lists): readonly Difference[] {
  const shape = lists.shapeOf(lists.path);
  switch (shape.kind) {
    case 'map':
      return ofMap(lists, shape.keys);
    case 'set':
      return ofSet(lists);
    case 'atomic':
      return ofSequence(lists);
  }
}

function ofMap({ expected, live, shapeOf, path }: Lists, keys: readonly string[]): Difference[] {
  return expected.flatMap((wanted): readonly Difference[] => {
    const element = keysOf(wanted, keys);
    const at = [...path, { element }];
    const found = live.filter((item) => hasKeys(item, element));
    const compared = found.map((item) => differences(wanted, item, shapeOf, at));
    // A name may be given twice, where the last one counts: one that is as wanted will do.
    if (compared.some(({ length }) => length === 0)) return [];
    return compared[0] ?? [{ path: at, expected: wanted, live: undefined }];
  });
}

function ofSet({ expected, live, path }: Lists): readonly Difference[] {
  return expected
    .filter(isScalar)
    .filter((item) => !live.includes(item))
    .map((item) => ({ path: [...path, { item }], expected: item, live: undefined }));
}

function ofSequence({ expected, live, shapeOf, path }: Lists): readonly Difference[] {
  if (expected.length !== live.length) return [{ path, expected, live }];
  return expected.flatMap((wanted, index) =>
    differences(wanted, live[index], shapeOf, [...path, { index }]),
  );
}

/** The keys that the item states; the API server fills in the others. */
function keysOf(item: unknown, keys: readonly string[]): Record<string, Scalar> {
  const fields = fieldsOf(item);
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = fields[key];
      return isScalar(value) ? [[key, value]] : [];
    }),
  );
}

function hasKeys(item: unknown, element: Readonly<Record<string, Scalar>>): boolean {
  const fields = fieldsOf(item);
  return Object.entries(element).every(([key, value]) => fields[key] === value);
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
