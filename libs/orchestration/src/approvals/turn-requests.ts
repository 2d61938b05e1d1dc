import {
  askAgain,
  type JudgedGate,
  judgeWaiting,
  NEW_REQUEST,
  requestRuns,
  setRequestClock,
  type Violation,
} from '@apollo-deploy/domain';
import type { ApprovalRequestRecord } from '../ports/approval-repositories.js';
import type { JudgedApproval } from './judge-approval.js';

/** The request of one gate as it is from now on. */
export interface TurnedRequest {
  readonly gate: JudgedGate;
  readonly request: Omit<ApprovalRequestRecord, 'entity' | 'planId'>;
  /** It is not as it is stored. */
  readonly changed: boolean;
  /** People are to be told now: those who can answer it, or others as well. */
  readonly tells: readonly ('asked' | 'escalated')[];
  /** People who had agreed and have to look at it again. */
  readonly again: readonly string[];
}

export interface TurnedRequests {
  readonly turned: readonly TurnedRequest[];
  /** A gate that nobody answered in time. */
  readonly lapsed?: JudgedGate;
  /** When waiting leads to something. RFC 3339. */
  readonly recheckAt?: string;
}

/**
 * Lets the clock of each gate run or stand still from now on. It runs while people could answer and
 * nothing that holds the plan is cured by anything else but time; they are told when it first begins,
 * and again if what they said does not count any more. Where they are not waited for, it stands still.
 */
export function turnRequests(
  { judged, requests: known, waived, facts: { now } }: JudgedApproval,
  violations: readonly Violation[],
): TurnedRequests {
  const turned = judged.gates.map((gate) => {
    return { gate, ...turn({ gate, waived }, known.get(gate.rule.name), violations, now) };
  });
  const lapsed = turned.find(({ waiting }) => waiting.lapsed)?.gate;
  const [recheckAt] = turned.flatMap(({ waiting }) => waiting.nextAt ?? []).sort();
  return {
    turned: turned.map(({ waiting: _, ...request }) => request),
    ...(lapsed !== undefined && { lapsed }),
    ...(recheckAt !== undefined && { recheckAt }),
  };
}

interface Turned extends Omit<TurnedRequest, 'gate'> {
  readonly waiting: ReturnType<typeof judgeWaiting>;
}

function turn(
  { gate, waived }: { readonly gate: JudgedGate; readonly waived: boolean },
  before: ApprovalRequestRecord | undefined,
  violations: readonly Violation[],
  now: Date,
): Turned {
  const runs = !waived && requestRuns(gate, violations);
  const clock = clockOf(before, runs, now);
  const waiting = !waived && isMissing(gate) ? judgeWaiting(gate.rule, clock, now) : NOT_WAITED_FOR;
  const again = runs ? askAgain({ gates: [gate] }).map(({ by }) => by) : [];
  const tells = tellsNow(before, { runs, again, escalated: waiting.escalated });
  const ran = before?.runningSince !== undefined;
  return {
    request: { ...clock, rule: gate.rule.name, ...toldSince(before, tells, now) },
    changed: runs !== ran || tells.length > 0,
    ...{ tells, again, waiting },
  };
}

const NOT_WAITED_FOR = { lapsed: false, escalated: false };

function isMissing({ open, missingApprovers }: JudgedGate): boolean {
  return open && missingApprovers > 0;
}

/** Without what else is kept of the request. */
function clockOf(before: ApprovalRequestRecord | undefined, runs: boolean, now: Date) {
  const { ranMs, runningSince } = setRequestClock(before ?? NEW_REQUEST, runs, now);
  return { ranMs, ...(runningSince !== undefined && { runningSince }) };
}

/** People are asked when the clock first begins, and when it begins again for what does not count any more. */
function tellsNow(
  before: ApprovalRequestRecord | undefined,
  now: { readonly runs: boolean; readonly again: readonly string[]; readonly escalated: boolean },
): TurnedRequest['tells'] {
  const begins = now.runs && before?.runningSince === undefined;
  const asked = begins && (before?.askedAt === undefined || now.again.length > 0);
  const escalated = now.escalated && before?.escalatedAt === undefined;
  return [...(asked ? (['asked'] as const) : []), ...(escalated ? (['escalated'] as const) : [])];
}

/** When people were told first. */
function toldSince(
  before: ApprovalRequestRecord | undefined,
  tells: TurnedRequest['tells'],
  now: Date,
): Pick<ApprovalRequestRecord, 'askedAt' | 'escalatedAt'> {
  const at = now.toISOString();
  const askedAt = before?.askedAt ?? (tells.includes('asked') ? at : undefined);
  const escalatedAt = before?.escalatedAt ?? (tells.includes('escalated') ? at : undefined);
  return {
    ...(askedAt !== undefined && { askedAt }),
    ...(escalatedAt !== undefined && { escalatedAt }),
  };
}
