import type { Json } from '@apollo-deploy/kernel';
import type { Values } from './entity.js';
import { secretsUnder } from './inline-secrets.js';
import { excerptOf } from './value-excerpts.js';
import { placeIn, ROOT, type ValuePlace } from './value-place.js';

/** So many changes are told; of the others only how many they are. */
const MOST_CHANGES = 500;
/** Stands for what looks like a secret. */
const HIDDEN = '(hidden)';

/** One text, number, truth value, null, or empty list or object that two sets of values differ in. */
export interface ValueChange {
  /** Names and positions, such as `env.0.value`; a name that is no plain word is quoted: `labels."a.b/c"`. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Absent where it is added. Long texts are shortened to where they begin to differ. */
  readonly before?: Json;
  /** Absent where it is removed; as `before`. */
  readonly after?: Json;
}

export interface ValueChanges {
  /** By path, 500 at most. */
  readonly changes: readonly ValueChange[];
  /** How many there are besides. */
  readonly more: number;
}

interface Difference {
  readonly place: ValuePlace;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/**
 * What differs, place by place, for people to read. Lists are compared by position. What looks like a
 * secret before or after is told as changed, and not what it is.
 */
export function compareValues(before: Values, after: Values): ValueChanges {
  const all = differences({ place: ROOT, before, after });
  const secrets = new Set(
    [before, after].flatMap((values) => secretsUnder(values).map(({ keys }) => idOf(keys))),
  );
  const changes = all
    .slice(0, MOST_CHANGES)
    .map((difference) => shown(difference, secrets.has(idOf(difference.place.keys))));
  return { changes, more: all.length - changes.length };
}

function differences({ place, before, after }: Difference): readonly Difference[] {
  if (isLeaf(before) && isLeaf(after)) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ place, before, after }];
  }
  if (!isAlike(before, after)) {
    return [
      ...differences({ place, before, after: undefined }),
      ...differences({ place, before: undefined, after }),
    ];
  }
  const [was, is] = [membersOf(before), membersOf(after)];
  const isList = Array.isArray(before ?? after);
  const names = [...new Set([...was.keys(), ...is.keys()])];
  return (isList ? names : names.sort()).flatMap((name) =>
    differences({
      place: placeIn(place, name, isList),
      before: was.get(name),
      after: is.get(name),
    }),
  );
}

function shown({ place: { path }, before, after }: Difference, isSecret: boolean): ValueChange {
  const show = isSecret ? () => HIDDEN : excerptOf(before, after);
  return {
    path,
    change: kindOfChange(before, after),
    ...(before !== undefined && { before: show(before) }),
    ...(after !== undefined && { after: show(after) }),
  };
}

function kindOfChange(before: Json | undefined, after: Json | undefined): ValueChange['change'] {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

/** Has no members, so that it is told as it is; also where there is nothing. */
function isLeaf(value: Json | undefined): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

/** Whether members of the one can be held against those of the other; against nothing, all can. */
function isAlike(before: Json | undefined, after: Json | undefined): boolean {
  return before === undefined || after === undefined || kindOf(before) === kindOf(after);
}

function kindOf(value: Json): string {
  if (value === null) return 'nothing';
  return Array.isArray(value) ? 'list' : typeof value;
}

/** By name or position; a map, in which no name is anything but a name. */
function membersOf(value: Json | undefined): ReadonlyMap<string, Json | undefined> {
  return new Map(Object.entries(value ?? {}));
}

function idOf(keys: readonly string[]): string {
  return JSON.stringify(keys);
}
