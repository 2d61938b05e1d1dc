import { computeStatus } from './compute-status.js';
import { isTerminating, kindKey, type KindRule, type StatusContext } from './kind-rule.js';
import { fieldsAt, isFields, type Fields } from './live-fields.js';
import { healthRank, worstHealth, type Health } from './object-status.js';
import { diagnosePod, type PodDiagnosis } from './pod-diagnosis.js';
import { indexOwned, newestPods, pastPods, revisionHash } from './rollout-pods.js';

/** Which object is meant, whether it exists or not. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Absent for objects of the cluster. */
  readonly namespace?: string;
}

/** Everything a verdict rests on: one look at the cluster. */
export interface RolloutFacts {
  /** Every object of the release; `object` is null if the API has none. */
  readonly objects: readonly { readonly ref: ObjectRef; readonly object: unknown }[];
  /** All pods and ReplicaSets of the namespaces concerned; strangers among them do no harm. */
  readonly pods: readonly unknown[];
  readonly replicaSets: readonly unknown[];
  readonly now: Date;
  /** When the change was applied. Crashes and exceeded deadlines from before it do not count. */
  readonly startedAt?: Date;
  /** From this instant on, what is not ready has failed. */
  readonly deadlineAt?: Date;
  /** Rules by `kindKey`, asked before the built-in ones. */
  readonly rules?: Readonly<Record<string, KindRule>>;
}

/** The object to look at first, and the pod and container behind it, if there is one. */
export interface WorstObject {
  readonly ref: ObjectRef;
  readonly health: Health;
  readonly reason: string;
  readonly message: string;
  readonly pod?: PodDiagnosis;
}

export interface RolloutVerdict {
  readonly verdict: 'healthy' | 'progressing' | 'failed';
  readonly message: string;
  /** Absent if and only if nothing is left to wait for. */
  readonly worst?: WorstObject;
  /** Only while progressing: when the verdict may change though no object does. */
  readonly recheckAt?: Date;
}

/**
 * Whether a rollout has arrived, is under way, or can no longer succeed. **failed** at once when waiting
 * cannot help: a container of the newest revision in CrashLoopBackOff or without an image, a failed Job, an
 * exceeded progress deadline; merely slow is **progressing** until `deadlineAt`. Pods of older revisions
 * and pods being deleted are not held against it. Suspended objects are not waited for, unless they were
 * suspended on the way. Neither the order of the objects nor further healthy ones change the verdict.
 */
export function judgeRollout(facts: RolloutFacts): RolloutVerdict {
  const assessments = assessAll(facts);
  const pending = assessments.filter((a) => a.terminal || !(a.older || isArrived(a)));
  const [first] = pending.sort(worstFirst);
  if (first === undefined) return { verdict: 'healthy', message: settledMessage(assessments) };
  const { worst, terminal } = first;
  const told = `${nameOf(worst.ref)}: ${worst.message}`;
  if (terminal) return { verdict: 'failed', message: told, worst };
  if (facts.deadlineAt !== undefined && facts.now >= facts.deadlineAt) {
    return { verdict: 'failed', message: `not ready ${lateness(facts)}: ${told}`, worst };
  }
  const recheckAt = earliest([facts.deadlineAt, ...pending.map((p) => p.worst.pod?.recheckAt)]);
  const message = `${pending.length} of ${assessments.length} objects are not ready; ${told}`;
  return { verdict: 'progressing', message, worst, ...(recheckAt ? { recheckAt } : {}) };
}

interface Assessment {
  readonly worst: WorstObject;
  readonly terminal: boolean;
  /** Bad from before the change: not waited for, but told. */
  readonly older: boolean;
  /** Suspended on the way: waited for, since somebody may let it go on. */
  readonly unfinished: boolean;
  /** How far it is updated, if that goes on only once somebody deletes pods. */
  readonly onDeletion?: string | undefined;
}

function assessAll(facts: RolloutFacts): readonly Assessment[] {
  const owned = indexOwned(facts.pods, facts.replicaSets);
  const context: StatusContext = {
    now: facts.now,
    ...(facts.startedAt === undefined ? {} : { since: facts.startedAt }),
    ...(facts.rules === undefined ? {} : { rules: facts.rules }),
  };
  return facts.objects.map(({ ref, object }) => {
    const status = computeStatus(object, context);
    const { health, reason, message } = status;
    const own = {
      worst: { ref, health, reason, message },
      terminal: status.terminal === true,
      older: status.older === true,
      unfinished: status.unfinished === true,
      onDeletion: status.onDeletion,
    };
    if (own.older) return own;
    if (!isFields(object) || isTerminating(object) || health === 'Suspended') return own;
    if (kindKey(object) === 'Pod') {
      return { ...own, worst: { ...own.worst, pod: diagnosePod(object, context) } };
    }
    const pod = worstPod(newestPods(object, owned), context);
    return pod === undefined
      ? blamePastPod(own, pastPods(object, owned), context)
      : blamePod(own, pod);
  });
}

/** A workload's own status never says why; its worst pod does. */
function blamePod(own: Assessment, pod: PodDiagnosis): Assessment {
  const { worst } = own;
  const terminal = pod.terminal === true;
  if (!terminal && isSettled(worst.health)) return own;
  return {
    worst: {
      ref: worst.ref,
      health: worstHealth([worst.health, pod.health]),
      reason: own.terminal && !terminal ? worst.reason : pod.reason,
      message: `${worst.message}; pod ${pod.pod} ${pod.message}`,
      pod,
    },
    terminal: own.terminal || terminal,
    older: false,
    unfinished: false,
  };
}

/** Not terminal: somebody may delete it, and then the rollout goes on. */
function blamePastPod(
  own: Assessment,
  pods: readonly Fields[],
  context: StatusContext,
): Assessment {
  const pod = isArrived(own) ? undefined : worstPod(pods, context);
  if (pod === undefined) return own;
  const found = pods.find((one) => fieldsAt(one, 'metadata')['name'] === pod.pod);
  const revision = found === undefined ? undefined : revisionHash(found);
  const { worst } = own;
  return {
    ...own,
    worst: {
      ref: worst.ref,
      health: worstHealth([worst.health, pod.health]),
      reason: pod.reason,
      message:
        `${worst.message}; pod ${pod.pod} of revision ${revision ?? '(unnamed)'} is in the way: ` +
        `${pod.message}; Kubernetes may wait for it for ever: delete the pod`,
      pod,
    },
  };
}

function worstPod(pods: readonly Fields[], context: StatusContext): PodDiagnosis | undefined {
  return pods
    .map((pod) => diagnosePod(pod, context))
    .filter(({ health }) => health !== 'Healthy')
    .sort(worstPodFirst)[0];
}

function worstPodFirst(a: PodDiagnosis, b: PodDiagnosis): number {
  return (
    Number(b.terminal === true) - Number(a.terminal === true) ||
    healthRank(b.health) - healthRank(a.health) ||
    (b.restarts ?? 0) - (a.restarts ?? 0) ||
    byText(a.pod, b.pod) ||
    byText(a.message, b.message)
  );
}

/** A total order over what is told, so that the order of the objects cannot show. */
function worstFirst(a: Assessment, b: Assessment): number {
  return (
    Number(b.terminal) - Number(a.terminal) ||
    healthRank(b.worst.health) - healthRank(a.worst.health) ||
    byText(nameOf(a.worst.ref), nameOf(b.worst.ref)) ||
    byText(a.worst.ref.apiVersion, b.worst.ref.apiVersion) ||
    byText(a.worst.message, b.worst.message)
  );
}

function isArrived({ worst, unfinished }: Assessment): boolean {
  return isSettled(worst.health) && !unfinished;
}

function isSettled(health: Health): boolean {
  return health === 'Healthy' || health === 'Suspended';
}

function nameOf({ kind, namespace, name }: ObjectRef): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function settledMessage(assessments: readonly Assessment[]): string {
  const suspended = assessments.filter(({ worst }) => worst.health === 'Suspended');
  const older = assessments.filter((a) => a.older);
  const healthy = assessments.length - suspended.length - older.length;
  const names = suspended.map(({ worst }) => nameOf(worst.ref)).sort(byText);
  const faults = older.map(({ worst }) => `${nameOf(worst.ref)}: ${worst.message}`).sort(byText);
  const partly = assessments
    .flatMap(({ worst, onDeletion: told }) => (told ? [`${nameOf(worst.ref)} (${told})`] : []))
    .sort(byText);
  return [
    `${healthy} of ${assessments.length} objects are healthy`,
    ...(names.length === 0 ? [] : [`suspended: ${names.join(', ')}`]),
    ...(partly.length === 0
      ? []
      : [`updated on deletion: ${partly.join(', ')}`, 'delete the other pods to update them']),
    ...(faults.length === 0 ? [] : [`not healthy already: ${faults.join(', ')}`]),
  ].join('; ');
}

function lateness({ startedAt, deadlineAt, now }: RolloutFacts): string {
  if (startedAt === undefined) return `by ${(deadlineAt ?? now).toISOString()}`;
  return `after ${Math.round((now.getTime() - startedAt.getTime()) / 1000)} s`;
}

function earliest(instants: readonly (Date | undefined)[]): Date | undefined {
  return instants.reduce(
    (first, next) => (next !== undefined && (first === undefined || next < first) ? next : first),
    undefined,
  );
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
