/**
 * How far a quantile may be from the duration it stands for, as a part of it. Buckets grow by the
 * same factor each, so one bound holds for milliseconds and for days.
 */
export const QUANTILE_ERROR = 0.02;

const GROWTH = (1 + QUANTILE_ERROR) / (1 - QUANTILE_ERROR);
const LOG_GROWTH = Math.log(GROWTH);

/** How many durations fell into each bucket. Two are merged by adding up what they have of each. */
export type DurationHistogram = ReadonlyMap<number, number>;

/**
 * The bucket of a duration in milliseconds: 0 for less than one, else n for those up to
 * GROWTH^(n - 1) and above the bucket before. There are 921 for what a number holds exactly.
 */
export function durationBucketOf(ms: number): number {
  return ms < 1 ? 0 : 1 + Math.ceil(Math.log(ms) / LOG_GROWTH);
}

/**
 * The duration, in milliseconds, that a part `q` (above 0, up to 1) of all are no longer than, within
 * `QUANTILE_ERROR` of one that was counted; undefined if none was.
 */
export function durationQuantile(histogram: DurationHistogram, q: number): number | undefined {
  const buckets = [...histogram].sort(([one], [other]) => one - other);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of buckets) {
    seen += count;
    if (count > 0 && seen >= q * total) return middleOf(bucket);
  }
  return undefined;
}

/** As far from the bucket's shortest duration as from its longest, in parts of either. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 0 : (2 * GROWTH ** (bucket - 1)) / (GROWTH + 1);
}
