import { conditionOf } from './conditions.js';
import { containerFindings, type ContainerFinding, type Termination } from './container-finding.js';
import { isTerminating, type StatusContext } from './kind-rule.js';
import { fieldsAt, itemsOf, numberOf, textOf, type Fields } from './live-fields.js';
import { healthRank, type ObjectStatus } from './object-status.js';

/** A pod's status with the container to blame, if one is: enough to fetch its log. */
export interface PodDiagnosis extends ObjectStatus {
  readonly pod: string;
  readonly namespace?: string;
  readonly container?: string;
  readonly restarts?: number;
  readonly lastTermination?: Termination;
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

function endedStatus(pod: Fields, phase: string | undefined): ObjectStatus | undefined {
  if (isTerminating(pod)) {
    return { health: 'Progressing', reason: 'Terminating', message: 'is being deleted' };
  }
  if (phase === 'Succeeded') {
    return { health: 'Healthy', reason: 'Succeeded', message: 'ran to completion' };
  }
  return phase === 'Failed' ? failedStatus(pod) : undefined;
}

function failedStatus(pod: Fields): ObjectStatus {
  const status = fieldsAt(pod, 'status');
  const ended = [
    ...itemsOf(status['initContainerStatuses']),
    ...itemsOf(status['containerStatuses']),
  ]
    .map((s) => ({ name: textOf(s['name']), ended: fieldsAt(s, 'state', 'terminated') }))
    .find((c) => (numberOf(c.ended['exitCode']) ?? 0) !== 0);
  const cause = textOf(ended?.ended['reason']) ?? 'Error';
  const reason = textOf(status['reason']) ?? (ended === undefined ? 'Failed' : cause);
  const told =
    textOf(status['message']) ??
    (ended === undefined
      ? 'Kubernetes gives no cause; look at its events'
      : `container ${ended.name ?? '(unnamed)'} ended with ${cause}, exit code ` +
        `${numberOf(ended.ended['exitCode']) ?? 'unknown'}; read its log`);
  return { health: 'Degraded', reason, message: `failed: ${told}` };
}

function fromFinding(finding: ContainerFinding): Omit<PodDiagnosis, 'pod' | 'namespace'> {
  const { container, health, reason, message, terminal, restarts, lastTermination } = finding;
  return {
    health,
    reason,
    message: `container ${container} ${message}`,
    container,
    restarts,
    ...(terminal ? { terminal } : {}),
    ...(lastTermination === undefined ? {} : { lastTermination }),
    ...(finding.recheckAt === undefined ? {} : { recheckAt: finding.recheckAt }),
  };
}

function runningStatus(pod: Fields, phase: string | undefined): ObjectStatus {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const message = `is not scheduled: ${scheduled.message}`;
    return { health: 'Progressing', reason: scheduled.reason, message };
  }
  if (phase !== 'Running') {
    return { health: 'Progressing', reason: phase ?? 'Pending', message: 'is starting' };
  }
  if ((textOf(fieldsAt(pod, 'spec')['restartPolicy']) ?? 'Always') !== 'Always') {
    return { health: 'Progressing', reason: 'Running', message: 'is running and yet to finish' };
  }
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status === 'True') return { health: 'Healthy', reason: 'Ready', message: 'is ready' };
  const told = ready === undefined ? 'its containers have not reported yet' : ready.message;
  return {
    health: 'Progressing',
    reason: ready?.reason ?? 'NotReady',
    message: `is not ready: ${told}`,
  };
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
