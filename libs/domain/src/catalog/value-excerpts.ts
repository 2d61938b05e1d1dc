import type { Json } from '@apollo-deploy/kernel';

/** In UTF-16 units; a longer text is not told whole. */
const LONGEST = 200;
/** So much is told of what two long texts have in common before they differ. */
const LEAD = 40;

/**
 * Cuts what is told of two values, of which either may be absent: texts of more than 200 characters to
 * the part where they begin to differ, so that two different texts never look the same.
 */
export function excerptOf(
  before: Json | undefined,
  after: Json | undefined,
): (value: Json) => Json {
  const start = startOf(before, after);
  return (value) => {
    if (typeof value !== 'string') return value;
    const end = start + LONGEST;
    const part = value.slice(start, end).toWellFormed();
    return `${start > 0 ? '...' : ''}${part}${value.length > end ? '...' : ''}`;
  };
}

function startOf(before: Json | undefined, after: Json | undefined): number {
  if (typeof before !== 'string' || typeof after !== 'string') return 0;
  if (Math.max(before.length, after.length) <= LONGEST) return 0;
  let common = 0;
  while (common < before.length && before[common] === after[common]) common += 1;
  return Math.max(0, common - LEAD);
}
