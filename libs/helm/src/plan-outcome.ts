import type { HelmCommand } from './helm-command.js';
import { isLabelledBy } from './label-origin.js';
import { isRemovedBy } from './removal-mark.js';
import { rollbackDescription, type ReleaseAsk } from './release-operation.js';
import { PLAN_LABEL, type ReleaseRecord } from './release-record.js';
import {
  headOf,
  historyOf,
  underlyingState,
  type ManagedState,
  type ReleaseState,
} from './release-state.js';

/** What a release shows of a plan: nothing, its effect, its failure, or that it was cut off. */
export type PlanTrace = 'none' | 'done' | 'failed' | 'interrupted';

/**
 * Finds the outcome of a plan in a release, whoever looks and whenever. Later revisions inherit a plan's
 * label, so the head has to be the first that carries it, with the plan's chart and values.
 */
export function planTrace(state: ReleaseState, ask: ReleaseAsk): PlanTrace {
  const managed = underlyingState(state);
  const gone = state.kind === 'absent' || managed?.kind === 'uninstalled';
  if (ask.operation.type === 'uninstall') return gone ? 'done' : 'none';
  if (managed === null || gone || !isOutcome(managed, ask)) return 'none';
  if (managed.kind === 'deployed') return 'done';
  // The plan was made for this very failure: that is where it starts, not what it led to.
  if (isBase(state, ask)) return 'none';
  return managed.kind === 'locked' ? 'interrupted' : 'failed';
}

/** True if the release is what the plan was made for. */
export function isBase(state: ReleaseState, { operation, removed }: ReleaseAsk): boolean {
  const { revision, secretUid } = operation.base;
  if (state.kind === 'absent') return revision === 0 || removed;
  const head = headOf(state);
  if (head === null) return true;
  return head.revision === revision && (secretUid === null || head.secretUid === secretUid);
}

/** A command whose process is dead, and the release before and after it. */
export interface EndedCommand {
  readonly verb: HelmCommand['verb'];
  readonly before: ReleaseState;
  readonly after: ReleaseState;
  readonly ask: ReleaseAsk;
  /** Helm said no because of how it found the release, before it wrote anything. */
  readonly refused: boolean;
}

/** What a command that has ended did to the release. */
export type RunOutcome = 'applied' | 'broken' | 'interrupted' | 'untouched' | 'moved' | 'overtaken';

/**
 * Compares the release before and after a command. `interrupted`: it left its record pending;
 * `moved`: somebody else changed the release and this command did nothing; `overtaken`: somebody else
 * changed it, and what the command did before cannot be told any more.
 */
export function runOutcome(run: EndedCommand): RunOutcome {
  const { before, after, ask } = run;
  const removing = removalUnderWay(after);
  if (removing !== null) {
    if (isRemovedBy(ask.operation.planId, removing)) return 'interrupted';
    // Somebody else has begun a removal, whatever this command was, and may be at work on it.
    return mayHaveWritten(run) ? 'overtaken' : 'moved';
  }
  const trace = planTrace(after, ask);
  if (trace !== 'none') return OUTCOME_OF_TRACE[trace];
  if (isSameRecord(before, after)) return 'untouched';
  if (isOwnFailure(run)) return 'broken';
  return mayHaveWritten(run) ? 'overtaken' : 'moved';
}

function removalUnderWay(state: ReleaseState): ReleaseRecord | null {
  const managed = underlyingState(state);
  return managed?.kind === 'locked' && managed.by === 'uninstall' ? managed.head : null;
}

/** False as well for a record that nobody can read. */
function isSameRecord(before: ReleaseState, after: ReleaseState): boolean {
  const [was, is] = [headOf(before), headOf(after)];
  if (is === null) return was === null && after.kind === 'absent';
  return was?.secretUid === is.secretUid && was.status === is.status;
}

const OUTCOME_OF_TRACE = {
  done: 'applied',
  failed: 'broken',
  interrupted: 'interrupted',
} as const satisfies Record<Exclude<PlanTrace, 'none'>, RunOutcome>;

function isOutcome(state: ManagedState, { operation, valuesDigest }: ReleaseAsk): boolean {
  const { head } = state;
  if (operation.type === 'uninstall') return false;
  // Also where its target left the history with it, so that the plan goes on as an upgrade.
  if (isRollbackOf(operation.planId, head)) return head.revision > operation.base.revision;
  if (operation.type !== 'rollback') {
    const { chart, planId } = operation;
    const sameChart = head.chartName === chart.name && head.chartVersion === chart.version;
    return isLabelledBy(planId, state) && sameChart && head.valuesDigest === valuesDigest;
  }
  if (head.revision <= operation.base.revision) return false;
  // A failure overwrites the description, and Helm 3 takes none; the number then has to follow.
  return wentBackTo(state, operation.revision) && head.revision === operation.base.revision + 1;
}

/** By what Helm 4 was told to write, or by the note of a repair that quotes it. */
function isRollbackOf(planId: string, { description }: ManagedState['head']): boolean {
  const written = rollbackDescription(planId);
  return description === written || description.endsWith(`(${written})`);
}

/** Helm 4 records where a rollback went; Helm 3 only says so, and not when it failed. */
function wentBackTo({ head, history }: ManagedState, target: number): boolean {
  const { rollbackRevision, description, name, labels } = head;
  if (rollbackRevision !== undefined) return rollbackRevision === target;
  const told = `Rollback to ${String(target)}`;
  // The second is the note of a repair.
  if (description === told || description.endsWith(`(${told})`)) return true;
  if (!description.startsWith(`Rollback "${name}" failed: `)) return false;
  // It has taken its target's labels over.
  const from = history.find(({ revision }) => revision === target)?.labels;
  return from?.[PLAN_LABEL] === labels[PLAN_LABEL];
}

/** True if the head is what a rollback or an uninstallation leaves that went wrong. */
function isOwnFailure({ verb, before, after }: EndedCommand): boolean {
  const [was, is] = [headOf(before), headOf(after)];
  if (was === null || is === null) return false;
  if (verb === 'uninstall') return is.secretUid === was.secretUid;
  // A failure overwrites the description, and Helm 3 keeps no other mark of a rollback.
  const follows = is.revision === was.revision + 1 && is.status === 'failed';
  return verb === 'rollback' && follows && isInHistory(was.secretUid, after);
}

/** True unless it is certain that the command wrote nothing before somebody else did. */
function mayHaveWritten(run: EndedCommand): boolean {
  if (run.refused) return false;
  if (run.verb === 'rollback' || run.verb === 'uninstall') return true;
  const was = headOf(run.before);
  // Where what was there before is gone, what the command had written may be gone with it.
  if (was === null || !isInHistory(was.secretUid, run.after)) return true;
  return historyOf(run.after).some(
    ({ revision, labels }) =>
      revision > was.revision && labels[PLAN_LABEL] === run.ask.operation.planId,
  );
}

function isInHistory(uid: string, state: ReleaseState): boolean {
  return historyOf(state).some(({ secretUid }) => secretUid === uid);
}
