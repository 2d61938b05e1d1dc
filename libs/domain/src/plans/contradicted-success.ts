import type { Plan } from './plan.js';

/** The newest record of a release as its spoke reports it. */
export interface ReportedRecord {
  readonly revision: number;
  readonly status: string;
  readonly secretUid: string;
  readonly releaseDigest: string;
  readonly chartVersion: string;
  /** Empty where the spoke cannot read the record. */
  readonly valuesDigest: string;
}

/**
 * What is wrong with the SUCCESS of a plan, by a look that is not older than it; `undefined` where
 * nothing is. Told by the identity of Helm's record alone: somebody else's Helm always makes a record of
 * its own, so that what others did to the release afterwards contradicts nothing.
 */
export function contradictionOf(
  { state, content, evidence = {} }: Pick<Plan, 'state' | 'content' | 'evidence'>,
  seen: ReportedRecord,
): string | undefined {
  const { base, chart, valuesDigest } = content;
  if (state !== 'SUCCEEDED' || isUnread(seen)) return undefined;
  if (chart?.version === seen.chartVersion && valuesDigest === seen.valuesDigest) return undefined;
  // It was kept as the history of what is gone.
  if (chart === null && seen.status === 'uninstalled') return undefined;
  const revision = `revision ${String(seen.revision)}`;
  if (seen.releaseDigest === base?.releaseDigest) {
    return `the newest record of the release is ${revision}, as before the plan`;
  }
  if (chart !== null && seen.secretUid === uidIn(evidence['head'])) {
    return `the record of ${revision}, which the verdict names, holds chart ${seen.chartVersion} and not what the plan brings`;
  }
  return undefined;
}

/** A spoke that cannot read the record tells of it what its labels say, and nothing of its content. */
function isUnread(seen: ReportedRecord): boolean {
  return seen.valuesDigest === '';
}

/** The identity of the record that a verdict names; `undefined` where it names none. */
function uidIn(head: unknown): unknown {
  return typeof head === 'object' && head !== null && 'secretUid' in head
    ? head.secretUid
    : undefined;
}
