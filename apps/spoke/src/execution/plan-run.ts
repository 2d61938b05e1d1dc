import {
  headOf,
  observeRelease,
  type HelmReport,
  type HelmValues,
  type ReleaseRecord,
  type ReleaseState,
} from '@apollo-deploy/helm';
import type { KubeApi, KubeRef } from '@apollo-deploy/kube';
import type { OfferedContent, PlanOffer, PlanVerdict } from '@apollo-deploy/protocol';
import { manifestRefs } from '../state/manifest-refs.js';
import { checkKinds } from './check-kinds.js';
import { HeldClaim } from './claim.js';
import { CONFIRMED_DEAD } from './config-map-ledger.js';
import { findHolder } from './find-holder.js';
import {
  leftHead,
  type LedgerClaim,
  type LedgerEntry,
  type LedgerVerdict,
  type ReleaseRef,
} from './ledger-entry.js';
import { checkOffer } from './offer-checks.js';
import { beforeClaim, cancelledInTime, doubtfulRemoval, firstStep } from './next-step.js';
import { isBase, isDeadLock, lateOrCancelled, mayHaveTouched } from './plan-facts.js';
import { NOTHING_FOUND, preflight, preflightRemoval, type Findings } from './preflight.js';
import { recordVerdict } from './record-verdict.js';
import type { ExecutionCollaborators, RunControl } from './run-control.js';
import { runHelm } from './run-helm.js';
import { settleAbandoned } from './settle-abandoned.js';
import { afterHelm, refused, withOverridden } from './verdicts.js';
import { verifyPlan } from './verify-plan.js';

/**
 * - `ended`: the verdict is in the ledger
 * - `wait`: nothing can be done now; begin again from the top later
 * - `again`: somebody else wrote; begin again from the top at once
 * - `stopped`: the process is about to end; the next one begins from the top
 */
export type RunStep =
  | { readonly step: 'ended'; readonly verdict: LedgerVerdict }
  | {
      readonly step: 'wait';
      readonly why: string;
      /** The release is claimed for this very plan. */
      readonly claimed: boolean;
    }
  | { readonly step: 'again' | 'stopped' };

/**
 * One pass over one plan, from the top: what does the ledger say, what does the cluster say, what is
 * left to do. Safe to begin again after any failure and any crash, on any machine: the effect happens
 * once because the claim, the release and the verdict are in the cluster and are looked at first.
 */
export class PlanRun {
  private readonly content: OfferedContent;
  private readonly release: ReleaseRef;
  /** What the chart takes back from others, as it was tried out. */
  private overridden: readonly string[] = [];

  constructor(
    private readonly tools: ExecutionCollaborators,
    private readonly offer: PlanOffer,
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
        return this.end(step.verdict, null);
      case 'begin':
        return this.begin(entry);
      case 'resume':
        return this.resume(entry, step.left);
      case 'settle':
        return this.settleOther(entry, step.left);
      case 'wait_for_holder':
        return this.waitForHolder(entry, step.claim, step.why);
      case 'wait':
        return { step: 'wait', why: step.why, claimed: true };
    }
  }

  /** Nobody has claimed the release: everything is looked at before anything is touched. */
  private async begin(entry: LedgerEntry): Promise<RunStep> {
    const state = await this.observe();
    const head = headOf(state);
    const next = beforeClaim(this.offer, entry, state, this.lateOrCancelled());
    if (next.do === 'end') return this.end(next.verdict, null, next.left);
    if (next.do === 'wait') return { step: 'wait', why: next.why, claimed: false };
    const found = next.done ? NOTHING_FOUND : await this.tools.limit.run(() => this.prepare(head));
    if (found.verdict !== null) return this.end(found.verdict, null, head);
    this.overridden = found.overridden;
    const late = next.done ? null : this.lateOrCancelled();
    if (late !== null) return this.end(late, null, head);
    if (this.control.stopping.aborted) return { step: 'stopped' };
    const claim = await HeldClaim.take(
      this.tools.ledger,
      entry,
      await this.newClaim(state, found.hookRuns),
    );
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
    const deadHolder = isDeadLock(entry, left, state, self.instance);
    const mayLive = state.kind === 'locked' && !deadHolder;
    const doubt = mayLive ? null : doubtfulRemoval(entry, left, state);
    if (doubt !== null) return this.end(doubt, self.instance, headOf(state));
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
    if (cancelled !== null) return this.end(cancelled, instance);
    const { tools, offer, control } = this;
    const ran = await tools.limit.run(() =>
      runHelm(tools, { offer, claim, state, deadHolder, control }),
    );
    if (ran === null) return { step: 'stopped' };
    if ('verdict' in ran) return this.end(ran, instance);
    const next = afterHelm(ran, resumed && mayHaveTouched(claim.current, ran.after));
    if (next.next === 'wait') return { step: 'wait', why: next.why, claimed: true };
    if (next.next === 'end') {
      return this.end(withOverridden(next.verdict, this.overridden), instance, next.left);
    }
    return this.verify(claim, ran);
  }

  private async verify(claim: HeldClaim, report: HelmReport): Promise<RunStep> {
    const held = await claim.enterVerifying(this.tools.clock.now());
    if (!held) return { step: 'again' };
    const verdict = await verifyPlan(this.tools, claim.current, report, this.control);
    if (verdict === null) return { step: 'stopped' };
    const told = withOverridden(verdict, this.overridden);
    return this.end(told, this.tools.self.instance, report.head);
  }

  /** Everything that can be refused without touching anything. */
  private async prepare(head: ReleaseRecord | null): Promise<Findings> {
    const { chart } = this.content;
    const verdict = await checkKinds(this.tools.kube, this.content, head);
    if (verdict !== null) return { verdict };
    if (this.control.stopping.aborted) return NOTHING_FOUND;
    if (chart === null) return preflightRemoval(this.tools, head);
    const { charts, clock, log } = this.tools;
    const fetched = await charts.fetch(chart.sha256);
    if (!fetched.ok) return { verdict: refused(fetched.error.code, fetched.error.message) };
    const startedAt = clock.now().getTime();
    const findings = await preflight(this.tools, {
      planId: this.offer.planId,
      content: this.content,
      chart: { path: fetched.value, name: chart.name, version: chart.version },
      values: this.offer.values as HelmValues,
      head,
    });
    const triedMs = clock.now().getTime() - startedAt;
    log.debug({ planId: this.offer.planId, triedMs }, 'the chart was tried in the cluster');
    return findings;
  }

  private async newClaim(state: ReleaseState, hookRuns: number): Promise<LedgerClaim> {
    const { self, clock, kube } = this.tools;
    const head = headOf(state);
    const objects = this.content.type === 'uninstall' ? await objectsOf(kube, head) : null;
    return {
      planId: this.offer.planId,
      attempt: this.offer.attempt,
      epoch: this.control.session.epoch,
      holder: { ...self },
      claimedAt: clock.now().toISOString(),
      content: this.content,
      baseSecretUid: isBase(this.content, state) ? (head?.secretUid ?? null) : null,
      ...(objects !== null && { objects: [...objects] }),
      hookRuns,
    };
  }

  private async settleOther(entry: LedgerEntry, claim: LedgerClaim): Promise<RunStep> {
    const { self } = this.tools;
    const state = await this.observe();
    const verdict = await settleAbandoned(this.tools, claim, state, this.control.stopping);
    if (verdict === null) return { step: 'stopped' };
    const left = leftHead(state, isDeadLock(entry, claim, state, self.instance));
    const ended = await this.record(claim, verdict, claim.holder.instance, left);
    if (ended !== null) this.control.onOtherEnded(ended);
    return { step: 'again' };
  }

  private waitForHolder(entry: LedgerEntry, claim: LedgerClaim, why: string): RunStep {
    const cure =
      'if it is certainly dead, say so with the annotation ' +
      `${CONFIRMED_DEAD}=${claim.holder.instance} on the ledger of ` +
      `${entry.release.namespace}/${entry.release.releaseName}`;
    const told = `release ${this.name} is claimed for plan ${claim.planId}, and ${why}`;
    return { step: 'wait', why: `${told}; ${cure}`, claimed: claim.planId === this.offer.planId };
  }

  private lateOrCancelled(): PlanVerdict | null {
    const { session, cancelReason } = this.control;
    const hubNow = new Date(this.tools.clock.now().getTime() - session.aheadMs);
    return lateOrCancelled(this.offer, hubNow, cancelReason());
  }

  private observe(): Promise<ReleaseState> {
    const { namespace, releaseName } = this.release;
    const { kube, reader } = this.tools;
    return observeRelease(kube, { release: releaseName, namespace }, reader);
  }

  /** `holder`: in whose hands the release was when the verdict was found; null for nobody's. */
  private async end(
    verdict: PlanVerdict,
    holder: string | null,
    left: ReleaseRecord | null = null,
  ): Promise<RunStep> {
    const ended = await this.record(this.offer, verdict, holder, left);
    return ended === null ? { step: 'again' } : { step: 'ended', verdict: ended };
  }

  private record(
    { planId, attempt }: { readonly planId: string; readonly attempt: number },
    verdict: PlanVerdict,
    holder: string | null,
    left: ReleaseRecord | null,
  ): Promise<LedgerVerdict | null> {
    const ended = {
      ...{ planId, attempt, at: this.tools.clock.now().toISOString() },
      verdict: this.control.redact.verdict(verdict),
      ...(left !== null && { head: { secretUid: left.secretUid, status: left.status } }),
    };
    return recordVerdict(this.tools.ledger, this.release, ended, holder);
  }

  private get name(): string {
    return `${this.release.releaseName} in ${this.release.namespace}`;
  }
}

/** What has to go with the release; null if nobody can tell, since its manifest cannot be read. */
async function objectsOf(
  kube: KubeApi,
  head: ReleaseRecord | null,
): Promise<readonly KubeRef[] | null> {
  if (head === null) return [];
  const refs = await manifestRefs(kube, head, { kept: false });
  return refs.ok ? refs.value : null;
}
