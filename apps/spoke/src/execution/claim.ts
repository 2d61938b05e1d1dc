import type { LedgerClaim, LedgerEntry, ProcessIdentity } from './ledger-entry.js';
import type { Ledger } from './ledger.js';

const TRIES = 5;

/** True if the entry still gives the release to this plan and this process. */
export function isHeldStill({ claim: stored }: LedgerEntry, claim: LedgerClaim): boolean {
  return stored?.planId === claim.planId && stored.holder.instance === claim.holder.instance;
}

/** A claim this process holds, as stored. Its changes are written one after the other. */
export class HeldClaim {
  private writing: Promise<boolean> = Promise.resolve(true);

  private constructor(
    private readonly ledger: Ledger,
    private entry: LedgerEntry,
    private claim: LedgerClaim,
  ) {}

  /** Null if somebody else wrote first. */
  static async take(
    ledger: Ledger,
    entry: LedgerEntry,
    claim: LedgerClaim,
  ): Promise<HeldClaim | null> {
    const written = await ledger.write({ ...entry, claim });
    return written.ok ? new HeldClaim(ledger, written.value, claim) : null;
  }

  get current(): LedgerClaim {
    return this.claim;
  }

  /** The entry as this process has last written it; somebody else may have written since. */
  get stored(): LedgerEntry {
    return this.entry;
  }

  /** Writes down whose death has to be proven, should this process die first. */
  enterHelm(helm: ProcessIdentity): Promise<boolean> {
    return this.change((claim) => ({ ...claim, holder: { ...claim.holder, helm } }));
  }

  /** Writes down from when the rollout's time runs; a time that stands is kept. */
  enterVerifying(since: Date): Promise<boolean> {
    if (this.claim.verifyingSince !== undefined) return this.writing;
    return this.change((claim) => ({ ...claim, verifyingSince: since.toISOString() }));
  }

  /** Resolves to false if the claim is no longer this process's. */
  private change(edit: (claim: LedgerClaim) => LedgerClaim): Promise<boolean> {
    // One that failed has told its caller, and leaves the stored claim for the next to build on.
    this.writing = Promise.allSettled([this.writing]).then(() => this.write(edit));
    return this.writing;
  }

  private async write(edit: (claim: LedgerClaim) => LedgerClaim): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const claim = edit(this.claim);
      const written = await this.ledger.write({ ...this.entry, claim });
      if (written.ok) {
        this.entry = written.value;
        this.claim = claim;
        return true;
      }
      const entry = await this.ledger.read(this.entry.release);
      if (!isHeldStill(entry, claim)) return false;
      this.entry = entry;
    }
    return false;
  }
}
