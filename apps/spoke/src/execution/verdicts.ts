import { headOf, wasInterrupted, type HelmReport, type ReleaseRecord } from '@apollo-deploy/helm';
import type { DeclineReason, PlanVerdict } from '@apollo-deploy/protocol';
import { leftHead, type Foreseen } from './ledger-entry.js';
import { boundedEvidence, evidenceOf, type Evidence } from './plan-evidence.js';

const LONGEST_MESSAGE = 4096;
const LONGEST_REASON = 256;

export function succeeded(message: string, evidence: Evidence): PlanVerdict {
  return { verdict: 'succeeded', message: cut(message), evidence: boundedEvidence(evidence) };
}

/** Somebody said no before anything was touched. */
export function refused(reason: string, message: string, evidence: Evidence = {}): PlanVerdict {
  return failure('refused', reason, message, evidence);
}

/** Applied, and then bad. */
export function unhealthy(reason: string, message: string, evidence: Evidence): PlanVerdict {
  return failure('unhealthy', reason, message, evidence);
}

/** Nothing was touched, and nobody is to blame. */
export function declined(
  reason: DeclineReason,
  message: string,
  evidence: Evidence = {},
): PlanVerdict {
  return {
    verdict: 'declined',
    reason,
    message: cut(message),
    evidence: boundedEvidence(evidence),
  };
}

export function unknown(message: string, evidence: Evidence): PlanVerdict {
  return { verdict: 'unknown', message: cut(message), evidence: boundedEvidence(evidence) };
}

/**
 * A verdict that promises that nothing was touched. `touched`: Helm may have run for the plan, so that
 * nobody can promise it; `why` says so.
 */
export function inDoubt(
  verdict: PlanVerdict,
  touched: boolean,
  why = 'an earlier process may have begun it',
): PlanVerdict {
  if (!touched) return verdict;
  const doubt = `${why}: look at what is there, then end the plan by hand`;
  return unknown(`${verdict.message}; ${doubt}`, verdict.evidence);
}

/** The same where nobody has claimed the release, and Helm may have run for the plan all the same. */
export function ledgerLost(verdict: PlanVerdict): PlanVerdict {
  if (verdict.verdict === 'unknown') return verdict;
  return inDoubt(verdict, true, 'its ledger was lost, and Helm may have run for it before');
}

/** What becomes of the plan after the operator: its end, the look at the rollout, or another try. */
export type AfterHelm =
  | { readonly next: 'verify' }
  | { readonly next: 'wait'; readonly why: string }
  | {
      readonly next: 'end';
      readonly verdict: PlanVerdict;
      /** The head, if nobody can be at work on it. */
      readonly left: ReleaseRecord | null;
    };

/**
 * Pure: the operator has looked at the release, and its word is all that counts here. `touched`: an
 * earlier process may have run Helm for the same plan.
 */
export function afterHelm(report: HelmReport, touched: boolean): AfterHelm {
  const evidence = evidenceOf(report);
  const end = (verdict: PlanVerdict): AfterHelm => {
    // What its own helm left, which has ended, is proven dead; a lock it only met is not.
    const left = leftHead(report.after, report.result === 'broken');
    return { next: 'end', verdict, left };
  };
  switch (report.result) {
    case 'applied':
    case 'already':
      return { next: 'verify' };
    case 'locked':
      return { next: 'wait', why: report.message };
    case 'refused':
      return end(inDoubt(refused(report.code, report.message, evidence), touched));
    case 'overtaken':
      return end(unknown(report.message, evidence));
    case 'base_moved':
      return end(inDoubt(declined('base_moved', report.message, evidence), touched));
    case 'cancelled':
      return end(declined('cancelled', report.message, evidence));
    case 'broken':
      return end(brokenVerdict(report, evidence));
  }
}

/** Cut off where hooks may have run, nobody can tell what they did; else trying again is harmless. */
function brokenVerdict(
  report: Extract<HelmReport, { result: 'broken' }>,
  evidence: Evidence,
): PlanVerdict {
  if (report.refusal !== undefined) {
    return failure('broken', report.refusal, report.message, evidence);
  }
  const timedOut = report.commands.some((command) => command.timedOut);
  const cutOff = wasCutOff(report);
  if (cutOff && report.hooksMayHaveRun) {
    return unknown(
      `${report.message}; its hooks may or may not have run: look at what they do, then end the plan by hand`,
      evidence,
    );
  }
  if (cutOff && isUntouched(report)) return declined('interrupted', report.message, evidence);
  const reason = timedOut ? 'HelmTimedOut' : cutOff ? 'HelmInterrupted' : 'HelmFailed';
  return {
    ...failure('broken', reason, report.message, evidence),
    interrupted: cutOff && !timedOut,
  };
}

/** True if Helm ran, and the release is as it was before. */
function isUntouched({ before, after, commands, repairs }: HelmReport): boolean {
  if (commands.length === 0 || repairs.length > 0) return false;
  const [was, is] = [headOf(before), headOf(after)];
  return was?.secretUid === is?.secretUid && was?.status === is?.status;
}

/**
 * True if Helm did not come to an end of its own. A failing hook leaves a rollback and an uninstall
 * pending though Helm ended in order.
 */
function wasCutOff({ repairs, commands, head }: HelmReport): boolean {
  const last = commands.at(-1);
  if (last === undefined) return repairs.length > 0 || (head !== null && wasInterrupted(head));
  const killed = last.exitCode === null && !last.timedOut;
  if (killed) return true;
  if (!last.timedOut && (last.verb === 'rollback' || last.verb === 'uninstall')) return false;
  // What it found pending and repaired says nothing about its own commands.
  return repairs.some(({ own }) => own);
}

/**
 * The verdict with what was foreseen, for whoever wonders where it went or why it is not there. Where
 * nothing was touched, nothing of it came true.
 */
export function withForeseen(verdict: PlanVerdict, foreseen: Foreseen = {}): PlanVerdict {
  const refusal = verdict.verdict === 'failed' && verdict.outcome === 'refused';
  if (refusal || verdict.verdict === 'declined') return verdict;
  const { overridden = [], noted = [] } = foreseen;
  const told = [
    ...firstOf(overridden).map((first) => `the chart took back what others had set: ${first}`),
    ...firstOf(noted),
  ];
  if (told.length === 0) return verdict;
  return {
    ...verdict,
    message: cut([verdict.message, ...told].join('; ')),
    evidence: boundedEvidence({ ...verdict.evidence, ...foreseen }),
  };
}

function firstOf([first, ...others]: readonly string[]): readonly string[] {
  if (first === undefined) return [];
  return [others.length > 0 ? `${first} (and ${others.length} more)` : first];
}

type Failed = Extract<PlanVerdict, { verdict: 'failed' }>;

function failure(
  outcome: Failed['outcome'],
  reason: string,
  message: string,
  evidence: Evidence,
): Failed {
  return {
    verdict: 'failed',
    outcome,
    reason: reason.slice(0, LONGEST_REASON),
    message: cut(message),
    interrupted: false,
    evidence: boundedEvidence(evidence),
  };
}

/** The beginning says what went wrong, the end what to do. */
export function cut(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  const half = Math.floor((LONGEST_MESSAGE - 3) / 2);
  return `${message.slice(0, half)} … ${message.slice(-half)}`.slice(0, LONGEST_MESSAGE);
}
