import { refusal, type Refusal, saysRollout, type Values } from '@apollo-deploy/domain';
import { canonicalJson } from '@apollo-deploy/kernel';

/** Values travel in one protocol frame; more than this, in bytes of JSON, is refused. */
const MAX_VALUES_BYTES = 256 * 1024;
const MAX_VALUES_DEPTH = 64;

/** Refuses values that nest too deeply, hold broken text, or do not fit a plan offer. */
export function checkValues(values: Values): Refusal | undefined {
  if (isDeeperThan(values, MAX_VALUES_DEPTH)) {
    return refuse(`values nest deeper than ${String(MAX_VALUES_DEPTH)} levels; flatten them`);
  }
  if (hasLoneSurrogate(values)) return refuse('values hold text that is not valid Unicode');
  const number = inexactNumber(values, 'values');
  if (number !== undefined) {
    return refuse(
      `${number} is a number that JSON readers do not keep exactly; write it as text, in quotes`,
    );
  }
  if (saysRollout(values)) {
    return refuse(
      'values.apollo.rollout is what a deployment tells a chart while its strategy is under way; take it out, and ask for the strategy (POST /deploy)',
    );
  }
  const bytes = new TextEncoder().encode(canonicalJson(values)).length;
  if (bytes <= MAX_VALUES_BYTES) return undefined;
  return refuse(
    `values take ${String(bytes)} bytes as JSON; at most ${String(MAX_VALUES_BYTES)} are accepted`,
  );
}

function refuse(detail: string): Refusal {
  return refusal('catalog/invalid_field', detail, { field: 'values' });
}

/** Walks level by level, so that no input can exhaust the stack. */
function isDeeperThan(values: Values, levels: number): boolean {
  let level: readonly unknown[] = [values];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap((value): readonly unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return false;
}

/** Where a number is infinite, or an integer too large to be told from its neighbours. */
function inexactNumber(value: unknown, path: string): string | undefined {
  if (typeof value === 'number') {
    const exact =
      Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return exact ? undefined : path;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const found = inexactNumber(member, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `JSON.stringify` escapes a lone surrogate instead of refusing it; canonical JSON refuses. */
function hasLoneSurrogate(values: Values): boolean {
  return /(?<!\\)(?:\\\\)*\\ud[89a-f]/i.test(JSON.stringify(values));
}
