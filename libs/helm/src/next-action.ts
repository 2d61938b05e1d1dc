import { assertNever } from '@apollo-deploy/kernel';
import type { HelmRefusalCode, HelmVerdict } from './helm-report.js';
import { runsHooks } from './hooks-of-verb.js';
import { isBase, planTrace, type PlanTrace } from './plan-outcome.js';
import type {
  ConfigUpdateOperation,
  ReleaseAsk,
  RollbackOperation,
  UpgradeOperation,
} from './release-operation.js';
import type { ReleaseRecord } from './release-record.js';
import { headOf, type ManagedState, type ReleaseState } from './release-state.js';

/** The one thing to do next about a release. */
export type HelmAction =
  /** Run the command of the operation. */
  | { readonly run: 'command' }
  /** Uninstall what is left of an installation that never worked, then decide again. */
  | { readonly run: 'remove' }
  /** Mark the pending record of a dead process failed, then decide again. */
  | { readonly run: 'repair'; readonly head: ReleaseRecord }
  /** There is nothing to do, or nothing that may be done. */
  | { readonly run: 'stop'; readonly verdict: HelmVerdict };

/**
 * Decides from what is, not from what was tried. The order matters: first the plan's own outcome,
 * then a lock, then whether the release still is what the plan was made for, then the operation.
 */
export function nextAction(state: ReleaseState, ask: ReleaseAsk): HelmAction {
  const trace = planTrace(state, ask);
  if (trace === 'done') return stop('already', doneMessage(state, ask));
  if (state.kind === 'absent') return isBase(state, ask) ? onAbsent(ask) : moved(null, ask);
  if (state.kind !== 'foreign') return onOurs(state, ask, trace);
  if (state.reason === 'unreadable') return refuse('release/unreadable', state.message);
  if (ask.operation.adopt === true) return onOurs(state.state, ask, trace);
  if (!isBase(state, ask)) return moved(state.state.head, ask);
  return refuse('release/not_ours', notOursMessage(state.state, ask));
}

/** A history is kept on purpose, so nobody but its owner removes it. */
function notOursMessage({ kind }: ManagedState, { operation }: ReleaseAsk): string {
  const { release, namespace } = operation;
  if (kind !== 'uninstalled') {
    return `release ${release} in ${namespace} was not made by Apollo; have it adopted by a plan that may, or choose another release name`;
  }
  return `release ${release} in ${namespace} was not made by Apollo and is uninstalled, but its history was kept; remove it with "helm uninstall ${release} --namespace ${namespace}", or choose another release name`;
}

function onOurs(state: ManagedState, ask: ReleaseAsk, trace: PlanTrace): HelmAction {
  if (trace === 'failed') return giveUp(state.head, ask);
  const base = isBase(state, ask);
  if (state.kind === 'locked') {
    // Finishing an uninstallation needs no repair: Helm runs it again from any state.
    const resumes = ask.operation.type === 'uninstall' && base && ask.deadHolder;
    return resumes ? { run: 'command' } : unlock(state, ask);
  }
  return base ? onBase(state, ask) : moved(state.head, ask);
}

function onAbsent({ operation }: ReleaseAsk): HelmAction {
  if (operation.type === 'install') return { run: 'command' };
  const message = `there is no release ${operation.release} in ${operation.namespace}; plan an install`;
  return refuse('release/absent', message);
}

function onBase(state: Exclude<ManagedState, { kind: 'locked' }>, ask: ReleaseAsk): HelmAction {
  if (state.kind !== 'uninstalled') return onRelease(state, ask);
  // Only its history is left; Helm refuses the name until that is gone.
  return ask.operation.type === 'install' ? { run: 'remove' } : onAbsent(ask);
}

function onRelease(
  state: Extract<ManagedState, { kind: 'deployed' | 'failed' }>,
  { operation }: ReleaseAsk,
): HelmAction {
  switch (operation.type) {
    case 'install':
      if (neverDeployed(state) && operation.adopt !== true) return { run: 'remove' };
      return refuse(
        'release/exists',
        `release ${operation.release} in ${operation.namespace} is at revision ${String(state.head.revision)} already; plan an upgrade`,
      );
    case 'uninstall':
      return { run: 'command' };
    case 'upgrade':
      return neverDeployed(state) && operation.adopt !== true
        ? { run: 'command' }
        : (otherChart(state, operation) ?? { run: 'command' });
    case 'config_update':
      return onConfigUpdate(state, operation);
    case 'rollback':
      return onRollback(state, operation);
    default:
      return assertNever(operation);
  }
}

function onConfigUpdate(state: ManagedState, operation: ConfigUpdateOperation): HelmAction {
  const { name, version } = operation.chart;
  const { chartVersion } = chartInEffect(state);
  const other = otherChart(state, operation);
  if (other !== null) return other;
  if (chartVersion === version) return { run: 'command' };
  const message = `release ${operation.release} runs chart ${name} ${chartVersion}, not ${name} ${version}; plan an upgrade to change the chart`;
  return refuse('release/chart_differs', message);
}

/** Helm would go from one chart to another without a word, and call it an upgrade; null: the same. */
function otherChart(
  state: ManagedState,
  { release, namespace, chart }: UpgradeOperation | ConfigUpdateOperation,
): HelmAction | null {
  const { chartName, chartVersion } = chartInEffect(state);
  if (chartName === chart.name) return null;
  const message = `release ${release} in ${namespace} runs chart ${chartName} ${chartVersion}, and another chart, ${chart.name}, would take its place object by object; uninstall the release first, or give the new chart a release of its own`;
  return refuse('release/other_chart', message);
}

function onRollback(state: ManagedState, operation: RollbackOperation): HelmAction {
  const target = state.history.find(({ revision }) => revision === operation.revision);
  const asked = `revision ${String(operation.revision)} of release ${operation.release}`;
  if (target === undefined) {
    const message = `${asked} is not in its history any more; upgrade to the chart and values recorded for it`;
    return refuse('release/revision_missing', message);
  }
  if (target.status === 'superseded' || target.status === 'deployed') return { run: 'command' };
  const message = `${asked} never worked (${target.status}); choose one that was deployed`;
  return refuse('release/revision_not_good', message);
}

function unlock(state: ManagedState, { operation, deadHolder }: ReleaseAsk): HelmAction {
  const { head } = state;
  if (deadHolder) return { run: 'repair', head };
  const message = `release ${operation.release} is ${head.status} at revision ${String(head.revision)}; wait until that helm process ends or is proven dead`;
  return stop('locked', message);
}

function giveUp(head: ReleaseRecord, { operation }: ReleaseAsk): HelmAction {
  const message = `revision ${String(head.revision)} of release ${operation.release}, made by this plan, failed: ${head.description}`;
  const verb = operation.type === 'config_update' ? 'upgrade' : operation.type;
  const hooksMayHaveRun = runsHooks(verb, head);
  return { run: 'stop', verdict: { result: 'broken', message, hooksMayHaveRun } };
}

function moved(head: ReleaseRecord | null, { operation }: ReleaseAsk): HelmAction {
  const { revision } = operation.base;
  const expected = revision === 0 ? 'no release' : `revision ${String(revision)}`;
  const found =
    head === null
      ? 'there is no release'
      : `it is at revision ${String(head.revision)} (${head.status}, ${head.description})`;
  const message = `the plan for ${operation.release} expects ${expected}, but ${found}; evaluate again and make a new plan`;
  return stop('base_moved', message);
}

function doneMessage(state: ReleaseState, { operation }: ReleaseAsk): string {
  const head = headOf(state);
  return operation.type === 'uninstall' || head === null
    ? `release ${operation.release} in ${operation.namespace} is not installed`
    : `revision ${String(head.revision)} of release ${operation.release} is deployed and is what this plan asked for`;
}

/**
 * True if no revision was ever in effect, as after a first installation that failed. Where older
 * revisions were pruned nobody can say so: one of them may be what runs. So may what a failed revision
 * brought, since Helm can fail for having waited too short: who plans an install has looked.
 */
function neverDeployed({ kind, history }: ManagedState): boolean {
  const once = history.some(({ status }) => status === 'superseded' || status === 'deployed');
  return kind === 'failed' && !once && history[0]?.revision === 1;
}

/** Helm that dies between two revisions leaves none deployed; the objects are then the newer one's. */
function chartInEffect({ head, kind, lastDeployed }: ManagedState): ReleaseRecord {
  return kind === 'deployed' ? head : (lastDeployed ?? head);
}

function refuse(code: HelmRefusalCode, message: string): HelmAction {
  return { run: 'stop', verdict: { result: 'refused', code, message } };
}

function stop(result: 'already' | 'locked' | 'base_moved', message: string): HelmAction {
  return { run: 'stop', verdict: { result, message } };
}
