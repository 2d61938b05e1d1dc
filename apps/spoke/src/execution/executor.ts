import { setMaxListeners } from 'node:events';
import type { HubPayload, ReleaseReport, SpokePayload } from '@apollo-deploy/protocol';
import { stdSerializers } from 'pino';
import type { Delivery } from '../hub-link/outbox.js';
import { fitted } from '../state/report-parts.js';
import type { LedgerVerdict, ReleaseRef } from './ledger-entry.js';
import type { OpenedOffer } from './opened-offer.js';
import { PlanRun } from './plan-run.js';
import { redactorOf, type Redactor } from './redact-values.js';
import type { ExecutionCollaborators, RunControl } from './run-control.js';

/** What the executor tells the hub. */
export interface PlanReports {
  accept(message: SpokePayload<'plan.accept'>): void;
  progress(message: SpokePayload<'plan.progress'>): void;
  waiting(message: SpokePayload<'plan.waiting'>): void;
  /** Resolves once the hub has committed the verdict. */
  result(message: SpokePayload<'plan.result'>): Promise<Delivery>;
}

interface Job {
  readonly offer: OpenedOffer;
  /** Whatever is told or logged of the plan goes through it. */
  readonly redact: Redactor;
  /** To be called once the hub has the verdict. */
  readonly acknowledgements: (() => void)[];
  cancelReason: string | null;
  /** Why it counts as expired; null: it does not. */
  lapsed: string | null;
  /** The look that goes with its verdict, once that is found. */
  look: Promise<ReleaseReport | null | undefined> | null;
  /** What it waits for; null while it goes on. */
  wait: Wait | null;
  /** Ends the job's present wait. */
  wake: () => void;
}

interface Wait {
  readonly why: string;
  readonly since: Date;
  /** When the hub was told last. */
  toldAt: Date;
}

export interface ExecutorOptions {
  readonly reports: PlanReports;
  /** The release as it stands: null if there is none, undefined if that cannot be told. */
  readonly look: (release: ReleaseRef) => Promise<ReleaseReport | null | undefined>;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
}

const WAIT_MS = 5000;
/** The hub may have missed it. */
const TELL_AGAIN_MS = 60_000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
/** Somebody else may write a ledger first now and then; what never ends must not keep the API busy. */
const AGAIN_AT_ONCE = 3;
/** Cancellations of plans that were never offered to this process. */
const KEPT_CANCELLATIONS = 1000;
/** The hub takes no longer message. */
const LONGEST_MESSAGE = 2048;

/**
 * Carries out offers: one at a time for each release, different releases side by side. An offer is
 * acknowledged when the hub has committed its verdict, and not before: until then the hub offers it
 * again to whatever process comes next.
 */
export class Executor {
  private readonly jobs = new Map<string, Job>();
  private readonly lanes = new Map<string, Promise<void>>();
  private readonly cancelled = new Map<string, string>();
  private readonly stopping = new AbortController();
  private session: RunControl['session'] = { spoke: '', epoch: 0, aheadMs: 0 };

  constructor(
    private readonly tools: ExecutionCollaborators,
    private readonly options: ExecutorOptions,
  ) {
    // One listener for each plan under way, and there may be many.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Under which name and in which session the hub now knows this spoke. */
  enter(session: RunControl['session']): void {
    this.session = session;
  }

  /** Takes an offer; one that is being carried out already is only acknowledged once more. */
  offer(offer: OpenedOffer, acknowledge: () => void): void {
    if (this.stopping.signal.aborted) return;
    const known = this.jobs.get(offer.planId);
    if (known !== undefined) {
      known.acknowledgements.push(acknowledge);
      return;
    }
    const job: Job = {
      offer,
      redact: redactorOf(offer),
      acknowledgements: [acknowledge],
      cancelReason: this.cancelled.get(offer.planId) ?? null,
      lapsed: null,
      look: null,
      wait: null,
      wake: () => undefined,
    };
    this.cancelled.delete(offer.planId);
    this.jobs.set(offer.planId, job);
    this.queue(job);
  }

  /** Best effort: a plan that Helm has begun ends with an ordinary verdict. */
  cancel({ planId, reason }: HubPayload<'plan.cancel'>, acknowledge: () => void): void {
    const job = this.jobs.get(planId);
    if (job !== undefined) {
      job.cancelReason = reason;
      job.acknowledgements.push(acknowledge);
      return job.wake();
    }
    this.cancelled.set(planId, reason);
    const [oldest] = this.cancelled.keys();
    if (this.cancelled.size > KEPT_CANCELLATIONS && oldest !== undefined) {
      this.cancelled.delete(oldest);
    }
    acknowledge();
  }

  /** From now on the offer counts as expired. What is claimed for it is finished all the same. */
  lapse(planId: string, why: string): void {
    const job = this.jobs.get(planId);
    if (job === undefined) return;
    job.lapsed ??= why;
    job.wake();
  }

  /** Ids of the plans that are waiting for their turn or under way. */
  get running(): string[] {
    return [...this.jobs.keys()];
  }

  /** Begins nothing any more; resolves when every helm that runs has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const job of this.jobs.values()) job.wake();
    await Promise.all(this.lanes.values());
  }

  private queue(job: Job): void {
    const { namespace, releaseName } = job.offer.content;
    const lane = `${namespace}/${releaseName}`;
    const before = this.lanes.get(lane) ?? Promise.resolve();
    const turn = before.then(() => this.carryOut(job));
    this.lanes.set(lane, turn);
    void turn.then(() => {
      if (this.lanes.get(lane) === turn) this.lanes.delete(lane);
    });
  }

  /** Does not throw: what goes wrong with one plan stays with that plan. */
  private async carryOut(job: Job): Promise<void> {
    const { planId } = job.offer;
    const run = new PlanRun(this.tools, job.offer, this.controlOf(job));
    let failures = 0;
    let again = 0;
    while (!this.stopping.signal.aborted) {
      job.look = null;
      try {
        const step = await run.run();
        failures = 0;
        if (step.step === 'ended') return await this.finish(job, step.verdict);
        if (step.step === 'wait') await this.waitVisibly(job, step.why);
        again = step.step === 'wait' ? 0 : again + 1;
        if (again > AGAIN_AT_ONCE) await this.waitForLedger(job, again - AGAIN_AT_ONCE - 1);
      } catch (error) {
        const delayMs = isOutage(error)
          ? retryDelay(failures, this.options.random())
          : LONGEST_RETRY_MS;
        failures += 1;
        this.tellTrouble(job, error, delayMs);
        await this.wait(job, delayMs);
      }
    }
    this.jobs.delete(planId);
  }

  private async waitForLedger(job: Job, failures: number): Promise<void> {
    const delayMs = retryDelay(failures, this.options.random());
    const why =
      'its ledger cannot be written: each time somebody else wrote first, or the namespace of the ' +
      'spoke was gone; look who else writes to it, the spoke tries again by itself';
    this.tools.log.warn({ planId: job.offer.planId, delayMs, why }, 'a plan does not get on');
    this.tellWait(job, why);
    await this.wait(job, delayMs);
  }

  /** A bug is tried again as well: what it stumbled over may pass, and a person may mend it. */
  private tellTrouble(job: Job, error: unknown, delayMs: number): void {
    const { log } = this.tools;
    const { planId } = job.offer;
    const err = error instanceof Error ? job.redact.deep(stdSerializers.err(error)) : error;
    const what = error instanceof Error ? error.message : String(error);
    if (isOutage(error)) {
      log.warn({ err, planId, delayMs }, 'a plan met an outage; trying again');
      return this.tellWait(job, `an outage has to end first: ${what}`);
    }
    log.error({ err, planId, delayMs }, 'a plan met a bug; trying again, please report it');
    this.tellWait(job, `it met a bug, please report it: ${what}; trying again every minute`);
  }

  private async finish(job: Job, ended: LedgerVerdict): Promise<void> {
    const { planId, verdict } = ended;
    this.tools.log.info({ planId, verdict }, 'a plan has its verdict');
    const delivered = this.tell(ended, await (job.look ?? this.lookAt(job.offer.content)));
    this.jobs.delete(planId);
    void delivered.then((delivery) => {
      if (delivery !== 'acknowledged') return;
      for (const acknowledge of job.acknowledgements) acknowledge();
    });
  }

  private tell(
    { planId, attempt, at, verdict }: LedgerVerdict,
    release: ReleaseReport | null | undefined,
  ): Promise<Delivery> {
    return this.options.reports.result({
      ...{ planId, attempt, at, result: verdict },
      ...(release !== undefined && { release }),
    });
  }

  /** A verdict is worth telling even if the release cannot be looked at once more. */
  private async lookAt(release: ReleaseRef): Promise<ReleaseReport | null | undefined> {
    try {
      const report = await this.options.look(release);
      return report === null || report === undefined ? report : fitted(report);
    } catch (error) {
      const level = isOutage(error) ? 'warn' : 'error';
      this.tools.log[level]({ err: error, release }, 'the release cannot be looked at just now');
      return undefined;
    }
  }

  private controlOf(job: Job): RunControl {
    const { reports } = this.options;
    const { planId, attempt } = job.offer;
    return {
      stopping: this.stopping.signal,
      session: this.session,
      redact: job.redact,
      cancelReason: () => job.cancelReason,
      lapsed: () => job.lapsed,
      onAccepted: (at) => reports.accept({ planId, attempt, at }),
      onProgress: (phase, message) => {
        job.wait = null;
        reports.progress({ planId, phase, message: told(job, message) });
      },
      onFound: () => {
        job.look = this.lookAt(job.offer.content);
      },
      onWaiting: (why) => this.tellWait(job, why),
      waitedFor: () => job.wait?.why ?? null,
      onOtherEnded: (other) => void this.tell(other, undefined),
    };
  }

  private async waitVisibly(job: Job, why: string): Promise<void> {
    const { planId } = job.offer;
    this.tools.log.info({ planId, why: job.redact.text(why) }, 'a plan has to wait');
    this.tellWait(job, why);
    await this.wait(job, WAIT_MS);
  }

  /** Once for each thing it waits for, and again now and then. */
  private tellWait(job: Job, why: string): void {
    const now = this.tools.clock.now();
    const { wait } = job;
    const isSame = wait?.why === why;
    if (isSame && now.getTime() - wait.toldAt.getTime() < TELL_AGAIN_MS) return;
    const since = isSame ? wait.since : now;
    job.wait = { why, since, toldAt: now };
    const { planId } = job.offer;
    const message = told(job, why);
    this.options.reports.waiting({ planId, message, since: since.toISOString() });
  }

  private async wait(job: Job, delayMs: number): Promise<void> {
    if (this.stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const cancelTimer = this.tools.timer.after(delayMs, resolve);
      job.wake = () => {
        cancelTimer();
        resolve();
      };
    });
    job.wake = () => undefined;
  }
}

/** As the hub takes it. */
function told({ redact }: Job, message: string): string {
  return redact.text(message).slice(0, LONGEST_MESSAGE);
}

/** Half to all of a time that doubles with each failure in a row. */
function retryDelay(failures: number, chance: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS) * (0.5 + chance / 2);
}

/** Outages say so of themselves; everything else thrown is a bug. */
function isOutage(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error;
}
