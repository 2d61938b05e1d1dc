import { storedRanges } from './parsed-texts.js';
import { parseVersion } from './version.js';
import { rangeAllows } from './version-range.js';

/** Where entities go that run what is recalled: to something newer only, or to something older. */
export const RECALL_STRATEGIES = ['forward', 'downgrade'] as const;
export type RecallStrategy = (typeof RECALL_STRATEGIES)[number];

/**
 * A word that the releases of a product in a range must not run. It also covers those that are
 * registered later, and ends when it is withdrawn.
 */
export interface Recall {
  readonly id: string;
  readonly product: string;
  /** In the grammar of all ranges: a prerelease is only covered where the range names one. */
  readonly range: string;
  readonly strategy: RecallStrategy;
  /** The oldest version that a downgrade may go to; absent = any. */
  readonly minimum?: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

/**
 * The recall that covers a version, of several the latest; `recalls` are those of one product, oldest
 * first. A version that is none, as a foreign chart may have, is covered by no recall.
 */
export function recallOf(recalls: readonly Recall[], version: string): Recall | undefined {
  if (recalls.length === 0) return undefined;
  const parsed = parseVersion(version);
  if (!parsed.ok) return undefined;
  return recalls.findLast(({ range }) => rangeAllows(storedRanges.of(range), parsed.value));
}

/** Says of a version that a recall covers it, with whose it is. */
export function tellRecalled(version: string, { id, reason, createdBy }: Recall): string {
  return `${version} is recalled by ${createdBy}: ${reason} (recall ${id})`;
}

/** Names a recall in a sentence. */
export function tellRecall({ id, reason }: Pick<Recall, 'id' | 'reason'>): string {
  return `recalled: ${reason} (recall ${id})`;
}
