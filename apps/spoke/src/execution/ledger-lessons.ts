import type { Timer } from '@apollo-deploy/kube';
import type { PlanVerdict, SpokePayload } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import type { LedgerEntry } from './ledger-entry.js';
import type { Ledger } from './ledger.js';
import { lostLedgers, type PlannedRelease } from './lost-ledgers.js';

export interface LedgerLessonsOptions {
  readonly ledger: Pick<Ledger, 'all' | 'read'>;
  /** The releases whose newest revision is the work of a plan; waits until all have been read. */
  readonly releases: () => Promise<readonly PlannedRelease[]>;
  readonly tell: (message: SpokePayload<'plan.verdicts'>) => void;
  readonly timer: Timer;
  readonly log: Logger;
}

type ToldVerdict = SpokePayload<'plan.verdicts'>['verdicts'][number];

const AGAIN_AFTER_MS = 30_000;
/** Whoever deletes a ledger is not to stay unheard until the next session. */
const LOOK_AGAIN_MS = 60 * 60_000;
/** As many as fit a frame, whatever they are called. */
const TOLD_MAX = 2000;

/**
 * Tells the hub in each session what the ledger in the cluster holds, so that one that was restored
 * from a backup hears of plans that it does not know any more; and which releases it was lost for, in
 * the course of the session as well. Nothing is remembered of what was told:
 * nobody can say which hub is going to be restored to when.
 */
export class LedgerLessons {
  private cancelAttempt: () => void = () => undefined;
  private session = 0;
  /** The losses that the hub has heard of in this session; null: nothing yet. */
  private told: string | null = null;
  private begun = false;

  constructor(private readonly options: LedgerLessonsOptions) {}

  /** A session began; what was still to be told in an earlier one is not any more. */
  begin(): void {
    this.stop();
    this.begun = true;
    void this.teach(this.session);
  }

  /** Resolves when what can be told now has been; does nothing outside of a session. */
  async lookNow(): Promise<void> {
    if (this.begun) await this.teach(this.session);
  }

  stop(): void {
    this.session += 1;
    this.told = null;
    this.begun = false;
    this.cancelAttempt();
  }

  private async teach(session: number): Promise<void> {
    const { ledger, releases, tell, timer, log } = this.options;
    let delayMs = LOOK_AGAIN_MS;
    try {
      // Before the ledger: a plan stands in the ledger before it changes a release.
      const planned = await releases();
      const entries = await ledger.all();
      const lost = await lostLedgers(ledger, planned, entries);
      if (session !== this.session) return;
      const said = JSON.stringify(lost);
      if (said !== this.told) tell({ verdicts: verdictsIn(entries), lost });
      this.told = said;
    } catch (error) {
      if (session !== this.session) return;
      delayMs = AGAIN_AFTER_MS;
      log.warn({ err: error, delayMs }, 'the ledger cannot be read; trying again');
    }
    this.cancelAttempt();
    this.cancelAttempt = timer.after(delayMs, () => void this.teach(session));
  }
}

/** The newest ones, the oldest of them first. */
function verdictsIn(entries: readonly LedgerEntry[]): ToldVerdict[] {
  const all = entries.flatMap(({ release, verdicts }) =>
    verdicts.map(({ planId, at, verdict, contentKey }) => ({
      ...{ planId, ...release, verdict: verdict.verdict, at },
      ...(contentKey !== undefined && !isCutOff(verdict) && { contentKey }),
    })),
  );
  return all.sort((one, other) => (one.at < other.at ? -1 : 1)).slice(-TOLD_MAX);
}

/** It failed for the death of its spoke or of Helm, which says nothing against what it was to bring. */
function isCutOff(verdict: PlanVerdict): boolean {
  return verdict.verdict === 'failed' && verdict.interrupted;
}
