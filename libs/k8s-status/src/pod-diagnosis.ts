import { conditionOf } from './conditions.js';
import { containerFindings, type ContainerFinding } from './container-finding.js';
import { isTerminating, type StatusContext } from './kind-rule.js';
import { fieldsAt, isFields, itemsOf, textOf, type Fields } from './live-fields.js';
import { healthRank, type ObjectStatus } from './object-status.js';
import { terminationOf, type Termination } from './termination.js';

/** A pod's status with the container to blame, if one is: enough to fetch its log. */
export interface PodDiagnosis extends ObjectStatus {
  readonly pod: string;
  readonly namespace?: string;
  readonly container?: string;
  readonly restarts?: number;
  readonly lastTermination?: Termination;
  /** Which life of `container` may tell why in its log; absent if none has begun. */
  readonly log?: 'current' | 'previous';
  /** When the same pod, unchanged, has to be judged again. */
  readonly recheckAt?: Date;
}

/**
 * Why a pod is not doing its work, its worst container first; Healthy if it is. `terminal` only for
 * faults of a container: whether a *failed* pod matters depends on who replaces it.
 */
export function diagnosePod(pod: Fields, context: StatusContext = {}): PodDiagnosis {
  const metadata = fieldsAt(pod, 'metadata');
  const namespace = textOf(metadata['namespace']);
  const identity = {
    pod: textOf(metadata['name']) ?? '(unnamed)',
    ...(namespace === undefined ? {} : { namespace }),
  };
  const phase = textOf(fieldsAt(pod, 'status')['phase']);
  const ended = endedStatus(pod, phase);
  if (ended !== undefined) return { ...identity, ...ended };
  const worst = worstFinding(containerFindings(pod, context));
  if (worst !== undefined) return { ...identity, ...fromFinding(worst) };
  return { ...identity, ...runningStatus(pod, phase) };
}

type Finding = Omit<PodDiagnosis, 'pod' | 'namespace'>;

function endedStatus(pod: Fields, phase: string | undefined): Finding | undefined {
  if (isTerminating(pod)) {
    return { health: 'Progressing', reason: 'Terminating', message: 'is being deleted' };
  }
  if (phase === 'Succeeded') {
    return { health: 'Healthy', reason: 'Succeeded', message: 'ran to completion' };
  }
  return phase === 'Failed' ? failedStatus(pod) : undefined;
}

function failedStatus(pod: Fields): Finding {
  const status = fieldsAt(pod, 'status');
  const blamed = statusesOf(pod)
    .map((s) => ({ name: nameOf(s), ended: terminationOf(fieldsAt(s, 'state')['terminated']) }))
    .find((c) => (c.ended?.exitCode ?? 0) !== 0);
  const [name, ended] = [blamed?.name ?? '', blamed?.ended];
  const reason = textOf(status['reason']) ?? ended?.reason ?? 'Failed';
  const told =
    textOf(status['message']) ??
    (ended === undefined
      ? 'Kubernetes gives no cause; look at its events'
      : `container ${name} ended with ${ended.reason}, exit code ${ended.exitCode ?? 'unknown'}; read its log`);
  const base = { health: 'Degraded', reason, message: `failed: ${told}` } as const;
  if (ended === undefined) return base;
  return { ...base, container: name, lastTermination: ended, log: 'current' };
}

function statusesOf(pod: Fields): readonly Fields[] {
  const status = fieldsAt(pod, 'status');
  return [...itemsOf(status['initContainerStatuses']), ...itemsOf(status['containerStatuses'])];
}

function nameOf(container: Fields): string {
  return textOf(container['name']) ?? '(unnamed)';
}

function fromFinding(finding: ContainerFinding): Finding {
  const { container, health, reason, message, terminal, restarts, lastTermination } = finding;
  return {
    health,
    reason,
    message: `container ${container} ${message}`,
    container,
    restarts,
    ...(terminal ? { terminal } : {}),
    ...(lastTermination === undefined ? {} : { lastTermination }),
    ...(finding.log === undefined ? {} : { log: finding.log }),
    ...(finding.recheckAt === undefined ? {} : { recheckAt: finding.recheckAt }),
  };
}

function runningStatus(pod: Fields, phase: string | undefined): Finding {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const message = `is not scheduled: ${scheduled.message}`;
    return { health: 'Progressing', reason: scheduled.reason, message };
  }
  if (phase !== 'Running') {
    const reason = phase ?? 'Pending';
    return { health: 'Progressing', reason, message: 'is starting', ...atWork(pod) };
  }
  if ((textOf(fieldsAt(pod, 'spec')['restartPolicy']) ?? 'Always') !== 'Always') {
    const message = 'is running and yet to finish';
    return { health: 'Progressing', reason: 'Running', message, ...atWork(pod) };
  }
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status === 'True') return { health: 'Healthy', reason: 'Ready', message: 'is ready' };
  const told = ready === undefined ? 'its containers have not reported yet' : ready.message;
  return {
    health: 'Progressing',
    reason: ready?.reason ?? 'NotReady',
    message: `is not ready: ${told}`,
    ...atWork(pod, (container) => container['ready'] !== true),
  };
}

/** The first container that runs, of those that match. */
function atWork(
  pod: Fields,
  matches: (container: Fields) => boolean = () => true,
): Pick<PodDiagnosis, 'container' | 'log'> {
  const isRunning = (s: Fields): boolean => isFields(fieldsAt(s, 'state')['running']);
  const found = statusesOf(pod).find((s) => isRunning(s) && matches(s));
  return found === undefined ? {} : { container: nameOf(found), log: 'current' };
}

/** Terminal before passing, then by health; of equals the first listed. */
function worstFinding(findings: readonly ContainerFinding[]): ContainerFinding | undefined {
  return findings.reduce<ContainerFinding | undefined>(
    (worst, next) => (worst === undefined || badness(next) > badness(worst) ? next : worst),
    undefined,
  );
}

function badness({ terminal, health }: ContainerFinding): number {
  return (terminal ? 10 : 0) + healthRank(health);
}
