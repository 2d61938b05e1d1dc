import { setMaxListeners } from 'node:events';
import type { HubPayload, ReleaseReport } from '@apollo-deploy/protocol';
import { stdSerializers } from 'pino';
import type { Delivery } from '../hub-link/outbox.js';
import { fitted } from '../state/report-parts.js';
import type { LedgerVerdict, ReleaseRef } from './ledger-entry.js';
import type { OpenedOffer } from './opened-offer.js';
import { PlanJob } from './plan-job.js';
import type { PlanReports } from './plan-reports.js';
import { PlanRun } from './plan-run.js';
import type { ExecutionCollaborators, RunControl } from './run-control.js';

export interface ExecutorOptions {
  readonly reports: PlanReports;
  /** The release as it stands: null if there is none, undefined if that cannot be told. */
  readonly look: (release: ReleaseRef) => Promise<ReleaseReport | null | undefined>;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
}

const WAIT_MS = 5000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
/** Somebody else may write a ledger first now and then; what never ends must not keep the API busy. */
const AGAIN_AT_ONCE = 3;
/** Cancellations of plans that were never offered to this process. */
const KEPT_CANCELLATIONS = 1000;

/**
 * Carries out offers: one at a time for each release, different releases side by side. An offer is
 * acknowledged when the hub has committed its verdict, and not before: until then the hub offers it
 * again to whatever process comes next.
 */
export class Executor {
  private readonly jobs = new Map<string, PlanJob>();
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
    const job = new PlanJob(offer, this.tools, this.options.reports);
    job.acknowledgements.push(acknowledge);
    job.cancelReason = this.cancelled.get(offer.planId) ?? null;
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

  private queue(job: PlanJob): void {
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
  private async carryOut(job: PlanJob): Promise<void> {
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
        await job.pause(delayMs, this.stopping.signal);
      }
    }
    this.jobs.delete(planId);
  }

  private async waitForLedger(job: PlanJob, failures: number): Promise<void> {
    const delayMs = retryDelay(failures, this.options.random());
    const why =
      'its ledger cannot be written: each time somebody else wrote first, or the namespace of the ' +
      'spoke was gone; look who else writes to it, the spoke tries again by itself';
    this.tools.log.warn({ planId: job.offer.planId, delayMs, why }, 'a plan does not get on');
    job.tellWait(why);
    await job.pause(delayMs, this.stopping.signal);
  }

  /** A bug is tried again as well: what it stumbled over may pass, and a person may mend it. */
  private tellTrouble(job: PlanJob, error: unknown, delayMs: number): void {
    const { log } = this.tools;
    const { planId } = job.offer;
    const err = error instanceof Error ? job.redact.deep(stdSerializers.err(error)) : error;
    const what = error instanceof Error ? error.message : String(error);
    if (isOutage(error)) {
      log.warn({ err, planId, delayMs }, 'a plan met an outage; trying again');
      return job.tellWait(`an outage has to end first: ${what}`);
    }
    log.error({ err, planId, delayMs }, 'a plan met a bug; trying again, please report it');
    job.tellWait(`it met a bug, please report it: ${what}; trying again every minute`);
  }

  private async finish(job: PlanJob, ended: LedgerVerdict): Promise<void> {
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

  private controlOf(job: PlanJob): RunControl {
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
        job.goOn();
        reports.progress({ planId, phase, message: job.told(message) });
      },
      onFound: () => {
        job.look = this.lookAt(job.offer.content);
      },
      onWaiting: (why) => job.tellWait(why),
      waitedFor: () => job.waitsFor,
      onOtherEnded: (other) => void this.tell(other, undefined),
    };
  }

  private async waitVisibly(job: PlanJob, why: string): Promise<void> {
    const { planId } = job.offer;
    this.tools.log.info({ planId, why: job.redact.text(why) }, 'a plan has to wait');
    job.tellWait(why);
    await job.pause(WAIT_MS, this.stopping.signal);
  }
}

/** Half to all of a time that doubles with each failure in a row. */
function retryDelay(failures: number, chance: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS) * (0.5 + chance / 2);
}

/** Outages say so of themselves; everything else thrown is a bug. */
function isOutage(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error;
}
