import { verdictOf, withVerdict, type LedgerVerdict, type ReleaseRef } from './ledger-entry.js';
import { LedgerUnusable, type Ledger } from './ledger.js';

const TRIES = 10;

/**
 * Ends a plan for good and gives up its claim. The answer is the verdict that stands: an earlier one
 * of the same plan, if there is one.
 */
export async function recordVerdict(
  ledger: Ledger,
  release: ReleaseRef,
  verdict: LedgerVerdict,
): Promise<LedgerVerdict> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const entry = await ledger.read(release);
    const known = verdictOf(entry, verdict.planId);
    if (known !== undefined) return known;
    const written = await ledger.write(withVerdict(entry, verdict));
    if (written.ok) return verdict;
  }
  throw new LedgerUnusable(
    `the ledger of ${release.namespace}/${release.releaseName} changes while it is written; ` +
      'find out who else writes it',
  );
}
