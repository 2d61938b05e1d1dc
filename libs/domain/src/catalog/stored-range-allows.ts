import { storedRanges } from './parsed-texts.js';
import { parseVersion } from './version.js';
import { rangeAllows } from './version-range.js';

const VERDICTS_MAX = 50_000;

/**
 * Whether a stored range allows a version: `rangeAllows` of what the two texts mean, each pair compared
 * once. What runs may be a chart that somebody else brought: a version that is none is in no range.
 * Keeps 50,000 answers at most, then starts anew. Throws `InvariantViolation` for a range that does not
 * parse: it was checked before it was stored.
 */
export function storedRangeAllows(range: string, version: string): boolean {
  const known = verdicts.get(range);
  return known?.get(version) ?? learn(range, version);
}

/** By range, then by version. */
const verdicts = new Map<string, Map<string, boolean>>();
let count = 0;

function learn(range: string, version: string): boolean {
  const means = storedRanges.of(range);
  const parsed = parseVersion(version);
  const allows = parsed.ok && rangeAllows(means, parsed.value);
  if (count >= VERDICTS_MAX) {
    verdicts.clear();
    count = 0;
  }
  const ofRange = verdicts.get(range) ?? new Map<string, boolean>();
  verdicts.set(range, ofRange.set(version, allows));
  count += 1;
  return allows;
}
