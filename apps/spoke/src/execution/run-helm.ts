import { headOf, type HelmReport, type ReleaseState } from '@apollo-deploy/helm';
import type { OfferedContent, PlanVerdict } from '@apollo-deploy/protocol';
import { type Deployer, DeployerGone } from '../deployers/deployer.js';
import { ChartUnavailable } from './chart-fetcher.js';
import type { HeldClaim } from './claim.js';
import { ensureNamespace } from './ensure-namespace.js';
import type { LedgerClaim } from './ledger-entry.js';
import type { OpenedOffer } from './opened-offer.js';
import { isBase } from './plan-facts.js';
import type { ExecutionCollaborators, RunControl } from './run-control.js';
import { findRevision, releaseOperationOf, type OperationFacts } from './release-operation-of.js';
import { refused } from './verdicts.js';

export interface HelmTurn {
  readonly offer: OpenedOffer;
  readonly claim: HeldClaim;
  readonly state: ReleaseState;
  /** Whoever left the release locked, as it was seen, is proven dead. */
  readonly deadHolder: boolean;
  /** An earlier process, proven dead, may have begun the plan. */
  readonly resumed: boolean;
  readonly control: Pick<RunControl, 'stopping' | 'onProgress'>;
}

/** What was known of no claim before it was counted. */
const HOOK_RUNS = 2;
/** What an installation begins at, also where an earlier process has removed what never worked. */
const NOTHING: OperationFacts['base'] = { revision: 0, secretUid: null };
/** For Helm's own work around the hooks. */
const MARGIN_MS = 5 * 60_000;

/**
 * Has the operator do what the plan says, under its claim. Null if the process is stopping and nothing
 * was begun; a verdict if the cluster refused before Helm began.
 */
export async function runHelm(
  tools: ExecutionCollaborators,
  { offer, claim, state, deadHolder, resumed, control }: HelmTurn,
): Promise<HelmReport | PlanVerdict | null> {
  const { content } = offer;
  const chartPath = await chartOf(tools, offer);
  const rollbackTo = await targetOf(tools, claim.current, state);
  const deployer = await deployerFor(tools, content.namespace);
  if (control.stopping.aborted) return null;
  if (content.type === 'install') {
    const refusal = await ensureNamespace(deployer.kube, content.namespace);
    if (refusal !== null) return refused('NamespaceRefused', refusal);
  }
  const cleared = resumed && content.type === 'install' && state.kind === 'absent';
  const base = cleared ? NOTHING : baseOf(content, claim.current, state);
  const operation = releaseOperationOf({ offer, base, chartPath, rollbackTo });
  const hookTimeoutMs = content.rolloutTimeoutSeconds * 1000;
  const entering: Promise<void>[] = [];
  try {
    return await deployer.operator.operate(operation, {
      // What has begun is finished: a cancellation comes too late, and a stop waits for it.
      abort: new AbortController().signal,
      // Helm's limit is for each hook, and all of them may come to it.
      totalDeadlineMs: ((claim.current.hookRuns ?? HOOK_RUNS) + 1) * hookTimeoutMs + MARGIN_MS,
      hookTimeoutMs,
      deadHolder: deadHolder ? (headOf(state)?.resourceVersion ?? null) : null,
      onPhase: (phase) => {
        if (phase === 'observing') return;
        control.onProgress('helm', `${phase} ${content.releaseName} in ${content.namespace}`);
      },
      onProcess: ({ pid }) => entering.push(enterHelm(tools, claim, pid)),
    });
  } finally {
    await Promise.all(entering);
  }
}

/** There was one before the claim, so that it is missing now says nothing about the plan. */
async function deployerFor(
  { deployers }: ExecutionCollaborators,
  namespace: string,
): Promise<Deployer> {
  const found = await deployers.of(namespace);
  if (found.ok) return found.value;
  throw new DeployerGone(found.error.message);
}

/** What a rollback goes back to, or went back to: its new revision may have pruned its target. */
async function targetOf(
  { reader }: ExecutionCollaborators,
  { content, backTo }: LedgerClaim,
  state: ReleaseState,
): Promise<number | null> {
  if (content.type !== 'rollback') return null;
  const found = await findRevision(reader, state, content);
  return found ?? (isBase(content, state) ? null : (backTo ?? null));
}

/** An install may begin at what an uninstallation has left: revisions without a release. */
function baseOf(
  { base }: OfferedContent,
  { baseSecretUid: secretUid }: LedgerClaim,
  state: ReleaseState,
): OperationFacts['base'] {
  const head = headOf(state);
  const left = head !== null && head.secretUid === secretUid ? head.revision : 0;
  return { revision: base?.revision ?? left, secretUid };
}

/** The chart was there before the claim, so that it is missing now says nothing about the plan. */
async function chartOf(
  { charts }: ExecutionCollaborators,
  { content: { chart }, chartBytes }: OpenedOffer,
): Promise<string | null> {
  if (chart === null) return null;
  const fetched = await charts.fetch(chart.sha256, chartBytes);
  if (fetched.ok) return fetched.value;
  throw new ChartUnavailable(fetched.error.message);
}

/** Should this process die, the next one has to prove that this helm is dead as well. */
async function enterHelm(
  { processes, log }: ExecutionCollaborators,
  claim: HeldClaim,
  pid: number,
): Promise<void> {
  try {
    const running = await processes.find(pid);
    const held = await claim.enterHelm({ pid, startedAt: running?.startedAt ?? null });
    if (!held) log.error({ pid }, 'the claim was taken from this process while its helm runs');
  } catch (error) {
    // It can still be found by its arguments.
    log.warn({ err: error, pid }, 'the helm process could not be entered in the ledger');
  }
}
