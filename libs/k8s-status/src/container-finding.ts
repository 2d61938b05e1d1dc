import { counted, hasController, isOlder, type StatusContext } from './kind-rule.js';
import { countOf, fieldsAt, instantOf, itemsOf, textOf, type Fields } from './live-fields.js';
import type { Health } from './object-status.js';
import { isRegistryAway } from './registry-away.js';
import { describeTermination, terminationOf, type Termination } from './termination.js';

/** What is wrong with one container of a pod. */
export interface ContainerFinding {
  readonly container: string;
  readonly health: Extract<Health, 'Progressing' | 'Degraded'>;
  readonly reason: string;
  readonly message: string;
  readonly terminal: boolean;
  readonly restarts: number;
  readonly lastTermination?: Termination;
  /** Which life of the container the fault is about; absent if it has had none. */
  readonly log?: 'current' | 'previous';
  /** When a fault still within its grace period becomes terminal. */
  readonly recheckAt?: Date;
}

/** A Secret or volume may be made by another controller a few seconds after the pod. */
const CREATE_GRACE_MS = 30_000;
const MAX_DETAIL = 400;

/** Waiting reasons that are the ordinary course of a start. */
const STARTING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);
/** Waiting reasons that no waiting mends, and what to do about each. */
const FATAL: Readonly<Record<string, string>> = {
  ImagePullBackOff: 'check the image name, its tag and the pull secret',
  ErrImageNeverPull: 'load the image onto the node or change imagePullPolicy',
  InvalidImageName: 'correct the image name',
};
/** Waiting reasons that a grace period may mend, and what to do once it has not. */
const PASSING: Readonly<Record<string, string>> = {
  CreateContainerConfigError: 'create what it names',
  CreateContainerError: 'correct what it names',
  RunContainerError: 'correct what it names',
};

/** The findings of every container, init containers first, in the order the pod lists them. */
export function containerFindings(
  pod: Fields,
  context: StatusContext,
): readonly ContainerFinding[] {
  const status = fieldsAt(pod, 'status');
  const spec = fieldsAt(pod, 'spec');
  const statuses = [
    ...itemsOf(status['initContainerStatuses']).map((s) => ({ s, list: spec['initContainers'] })),
    ...itemsOf(status['containerStatuses']).map((s) => ({ s, list: spec['containers'] })),
  ];
  const findings: ContainerFinding[] = [];
  for (const { s, list } of statuses) {
    const own = itemsOf(list).find((container) => container['name'] === s['name']);
    const policy = textOf(own?.['restartPolicy']) ?? textOf(spec['restartPolicy']) ?? 'Always';
    const hasRules = itemsOf(own?.['restartPolicyRules']).length > 0;
    const finding = findingOf({
      pod,
      status: s,
      image: textOf(own?.['image']),
      policy,
      hasRules,
      isReplaced: hasController(pod),
      context,
    });
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

interface ContainerFacts {
  readonly pod: Fields;
  readonly status: Fields;
  readonly image: string | undefined;
  /** `Always`, `OnFailure` or `Never`. */
  readonly policy: string;
  /** True if it depends on its exit code whether its policy applies. */
  readonly hasRules: boolean;
  /** True if a controller makes another pod of one that has failed, and counts how often. */
  readonly isReplaced: boolean;
  readonly context: StatusContext;
}

function findingOf(facts: ContainerFacts): ContainerFinding | undefined {
  const { status, policy } = facts;
  const waiting = fieldsAt(status, 'state', 'waiting');
  const waitingReason = textOf(waiting['reason']);
  if (waitingReason !== undefined && !STARTING.has(waitingReason)) {
    return waitingFinding(facts, waitingReason, textOf(waiting['message']));
  }
  const ended = terminationOf(fieldsAt(status, 'state')['terminated']);
  if (ended !== undefined && ended.exitCode !== 0) return endedFinding(facts, ended);
  const last = terminationOf(fieldsAt(status, 'lastState')['terminated']);
  const runsAgain = fieldsAt(status, 'state')['running'] !== undefined && last !== undefined;
  if (runsAgain && policy === 'Always' && status['ready'] !== true) {
    return finding(
      facts,
      'Degraded',
      'Restarted',
      `is not ready since it restarted after ${describeTermination(last)}`,
    );
  }
  return undefined;
}

/** One that nobody starts again has failed its pod, which may run on for the sake of its others. */
function endedFinding(facts: ContainerFacts, ended: Termination): ContainerFinding {
  const told = `ended with ${describeTermination(ended)}`;
  if (facts.hasRules) {
    return finding(facts, 'Progressing', ended.reason, `${told}; its restart rules decide`);
  }
  if (facts.policy !== 'Never') {
    return finding(facts, 'Progressing', ended.reason, `${told}; Kubernetes starts it again`);
  }
  const gone = `${told}; it is not started again`;
  if (facts.isReplaced) return finding(facts, 'Progressing', ended.reason, gone);
  const message = `${gone}, so the pod can only fail; read its log`;
  return { ...finding(facts, 'Degraded', ended.reason, message), terminal: true };
}

function waitingFinding(
  facts: ContainerFacts,
  reason: string,
  detail: string | undefined,
): ContainerFinding {
  if (reason === 'CrashLoopBackOff') return crashLoopFinding(facts);
  const said = detail === undefined ? '' : `: ${clip(detail)}`;
  if (reason === 'ErrImagePull') {
    return finding(facts, 'Progressing', reason, `could not pull its image${said}`);
  }
  if (reason === 'ImagePullBackOff' && isRegistryAway(detail ?? '', facts.image)) {
    const message = `cannot pull its image${said}; see whether the registry can be reached`;
    return finding(facts, 'Degraded', reason, message);
  }
  if (Object.hasOwn(FATAL, reason)) {
    const message = `cannot start${said}; ${FATAL[reason] ?? ''}`;
    return { ...finding(facts, 'Degraded', reason, message), terminal: true };
  }
  if (Object.hasOwn(PASSING, reason)) {
    const message = `cannot start${said}; ${PASSING[reason] ?? ''}`;
    return afterGrace(facts, finding(facts, 'Degraded', reason, message));
  }
  const bad = /^Err|(Error|BackOff)$/.test(reason);
  return finding(facts, bad ? 'Degraded' : 'Progressing', reason, `is waiting${said}`);
}

/**
 * Terminal where the kubelet would restart it for ever. Under OnFailure a Job, if the pod is of one,
 * counts the restarts and decides itself; and a crash from before `since` says nothing about what was
 * changed at `since`.
 */
function crashLoopFinding(facts: ContainerFacts): ContainerFinding {
  const last = terminationOf(fieldsAt(facts.status, 'lastState')['terminated']);
  const ended =
    last === undefined ? 'its last exit is not recorded' : `last ${describeTermination(last)}`;
  const times = countOf(facts.status['restartCount']) ?? 0;
  const message = `is in CrashLoopBackOff (${counted(times, 'restart')}; ${ended}); read its last log lines`;
  const stale = isOlder(last?.finishedAt?.getTime(), facts.context);
  return {
    ...finding(facts, 'Degraded', 'CrashLoopBackOff', message),
    terminal: (facts.policy === 'Always' || !facts.isReplaced) && !stale,
  };
}

/** Terminal once pod and change have had their time; without a clock they count as within it. */
function afterGrace(facts: ContainerFacts, base: ContainerFinding): ContainerFinding {
  const started =
    instantOf(fieldsAt(facts.pod, 'status')['startTime']) ??
    instantOf(fieldsAt(facts.pod, 'metadata')['creationTimestamp']);
  const { now, since } = facts.context;
  if (started === undefined || now === undefined) return base;
  const graceEnd = Math.max(started, since?.getTime() ?? started) + CREATE_GRACE_MS;
  return now.getTime() >= graceEnd ? { ...base, terminal: true } : withRecheck(base, graceEnd);
}

/** Beyond the range of Date there is no instant to come back at. */
function withRecheck(base: ContainerFinding, millis: number): ContainerFinding {
  const recheckAt = new Date(millis);
  return Number.isNaN(recheckAt.getTime()) ? base : { ...base, recheckAt };
}

function finding(
  { status }: ContainerFacts,
  health: ContainerFinding['health'],
  reason: string,
  message: string,
): ContainerFinding {
  const ended = terminationOf(fieldsAt(status, 'state')['terminated']);
  const last = ended ?? terminationOf(fieldsAt(status, 'lastState')['terminated']);
  return {
    container: textOf(status['name']) ?? '(unnamed)',
    health,
    reason,
    message,
    terminal: false,
    restarts: countOf(status['restartCount']) ?? 0,
    ...(last === undefined
      ? {}
      : { lastTermination: last, log: ended === undefined ? 'previous' : 'current' }),
  };
}

function clip(text: string): string {
  return text.length <= MAX_DETAIL ? text : `${text.slice(0, MAX_DETAIL)}…`;
}
