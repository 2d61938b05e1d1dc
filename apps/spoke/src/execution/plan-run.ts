import {
  headOf,
  type HelmReport,
  type ReleaseRecord,
  type ReleaseState,
} from '@apollo-deploy/helm';
import type { OfferedContent, PlanVerdict } from '@apollo-deploy/protocol';
import type { Deployer } from '../deployers/deployer.js';
import { forbiddenMade } from '../policy/forbidden-made.js';
import { HeldClaim } from './claim.js';
import { withFailedAdoption } from './failed-adoption.js';
import { withFailedHook } from './failed-hook.js';
import { findHolder } from './find-holder.js';
import { inTurn } from './in-turn.js';
import {
  leftHead,
  type LedgerClaim,
  type LedgerEntry,
  type LedgerVerdict,
} from './ledger-entry.js';
import { isLedgerMissed } from './lost-ledgers.js';
import { newClaim } from './new-claim.js';
import { checkOffer } from './offer-checks.js';
import type { OpenedOffer } from './opened-offer.js';
import { beforeClaim, cancelledInTime, doubtfulRemoval, firstStep } from './next-step.js';
import { isDeadLock, lateOrCancelled, lockedBySomebody, mayHaveTouched } from './plan-facts.js';
import { type Findings, NOTHING_FOUND } from './preflight.js';
import { preparePlan } from './prepare-plan.js';
import { hideSeenValues } from './recorded-values.js';
import { type FoundVerdict, ReleaseInHand } from './release-in-hand.js';
import type { ExecutionCollaborators, RunControl } from './run-control.js';
import { runHelm } from './run-helm.js';
import { settleAbandoned } from './settle-abandoned.js';
import { tellHolder } from './tell-holder.js';
import {
  afterHelm,
  type AfterHelm,
  inDoubt,
  ledgerLost,
  refused,
  withForeseen,
} from './verdicts.js';
import { verifyHeld } from './verify-held.js';

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

/**
 * One pass over one plan, from the top: what does the ledger say, what does the cluster say, what is
 * left to do. Safe to begin again after any failure and any crash, on any machine: the effect happens
 * once because the claim, the release and the verdict are in the cluster and are looked at first.
 */
export class PlanRun {
  private readonly content: OfferedContent;
  private readonly release: ReleaseInHand;
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
    const { namespace, releaseName } = offer.content;
    this.release = new ReleaseInHand(tools, { namespace, releaseName }, control.redact);
  }

  /** Throws what its collaborators throw when they cannot be asked; begin again then. */
  async run(): Promise<RunStep> {
    const entry = await this.release.entry();
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
        return { step: 'wait', why: tellHolder(entry.release, step.claim, step.why) };
      case 'wait':
        return { step: 'wait', why: step.why };
    }
  }

  /** Nobody has claimed the release: everything is looked at before anything is touched. */
  private async begin(entry: LedgerEntry): Promise<RunStep> {
    if (this.found !== null) return this.end(this.found.verdict, entry, null, this.found.left);
    const deployer = await this.tools.deployers.of(this.content.namespace);
    // Who may act nowhere may look nowhere either.
    if (!deployer.ok)
      return this.end(
        this.doubted(refused(deployer.error.reason, deployer.error.message)),
        entry,
        null,
      );
    const state = await this.release.observe(this.content);
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
      : await inTurn(this.tools, this.control, () => this.prepare(state, deployer));
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
    const state = await this.release.observe(this.content);
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
    this.control.onProgress('claimed', `release ${this.release.name} is claimed for this plan`);
    const cancelled = cancelledInTime(this.offer, state, this.control.cancelReason());
    const { instance } = this.tools.self;
    if (cancelled !== null) return this.end(cancelled, claim.stored, instance);
    const { tools, offer, control } = this;
    const turn = { offer, claim, state, deadHolder, resumed, control };
    const ran = await inTurn(tools, control, () => runHelm(tools, turn)).catch((error: unknown) => {
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

  private async verify(claim: HeldClaim, report: HelmReport): Promise<RunStep> {
    const looked = await verifyHeld(this.tools, { claim, report }, this.control);
    if (looked === 'not_held') return { step: 'again' };
    if (looked === null) return { step: 'stopped' };
    const told = withForeseen(looked, claim.current.foreseen);
    const full = withFailedAdoption(told, this.content, report.after);
    return this.end(full, claim.stored, this.tools.self.instance, report.head);
  }

  private async prepare(state: ReleaseState, deployer: Deployer): Promise<Findings> {
    const { onWaiting } = this.control;
    const request = { state, deployer, onWaiting };
    const { findings, backTo } = await preparePlan(this.tools, this.offer, request);
    this.backTo = backTo;
    return findings;
  }

  private async settleOther(entry: LedgerEntry, claim: LedgerClaim): Promise<RunStep> {
    const state = await this.release.observe(claim.content);
    const verdict = await settleAbandoned(this.tools, claim, state, this.control.stopping);
    if (verdict === null) return { step: 'stopped' };
    const left = leftHead(state, isDeadLock(entry, claim, state));
    const { instance: holder } = claim.holder;
    const told = withFailedAdoption(withForeseen(verdict, claim.foreseen), claim.content, state);
    const ended = await this.release.record(claim, { verdict: told, known: entry, holder, left });
    if (ended !== null) this.control.onOtherEnded(ended);
    return { step: 'again' };
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

  /** `holder`: in whose hands the release was when the verdict was found; null for nobody's. */
  private async end(
    verdict: PlanVerdict,
    known: LedgerEntry,
    holder: string | null,
    left: ReleaseRecord | null = null,
  ): Promise<RunStep> {
    this.control.onFound();
    if (this.hasRun) this.found ??= { verdict, left };
    const ended = await this.release.record(this.offer, { verdict, known, holder, left });
    return ended === null ? { step: 'again' } : { step: 'ended', verdict: ended };
  }

  /** Of a plan that nobody has claimed: nothing was touched, unless its claim was deleted. */
  private doubted(verdict: PlanVerdict): PlanVerdict {
    return this.hasRun ? ledgerLost(verdict) : verdict;
  }
}
