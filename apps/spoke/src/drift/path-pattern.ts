import type { Step, FieldPath } from './field-path.js';

/** The first steps of a path, where `*` stands for any member and `[*]` for any item. */
export type PathPattern = readonly PatternStep[];

type PatternStep = { readonly any: 'member' | 'item' } | { readonly field: string } | Keys;
type Keys = { readonly keys: ReadonlyMap<string, string> };

const STEP =
  /^(?:\.?([\w$-]+|\*)|\[\*\]|\["((?:[^"\\]|\\.)+)"\]|\[(\d+|=[^\]]+|[^\]"*=]+=[^\]]+)\])/;

/**
 * Reads `spec.template.spec.containers[*].image`, `data["a.conf"]`, `webhooks[name=web].rules[0]`:
 * paths as drift names them. Null if it is none.
 */
export function parsePathPattern(text: string): PathPattern | null {
  const steps: PatternStep[] = [];
  let rest = text;
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (match === null || (steps.length === 0 && rest.startsWith('.'))) return null;
    steps.push(stepOf(match));
    rest = rest.slice(match[0].length);
  }
  return steps.length === 0 ? null : steps;
}

/** True if the path begins as the pattern says: the field itself, or one within it. */
export function covers(pattern: PathPattern, path: FieldPath): boolean {
  if (path.length < pattern.length) return false;
  return pattern.every((wanted, at) => {
    const step = path[at];
    return step !== undefined && stepMatches(wanted, step);
  });
}

function stepOf([all, member, quoted, item]: RegExpExecArray): PatternStep {
  if (member === '*') return { any: 'member' };
  if (member !== undefined) return { field: member };
  if (quoted !== undefined) return { field: quoted.replaceAll(/\\(.)/g, '$1') };
  if (item === undefined || all === '[*]') return { any: 'item' };
  return { keys: keysOf(item) };
}

/** An item by position has the key `#`, an item of a set the key without a name. */
function keysOf(item: string): ReadonlyMap<string, string> {
  if (/^\d+$/.test(item)) return new Map([['#', item]]);
  return new Map(
    item.split(',').map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function stepMatches(wanted: PatternStep, step: Step): boolean {
  if ('field' in step) {
    return 'field' in wanted
      ? wanted.field === step.field
      : 'any' in wanted && wanted.any === 'member';
  }
  if ('any' in wanted) return wanted.any === 'item';
  if (!('keys' in wanted)) return false;
  if ('index' in step) return wanted.keys.get('#') === String(step.index);
  const has: Readonly<Record<string, unknown>> = 'item' in step ? { '': step.item } : step.element;
  return [...wanted.keys].every(([name, value]) => String(has[name]) === value);
}
