import type { StatusContext } from './kind-rule.js';
import {
  countOf,
  fieldsAt,
  instantOf,
  itemsOf,
  numberOf,
  textOf,
  type Fields,
} from './live-fields.js';
import type { Health } from './object-status.js';

/** How a container ended. */
export interface Termination {
  readonly reason: string;
  readonly exitCode?: number;
  readonly finishedAt?: Date;
}

/** What is wrong with one container of a pod. */
export interface ContainerFinding {
  readonly container: string;
  readonly health: Extract<Health, 'Progressing' | 'Degraded'>;
  readonly reason: string;
  readonly message: string;
  readonly terminal: boolean;
  readonly restarts: number;
  readonly lastTermination?: Termination;
  /** When a fault still within its grace period becomes terminal. */
  readonly recheckAt?: Date;
}

/** A Secret or ConfigMap may be made by another controller a few seconds after the pod. */
const CONFIG_GRACE_MS = 30_000;
/** The kubelet waits 10, 20 and 40 s between pulls: time for four of them. */
const PULL_GRACE_MS = 75_000;
/** A registry that could not be asked, unlike one that has answered no. */
const REGISTRY_AWAY =
  /no such host|timed? ?out|connection (refused|reset)|\bEOF\b|too ?many ?requests|\b(429|50[0-4])\b/i;
const MAX_DETAIL = 400;

/** Waiting reasons that are the ordinary course of a start. */
const STARTING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);
/** Waiting reasons that no waiting mends, and what to do about each. */
const FATAL: Readonly<Record<string, string>> = {
  ImagePullBackOff: 'check the image name, its tag and the pull secret',
  ErrImageNeverPull: 'load the image onto the node or change imagePullPolicy',
  InvalidImageName: 'correct the image name',
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
    const finding = findingOf({ pod, status: s, alwaysRestarts: policy === 'Always', context });
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

interface ContainerFacts {
  readonly pod: Fields;
  readonly status: Fields;
  readonly alwaysRestarts: boolean;
  readonly context: StatusContext;
}

function findingOf(facts: ContainerFacts): ContainerFinding | undefined {
  const { status, alwaysRestarts } = facts;
  const waiting = fieldsAt(status, 'state', 'waiting');
  const waitingReason = textOf(waiting['reason']);
  if (waitingReason !== undefined && !STARTING.has(waitingReason)) {
    return waitingFinding(facts, waitingReason, textOf(waiting['message']));
  }
  const ended = terminationOf(fieldsAt(status, 'state')['terminated']);
  if (ended !== undefined && ended.exitCode !== 0) {
    const next = alwaysRestarts ? 'Kubernetes starts it again' : 'its restart policy decides';
    return finding(facts, 'Progressing', ended.reason, `ended with ${describe(ended)}; ${next}`);
  }
  const last = terminationOf(fieldsAt(status, 'lastState')['terminated']);
  const runsAgain = fieldsAt(status, 'state')['running'] !== undefined && last !== undefined;
  if (runsAgain && alwaysRestarts && status['ready'] !== true) {
    return finding(
      facts,
      'Degraded',
      'Restarted',
      `is not ready since it restarted after ${describe(last)}`,
    );
  }
  return undefined;
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
  if (reason === 'ImagePullBackOff' && REGISTRY_AWAY.test(detail ?? '')) {
    const message = `cannot pull its image${said}; see whether the registry can be reached`;
    return afterGrace(facts, finding(facts, 'Degraded', reason, message), PULL_GRACE_MS);
  }
  if (Object.hasOwn(FATAL, reason)) {
    const message = `cannot start${said}; ${FATAL[reason] ?? ''}`;
    return { ...finding(facts, 'Degraded', reason, message), terminal: true };
  }
  if (reason === 'CreateContainerConfigError') {
    const message = `cannot start${said}; create what it names`;
    return afterGrace(facts, finding(facts, 'Degraded', reason, message), CONFIG_GRACE_MS);
  }
  const bad = /^Err|(Error|BackOff)$/.test(reason);
  return finding(facts, bad ? 'Degraded' : 'Progressing', reason, `is waiting${said}`);
}

/**
 * Terminal where the kubelet would restart it for ever. Under OnFailure a Job counts the restarts and
 * decides itself; and a crash from before `since` says nothing about what was changed at `since`.
 */
function crashLoopFinding(facts: ContainerFacts): ContainerFinding {
  const last = terminationOf(fieldsAt(facts.status, 'lastState')['terminated']);
  const ended = last === undefined ? 'its last exit is not recorded' : `last ${describe(last)}`;
  const times = countOf(facts.status['restartCount']) ?? 0;
  const message = `is in CrashLoopBackOff (${times} restarts; ${ended}); read its last log lines`;
  const since = facts.context.since;
  const stale =
    since !== undefined &&
    last?.finishedAt !== undefined &&
    last.finishedAt.getTime() < Math.floor(since.getTime() / 1000) * 1000;
  return {
    ...finding(facts, 'Degraded', 'CrashLoopBackOff', message),
    terminal: facts.alwaysRestarts && !stale,
  };
}

/** Terminal once the pod has had this long; without a clock it counts as within its time. */
function afterGrace(
  facts: ContainerFacts,
  base: ContainerFinding,
  graceMs: number,
): ContainerFinding {
  const started =
    instantOf(fieldsAt(facts.pod, 'status')['startTime']) ??
    instantOf(fieldsAt(facts.pod, 'metadata')['creationTimestamp']);
  const now = facts.context.now?.getTime();
  if (started === undefined || now === undefined) return base;
  const graceEnd = started + graceMs;
  return now >= graceEnd ? { ...base, terminal: true } : withRecheck(base, graceEnd);
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
  const last =
    terminationOf(fieldsAt(status, 'state')['terminated']) ??
    terminationOf(fieldsAt(status, 'lastState')['terminated']);
  return {
    container: textOf(status['name']) ?? '(unnamed)',
    health,
    reason,
    message,
    terminal: false,
    restarts: countOf(status['restartCount']) ?? 0,
    ...(last === undefined ? {} : { lastTermination: last }),
  };
}

function terminationOf(value: unknown): Termination | undefined {
  const fields = fieldsAt({ value }, 'value');
  const exitCode = numberOf(fields['exitCode']);
  const reason = textOf(fields['reason']);
  if (exitCode === undefined && reason === undefined) return undefined;
  const finishedAt = instantOf(fields['finishedAt']);
  return {
    reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(finishedAt === undefined ? {} : { finishedAt: new Date(finishedAt) }),
  };
}

function describe({ reason, exitCode, finishedAt }: Termination): string {
  const code = exitCode === undefined ? reason : `exit code ${exitCode} (${reason})`;
  return finishedAt === undefined ? code : `${code} at ${finishedAt.toISOString()}`;
}

function clip(text: string): string {
  return text.length <= MAX_DETAIL ? text : `${text.slice(0, MAX_DETAIL)}…`;
}
