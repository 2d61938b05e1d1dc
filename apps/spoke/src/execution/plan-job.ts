import type { Timer } from '@apollo-deploy/kube';
import type { ReleaseReport } from '@apollo-deploy/protocol';
import type { Clock } from '../clock.js';
import type { OpenedOffer } from './opened-offer.js';
import type { PlanReports } from './plan-reports.js';
import { redactorOf, type Redactor } from './redact-values.js';

interface Wait {
  readonly why: string;
  readonly since: Date;
  /** When the hub was told last. */
  toldAt: Date;
}

/** The hub may have missed it. */
const TELL_AGAIN_MS = 60_000;
/** The hub takes no longer message. */
const LONGEST_MESSAGE = 2048;

/** A plan that this process carries out: what is asked of it beside its offer, and what it waits for. */
export class PlanJob {
  /** Whatever is told or logged of the plan goes through it. */
  readonly redact: Redactor;
  /** To be called once the hub has the verdict. */
  readonly acknowledgements: (() => void)[] = [];
  cancelReason: string | null = null;
  /** Why it counts as expired; null: it does not. */
  lapsed: string | null = null;
  /** The look that goes with its verdict, once that is found. */
  look: Promise<ReleaseReport | null | undefined> | null = null;
  /** Ends its present pause. */
  wake: () => void = () => undefined;
  /** Null while it goes on. */
  private wait: Wait | null = null;

  constructor(
    readonly offer: OpenedOffer,
    private readonly time: { readonly clock: Clock; readonly timer: Timer },
    private readonly reports: Pick<PlanReports, 'waiting'>,
  ) {
    this.redact = redactorOf(offer);
  }

  /** What it waits for; null while it goes on. */
  get waitsFor(): string | null {
    return this.wait?.why ?? null;
  }

  /** It waits for nothing any more. */
  goOn(): void {
    this.wait = null;
  }

  /** Tells the hub, once for each thing it waits for, and again now and then. */
  tellWait(why: string): void {
    const now = this.time.clock.now();
    const { wait } = this;
    const isSame = wait?.why === why;
    if (isSame && now.getTime() - wait.toldAt.getTime() < TELL_AGAIN_MS) return;
    const since = isSame ? wait.since : now;
    this.wait = { why, since, toldAt: now };
    const { planId } = this.offer;
    this.reports.waiting({ planId, message: this.told(why), since: since.toISOString() });
  }

  /** Resolves after so long, when it is woken, and at once where the process is about to end. */
  async pause(delayMs: number, stopping: AbortSignal): Promise<void> {
    if (stopping.aborted) return;
    await new Promise<void>((resolve) => {
      const cancelTimer = this.time.timer.after(delayMs, resolve);
      this.wake = () => {
        cancelTimer();
        resolve();
      };
    });
    this.wake = () => undefined;
  }

  /** A message as the hub takes it. */
  told(message: string): string {
    return this.redact.text(message).slice(0, LONGEST_MESSAGE);
  }
}
