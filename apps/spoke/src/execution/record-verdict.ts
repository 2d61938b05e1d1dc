import {
  verdictOf,
  withVerdict,
  type LedgerEntry,
  type LedgerVerdict,
  type ReleaseRef,
} from './ledger-entry.js';
import { LedgerUnusable, type Ledger } from './ledger.js';

const TRIES = 10;

/**
 * Ends a plan for good and gives up its claim. The answer is the verdict that stands: an earlier one
 * of the same plan, if there is one. Null if the release is no longer in the hands of `holder` (the
 * instance in the plan's claim, or null for nobody): look again then. `known` is the entry as it was
 * last read or written; where nobody has written since, it is not read once more.
 */
export async function recordVerdict(
  ledger: Ledger,
  release: ReleaseRef,
  verdict: LedgerVerdict,
  holder: string | null,
  known?: LedgerEntry,
): Promise<LedgerVerdict | null> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const entry = attempt === 0 && known !== undefined ? known : await ledger.read(release);
    const standing = verdictOf(entry, verdict.planId);
    if (standing !== undefined) return standing;
    const ended = withVerdict(entry, verdict, holder);
    if (ended === null) return null;
    const written = await ledger.write(ended);
    if (written.ok) return verdict;
  }
  throw new LedgerUnusable(
    `the ledger of ${release.namespace}/${release.releaseName} changes while it is written; ` +
      'find out who else writes it',
  );
}
