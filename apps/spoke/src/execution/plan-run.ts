import {
  headOf,
  observeRelease,
  type HelmReport,
  type ReleaseRecord,
  type ReleaseState,
} from '@apollo-deploy/helm';
import { type OfferedContent, offeredContentKey, type PlanVerdict } from '@apollo-deploy/protocol';
import type { Deployer } from '../deployers/deployer.js';
import { forbiddenMade } from '../policy/forbidden-made.js';
import { HeldClaim } from './claim.js';
import { CONFIRMED_DEAD } from './config-map-ledger.js';
import { withFailedAdoption } from './failed-adoption.js';
import { withFailedHook } from './failed-hook.js';
import { findHolder } from './find-holder.js';
import {
  leftHead,
  type LedgerClaim,
  type LedgerEntry,
  type LedgerVerdict,
  type ReleaseRef,
} from './ledger-entry.js';
import { isLedgerMissed } from './lost-ledgers.js';
import { newClaim } from './new-claim.js';
import { checkOffer } from './offer-checks.js';
import type { OpenedOffer } from './opened-offer.js';
import { beforeClaim, cancelledInTime, doubtfulRemoval, firstStep } from './next-step.js';
import {
  isDeadLock,
  lateOrCancelled,
  lockedBySomebody,
  mayHaveTouched,
  seenBy,
} from './plan-facts.js';
import { type Findings, NOTHING_FOUND } from './preflight.js';
import { preparePlan, tellIfSlow } from './prepare-plan.js';
import { recordVerdict } from './record-verdict.js';
import { hideRecordedValues, hideSeenValues } from './recorded-values.js';
import type { ExecutionCollaborators, RunControl } from './run-control.js';
import { runHelm } from './run-helm.js';
import { settleAbandoned } from './settle-abandoned.js';
import {
  afterHelm,
  type AfterHelm,
  inDoubt,
  ledgerLost,
  refused,
  withForeseen,
} from './verdicts.js';
import { verifyPlan } from './verify-plan.js';

/**
 * - `ended`: the verdict is in the ledger
 * - `wait`: nothing can be done now; begin again from the top later
 * - `again`: somebody else wrote; begin again from the top at once
 * - `stopped`: the process is about to end; the next one begins from the top
 */
export type RunStep =
  | { readonly step: 'ended'; readonly verdict: LedgerVerdict }
  | { readonly step: 'wait'; readonly why: string }
  | { readonly step: 'again' | 'stopped' };

interface FoundVerdict {
  readonly verdict: PlanVerdict;
  /** The entry as this process last read or wrote it. */
  readonly known: LedgerEntry;
  readonly holder: string | null;
  readonly left: ReleaseRecord | null;
}

const NOT_ITS_TURN =
  'this spoke is at work on as many releases as it may be at a time; the plan has its turn by itself';

/**
 * One pass over one plan, from the top: what does the ledger say, what does the cluster say, what is
 * left to do. Safe to begin again after any failure and any crash, on any machine: the effect happens
 * once because the claim, the release and the verdict are in the cluster and are looked at first.
 */
export class PlanRun {
  private readonly content: OfferedContent;
  private readonly release: ReleaseRef;
  /** Helm has run in this process, or may have, whatever the ledger says of it. */
  private hasRun = false;
  /** Where it was found to go back to, if it is a rollback by Helm's own history. */
  private backTo: number | null = null;
  /** What came of that, while it is not written down. */
  private found: Pick<FoundVerdict, 'verdict' | 'left'> | null = null;

  constructor(
    private readonly tools: ExecutionCollaborators,
    private readonly offer: OpenedOffer,
    private readonly control: RunControl,
  ) {
    this.content = offer.content;
    this.release = { namespace: offer.content.namespace, releaseName: offer.content.releaseName };
  }

  /** Throws what its collaborators throw when they cannot be asked; begin again then. */
  async run(): Promise<RunStep> {
    const entry = await this.tools.ledger.read(this.release);
    const step = firstStep(this.offer, entry, {
      refusal: checkOffer(this.offer, this.control.session.spoke),
      holder: await findHolder(this.tools, entry),
    });
    switch (step.do) {
      case 'tell':
        return { step: 'ended', verdict: step.verdict };
      case 'end':
        return this.end(step.verdict, entry, null);
      case 'begin':
        return this.begin(entry);
      case 'resume':
        return this.resume(entry, step.left);
      case 'settle':
        return this.settleOther(entry, step.left);
      case 'wait_for_holder':
        return this.waitForHolder(entry, step.claim, step.why);
      case 'wait':
        return { step: 'wait', why: step.why };
    }
  }

  /** Nobody has claimed the release: everything is looked at before anything is touched. */
  private async begin(entry: LedgerEntry): Promise<RunStep> {
    if (this.found !== null) return this.end(this.found.verdict, entry, null, this.found.left);
    const deployer = await this.tools.deployers.of(this.release.namespace);
    // Who may act nowhere may look nowhere either.
    if (!deployer.ok)
      return this.end(
        this.doubted(refused(deployer.error.reason, deployer.error.message)),
        entry,
        null,
      );
    const state = await this.observe();
    if (isLedgerMissed(entry, headOf(state))) await this.tools.missLedger?.();
    return this.beginOn(entry, state, deployer.value);
  }

  private async beginOn(
    entry: LedgerEntry,
    state: ReleaseState,
    deployer: Deployer,
  ): Promise<RunStep> {
    const head = headOf(state);
    const next = beforeClaim(
      this.offer,
      entry,
      state,
      this.lateOrCancelled(lockedBySomebody(entry, state)),
    );
    if (next.do === 'end') return this.end(this.doubted(next.verdict), entry, null, next.left);
    if (next.do === 'wait') return { step: 'wait', why: next.why };
    const held = next.done ? null : await this.heldByPolicy();
    if (held !== null) return { step: 'wait', why: held };
    const found = next.done
      ? NOTHING_FOUND
      : await this.inTurn(() => this.prepare(state, deployer));
    if (found.verdict !== null) return this.end(this.doubted(found.verdict), entry, null, head);
    const late = next.done ? null : this.lateOrCancelled();
    if (late !== null) return this.end(this.doubted(late), entry, null, head);
    const frozen = next.done ? null : await this.heldByPolicy();
    if (frozen !== null) return { step: 'wait', why: frozen };
    if (this.control.stopping.aborted) return { step: 'stopped' };
    const [{ backTo }, { epoch }] = [this, this.control.session];
    const mine = await newClaim(this.tools, this.offer, { state, epoch, found, backTo });
    const claim = await HeldClaim.take(this.tools.ledger, entry, mine);
    if (claim === null) return { step: 'again' };
    return this.act(claim, state, { deadHolder: next.deadHolder, resumed: false });
  }

  /** This plan was claimed by a process that is dead: take its claim over and see how far it came. */
  private async resume(entry: LedgerEntry, left: LedgerClaim): Promise<RunStep> {
    const { self, ledger, log } = this.tools;
    const { helm } = left.holder;
    const holder = { ...self, ...(helm !== undefined && { helm }) };
    const mine = { ...left, holder, epoch: this.control.session.epoch };
    const claim = await HeldClaim.take(ledger, entry, mine);
    if (claim === null) return { step: 'again' };
    log.info({ planId: left.planId, holder: left.holder }, 'going on with a plan that was claimed');
    const state = await this.observe();
    const deadHolder = isDeadLock(entry, left, state);
    const mayLive = state.kind === 'locked' && !deadHolder;
    const doubt = mayLive ? null : doubtfulRemoval(entry, left, state);
    if (doubt !== null) return this.end(doubt, claim.stored, self.instance, headOf(state));
    return this.act(claim, state, { deadHolder, resumed: true });
  }

  private async act(
    claim: HeldClaim,
    state: ReleaseState,
    { deadHolder, resumed }: { readonly deadHolder: boolean; readonly resumed: boolean },
  ): Promise<RunStep> {
    this.control.onAccepted(claim.current.claimedAt);
    this.control.onProgress('claimed', `release ${this.name} is claimed for this plan`);
    const cancelled = cancelledInTime(this.offer, state, this.control.cancelReason());
    const { instance } = this.tools.self;
    if (cancelled !== null) return this.end(cancelled, claim.stored, instance);
    const { tools, offer, control } = this;
    const turn = { offer, claim, state, deadHolder, resumed, control };
    const ran = await this.inTurn(() => runHelm(tools, turn)).catch((error: unknown) => {
      // Nobody can tell how far it came.
      this.hasRun = true;
      throw error;
    });
    if (ran === null) return { step: 'stopped' };
    if ('verdict' in ran) {
      const touched = resumed && mayHaveTouched(claim.current, state);
      return this.end(inDoubt(ran, touched), claim.stored, instance);
    }
    this.hasRun ||= ran.commands.length > 0;
    hideSeenValues(control.redact, ran.before);
    hideSeenValues(control.redact, ran.after);
    const next = await this.judge(ran, resumed && mayHaveTouched(claim.current, ran.after));
    if (next.next === 'wait') return { step: 'wait', why: next.why };
    if (next.next === 'end') {
      const since = new Date(claim.current.claimedAt);
      const verdict = await withFailedHook(tools, ran, next.verdict, since);
      const told = withForeseen(verdict, claim.current.foreseen);
      const full = withFailedAdoption(told, this.content, ran.after);
      return this.end(full, claim.stored, instance, next.left);
    }
    return this.verify(claim, ran);
  }

  private async judge(report: HelmReport, touched: boolean): Promise<AfterHelm> {
    const next = afterHelm(report, touched);
    if (next.next !== 'verify' || this.content.type === 'uninstall') return next;
    const verdict = await forbiddenMade(this.tools.policy, report, this.content.namespace);
    return verdict === null ? next : { next: 'end', verdict, left: report.head };
  }

  /** Writes down from when the rollout's time runs, and looks meanwhile. */
  private async verify(claim: HeldClaim, report: HelmReport): Promise<RunStep> {
    const { stopping, onProgress } = this.control;
    const since = claim.current.verifyingSince ?? this.tools.clock.now().toISOString();
    const looking = new AbortController();
    const stop = (): void => looking.abort();
    stopping.addEventListener('abort', stop);
    if (stopping.aborted) stop();
    const entered = claim.enterVerifying(new Date(since)).then((held) => {
      if (!held) stop();
      return held;
    });
    const looked = verifyPlan(
      this.tools,
      { claim: claim.current, report, since: new Date(since) },
      { stopping: looking.signal, onProgress },
    );
    try {
      const [held, verdict] = await Promise.all([entered, looked]);
      if (!held) return { step: 'again' };
      if (verdict === null) return { step: 'stopped' };
      const told = withForeseen(verdict, claim.current.foreseen);
      const full = withFailedAdoption(told, this.content, report.after);
      return await this.end(full, claim.stored, this.tools.self.instance, report.head);
    } finally {
      stop();
      stopping.removeEventListener('abort', stop);
      await Promise.allSettled([entered, looked]);
    }
  }

  private async prepare(state: ReleaseState, deployer: Deployer): Promise<Findings> {
    const { onWaiting } = this.control;
    const request = { state, deployer, onWaiting };
    const { findings, backTo } = await preparePlan(this.tools, this.offer, request);
    this.backTo = backTo;
    return findings;
  }

  /** Only so many releases are prepared or changed at a time. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { limit, timer } = this.tools;
    const over = tellIfSlow(timer, () => this.control.onWaiting(NOT_ITS_TURN));
    return limit.run(() => {
      over();
      return work();
    });
  }

  private async settleOther(entry: LedgerEntry, claim: LedgerClaim): Promise<RunStep> {
    const state = await this.observe(claim.content);
    const verdict = await settleAbandoned(this.tools, claim, state, this.control.stopping);
    if (verdict === null) return { step: 'stopped' };
    const left = leftHead(state, isDeadLock(entry, claim, state));
    const { instance: holder } = claim.holder;
    const told = withFailedAdoption(withForeseen(verdict, claim.foreseen), claim.content, state);
    const ended = await this.record(claim, { verdict: told, known: entry, holder, left });
    if (ended !== null) this.control.onOtherEnded(ended);
    return { step: 'again' };
  }

  private waitForHolder(entry: LedgerEntry, claim: LedgerClaim, why: string): RunStep {
    const cure =
      'if it is certainly dead, say so with the annotation ' +
      `${CONFIRMED_DEAD}=${claim.holder.instance} on the ledger of ` +
      `${entry.release.namespace}/${entry.release.releaseName}`;
    const told = `release ${this.name} is claimed for plan ${claim.planId}, and ${why}`;
    return { step: 'wait', why: `${told}; ${cure}` };
  }

  private async heldByPolicy(): Promise<string | null> {
    return (await this.tools.policy?.heldBy(this.tools.clock.now())) ?? null;
  }

  private lateOrCancelled(locked: string | null = null): PlanVerdict | null {
    const { session, cancelReason, waitedFor, lapsed } = this.control;
    const hubNow = new Date(this.tools.clock.now().getTime() - session.aheadMs);
    const facts = {
      ...{ cancelReason: cancelReason(), lapsed: lapsed() },
      waitedFor: locked ?? waitedFor(),
    };
    return lateOrCancelled(this.offer, hubNow, facts);
  }

  private async observe(content = this.content): Promise<ReleaseState> {
    const { namespace, releaseName } = this.release;
    const { kube, reader } = this.tools;
    const state = await observeRelease(kube, { release: releaseName, namespace }, reader);
    await hideRecordedValues(this.control.redact, reader, content, state);
    return seenBy(content, state);
  }

  /** `holder`: in whose hands the release was when the verdict was found; null for nobody's. */
  private async end(
    verdict: PlanVerdict,
    known: LedgerEntry,
    holder: string | null,
    left: ReleaseRecord | null = null,
  ): Promise<RunStep> {
    this.control.onFound();
    if (this.hasRun) this.found ??= { verdict, left };
    const ended = await this.record(this.offer, { verdict, known, holder, left });
    return ended === null ? { step: 'again' } : { step: 'ended', verdict: ended };
  }

  /** Of a plan that nobody has claimed: nothing was touched, unless its claim was deleted. */
  private doubted(verdict: PlanVerdict): PlanVerdict {
    return this.hasRun ? ledgerLost(verdict) : verdict;
  }

  private record(
    { planId, attempt, content }: Pick<LedgerClaim, 'planId' | 'attempt' | 'content'>,
    { verdict, known, holder, left }: FoundVerdict,
  ): Promise<LedgerVerdict | null> {
    const ended = {
      ...{ planId, attempt, at: this.tools.clock.now().toISOString() },
      verdict: this.control.redact.verdict(verdict),
      contentKey: offeredContentKey(content),
      ...(left !== null && { head: asLeft(left) }),
    };
    return recordVerdict(this.tools.ledger, this.release, ended, holder, known);
  }

  private get name(): string {
    return `${this.release.releaseName} in ${this.release.namespace}`;
  }
}

/** What a later plan knows the head by, for as long as nobody writes to it. */
function asLeft({ secretUid, status, resourceVersion }: ReleaseRecord): LedgerVerdict['head'] & {} {
  return { secretUid, status, resourceVersion };
}
