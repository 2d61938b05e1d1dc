import { PLAN_LABEL, type ReleaseRecord } from '@apollo-deploy/helm';
import type { SpokePayload } from '@apollo-deploy/protocol';
import { KEPT_VERDICTS, type LedgerEntry, type ReleaseRef, verdictOf } from './ledger-entry.js';
import { type Ledger, LedgerUnusable } from './ledger.js';

/** A release, and the plan that its newest revision is the work of. */
export interface PlannedRelease extends ReleaseRef {
  readonly planId: string;
}

type ToldLoss = NonNullable<SpokePayload<'plan.verdicts'>['lost']>[number];

/** As many as the protocol takes. */
const TOLD_MAX = 200;

/**
 * The releases of whose plan the ledger knows nothing: a plan stands in it before it changes a release,
 * and stays there for twenty verdicts more. `entries` is the ledger as it was read after the releases.
 * One that is there and cannot be read is not lost: whatever plan comes next says what is wrong with it.
 */
export async function lostLedgers(
  ledger: Pick<Ledger, 'read'>,
  releases: readonly PlannedRelease[],
  entries: readonly LedgerEntry[],
): Promise<ToldLoss[]> {
  const stored = new Map(entries.map((entry) => [keyOf(entry.release), entry]));
  const lost: ToldLoss[] = [];
  for (const { namespace, releaseName, planId } of releases) {
    if (lost.length === TOLD_MAX) break;
    const release = { namespace, releaseName };
    const entry = stored.get(keyOf(release)) ?? (await readIfItCan(ledger, release));
    if (entry !== null && !knows(entry, planId)) lost.push({ ...release, planId });
  }
  return lost;
}

/**
 * True if a plan brought what runs and there is no ledger that could know of it. Once the next plan
 * stands in a new one, nobody can tell any more that there was another.
 */
export function isLedgerMissed({ version }: LedgerEntry, head: ReleaseRecord | null): boolean {
  return version === null && head?.labels[PLAN_LABEL] !== undefined;
}

/** Null where it is there and cannot be read. */
async function readIfItCan(
  ledger: Pick<Ledger, 'read'>,
  release: ReleaseRef,
): Promise<LedgerEntry | null> {
  try {
    return await ledger.read(release);
  } catch (error) {
    if (error instanceof LedgerUnusable) return null;
    throw error;
  }
}

function knows(entry: LedgerEntry, planId: string): boolean {
  if (entry.claim?.planId === planId || verdictOf(entry, planId) !== undefined) return true;
  return entry.verdicts.length >= KEPT_VERDICTS;
}

function keyOf({ namespace, releaseName }: ReleaseRef): string {
  return `${namespace}/${releaseName}`;
}
