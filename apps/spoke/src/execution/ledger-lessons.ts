import type { Timer } from '@apollo-deploy/kube';
import type { SpokePayload } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import type { LedgerEntry } from './ledger-entry.js';
import type { Ledger } from './ledger.js';

export interface LedgerLessonsOptions {
  readonly ledger: Pick<Ledger, 'all'>;
  readonly tell: (message: SpokePayload<'plan.verdicts'>) => void;
  readonly timer: Timer;
  readonly log: Logger;
}

type ToldVerdict = SpokePayload<'plan.verdicts'>['verdicts'][number];

const AGAIN_AFTER_MS = 30_000;
/** As many as fit a frame, whatever they are called. */
const TOLD_MAX = 2000;

/**
 * Tells the hub in each session what the ledger in the cluster holds, so that one that was restored
 * from a backup hears of plans that it does not know any more. Nothing is remembered of what was told:
 * nobody can say which hub is going to be restored to when.
 */
export class LedgerLessons {
  private cancelAttempt: () => void = () => undefined;
  private session = 0;

  constructor(private readonly options: LedgerLessonsOptions) {}

  /** A session began; what was still to be told in an earlier one is not any more. */
  begin(): void {
    this.stop();
    void this.teach(this.session);
  }

  stop(): void {
    this.session += 1;
    this.cancelAttempt();
  }

  private async teach(session: number): Promise<void> {
    const { ledger, tell, timer, log } = this.options;
    try {
      const verdicts = verdictsIn(await ledger.all());
      if (session === this.session && verdicts.length > 0) tell({ verdicts });
    } catch (error) {
      if (session !== this.session) return;
      log.warn({ err: error, delayMs: AGAIN_AFTER_MS }, 'the ledger cannot be read; trying again');
      this.cancelAttempt = timer.after(AGAIN_AFTER_MS, () => void this.teach(session));
    }
  }
}

/** The newest ones, the oldest of them first. */
function verdictsIn(entries: readonly LedgerEntry[]): ToldVerdict[] {
  const all = entries.flatMap(({ release, verdicts }) =>
    verdicts.map(({ planId, at, verdict: { verdict } }) => ({ planId, ...release, verdict, at })),
  );
  return all.sort((one, other) => (one.at < other.at ? -1 : 1)).slice(-TOLD_MAX);
}
