import { assertNever } from '@apollo-deploy/kernel';
import { helmErrorText, saysTaken, saysUnreachable } from './helm-error-text.js';
import type { CommandTrace, HelmVerdict } from './helm-report.js';
import { runsHooks } from './hooks-of-verb.js';
import { runOutcome } from './plan-outcome.js';
import type { ReleaseAsk } from './release-operation.js';
import { headOf, type ReleaseState } from './release-state.js';

/** One command that has ended, with the release before and after it. */
export interface FinishedRun {
  readonly trace: CommandTrace;
  readonly before: ReleaseState;
  readonly after: ReleaseState;
  readonly ask: ReleaseAsk;
  /** The command was asked to stop early. */
  readonly aborted: boolean;
}

/** What to say about a run. `interrupted`: it left a pending record, to be repaired. */
export function reportAfterRun(run: FinishedRun): {
  readonly verdict: HelmVerdict;
  readonly interrupted: boolean;
} {
  const outcome = runOutcome({ ...run, verb: run.trace.verb, refused: wasRefused(run) });
  switch (outcome) {
    case 'applied':
      return { verdict: { result: 'applied', message: appliedMessage(run) }, interrupted: false };
    case 'broken':
      return { verdict: broken(run, ranHooks(run)), interrupted: false };
    case 'interrupted':
      return { verdict: broken(run, ranHooks(run)), interrupted: true };
    case 'untouched':
      return { verdict: untouched(run), interrupted: false };
    case 'moved': {
      const message = `release ${run.ask.operation.release} was changed by somebody else at the same moment (${helmSays(run)}); evaluate again and make a new plan`;
      return { verdict: { result: 'base_moved', message }, interrupted: false };
    }
    case 'overtaken': {
      const message = `release ${run.ask.operation.release} was changed by somebody else while ${run.trace.summary} was at work on it (${helmSays(run)}); look at what is there, then end the plan by hand`;
      return { verdict: { result: 'overtaken', message }, interrupted: false };
    }
    default:
      return assertNever(outcome);
  }
}

/** No revision was written. An answer of Helm's is a refusal; a cut or a silent cluster is not. */
function untouched(run: FinishedRun): HelmVerdict {
  const { trace } = run;
  const answered = trace.exitCode !== null && !trace.timedOut && !saysUnreachable(trace.stderrTail);
  if (!answered && run.aborted) {
    return { result: 'cancelled', message: `${trace.summary} was called off, it wrote nothing` };
  }
  if (!answered) return broken(run, false);
  const message = `${trace.summary} was refused, it wrote nothing: ${helmSays(run)}`;
  return { result: 'refused', code: 'helm/said_no', message };
}

function broken(run: FinishedRun, hooksMayHaveRun: boolean): HelmVerdict {
  const { trace, after } = run;
  const head = headOf(after);
  const left = head === null ? 'no release' : `revision ${String(head.revision)} ${head.status}`;
  const message = `${trace.summary} did not finish and left ${left}: ${helmSays(run)}`;
  return { result: 'broken', message, hooksMayHaveRun };
}

function wasRefused({ trace }: FinishedRun): boolean {
  return trace.exitCode !== null && trace.exitCode !== 0 && saysTaken(trace.stderrTail);
}

function appliedMessage({ after, ask }: FinishedRun): string {
  const { release, namespace } = ask.operation;
  const head = headOf(after);
  return head === null || ask.operation.type === 'uninstall'
    ? `release ${release} in ${namespace} is uninstalled`
    : `release ${release} in ${namespace} is deployed at revision ${String(head.revision)}`;
}

function helmSays({ trace, after }: FinishedRun): string {
  const said = helmErrorText(trace.stderrTail);
  if (said !== '') return said;
  if (trace.timedOut) return 'it was stopped at its deadline';
  if (trace.signal !== null) return `it was ended by ${trace.signal}`;
  return headOf(after)?.description ?? `it exited with ${String(trace.exitCode)}`;
}

function ranHooks({ trace, before, after }: FinishedRun): boolean {
  const head = headOf(after) ?? headOf(before);
  return head !== null && runsHooks(trace.verb, head);
}
