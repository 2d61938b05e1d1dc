import { awaitingController, isTerminating, kindKey } from './kind-rule.js';
import { fieldsAt, instantOf, isFields, itemsOf, textOf, type Fields } from './live-fields.js';

/** Live objects by the uid of the controller that owns them. */
export interface OwnedObjects {
  readonly pods: ReadonlyMap<string, readonly Fields[]>;
  readonly replicaSets: ReadonlyMap<string, readonly Fields[]>;
}

/** Files pods and ReplicaSets under their controllers, so that each object is looked at once. */
export function indexOwned(
  pods: readonly unknown[],
  replicaSets: readonly unknown[],
): OwnedObjects {
  return { pods: byController(pods), replicaSets: byController(replicaSets) };
}

/**
 * The pods whose fate decides the rollout of `workload`: those of its newest revision that nobody is
 * deleting. None while its controller has not seen the newest specification, since every pod there is
 * then belongs to an older one; none for kinds that own no pods.
 */
export function newestPods(workload: Fields, owned: OwnedObjects): readonly Fields[] {
  const key = kindKey(workload);
  if (!Object.hasOwn(NEWEST_PODS, key)) return [];
  const ofKind = NEWEST_PODS[key as keyof typeof NEWEST_PODS];
  return ofKind(workload, owned).filter((pod) => !isTerminating(pod));
}

/**
 * The pods of other revisions that keep a StatefulSet from making its newest ones: it goes pod by pod
 * and waits for each to be ready, even for one of a revision that was broken and has been left.
 */
export function pastPods(workload: Fields, owned: OwnedObjects): readonly Fields[] {
  const atOnce = fieldsAt(workload, 'spec')['podManagementPolicy'] === 'Parallel';
  if (kindKey(workload) !== 'StatefulSet.apps' || atOnce) return [];
  if (awaitingController(workload) !== undefined) return [];
  const newest = newestPods(workload, owned);
  return podsOf(workload, owned).filter((pod) => !newest.includes(pod) && !isTerminating(pod));
}

/** The name that the controller of a pod gave to its revision, if it gave one. */
export function revisionHash(pod: Fields): string | undefined {
  return label(pod, 'controller-revision-hash');
}

type Selection = (workload: Fields, owned: OwnedObjects) => readonly Fields[];

const NEWEST_PODS = {
  'Deployment.apps': (workload, owned) =>
    newestReplicaSets(workload, owned).flatMap((set) => podsOf(set, owned)),
  'ReplicaSet.apps': podsOf,
  'Job.batch': podsOf,
  'StatefulSet.apps': (workload, owned) => {
    if (awaitingController(workload) !== undefined) return [];
    const revision = textOf(fieldsAt(workload, 'status')['updateRevision']);
    if (revision === undefined) return [];
    return podsOf(workload, owned).filter((pod) => revisionHash(pod) === revision);
  },
  'DaemonSet.apps': (workload, owned) =>
    awaitingController(workload) === undefined ? newestDaemonPods(workload, owned) : [],
} as const satisfies Record<string, Selection>;

const REVISION = 'deployment.kubernetes.io/revision';

/** What carries the revision number of its Deployment; if that has none, the highest number. */
function newestReplicaSets(deployment: Fields, owned: OwnedObjects): readonly Fields[] {
  if (awaitingController(deployment) !== undefined) return [];
  const mine = owned.replicaSets.get(uidOf(deployment)) ?? [];
  const current = annotation(deployment, REVISION);
  if (current !== undefined) return mine.filter((set) => annotation(set, REVISION) === current);
  const highest = mine.reduce((max, set) => Math.max(max, revisionNumber(set)), -1);
  return mine.filter((set) => revisionNumber(set) === highest);
}

function revisionNumber(replicaSet: Fields): number {
  const revision = annotation(replicaSet, REVISION);
  return revision !== undefined && /^\d+$/.test(revision) ? Number(revision) : -1;
}

/**
 * A DaemonSet names no current revision, but numbers its templates and labels its pods with the number.
 * Pods of an older number with the same template hash (after going back) are current as well. Without
 * numbers: the hash of the youngest pod.
 */
function newestDaemonPods(daemonSet: Fields, owned: OwnedObjects): readonly Fields[] {
  const pods = podsOf(daemonSet, owned);
  const generation = annotation(daemonSet, 'deprecated.daemonset.template.generation');
  const current =
    generation === undefined
      ? youngest(pods)
      : pods.filter((pod) => label(pod, 'pod-template-generation') === generation);
  const hashes = new Set(current.map(revisionHash));
  hashes.delete(undefined);
  return pods.filter((pod) => current.includes(pod) || hashes.has(revisionHash(pod)));
}

function youngest(pods: readonly Fields[]): readonly Fields[] {
  const born = pods.map((pod) => instantOf(fieldsAt(pod, 'metadata')['creationTimestamp']) ?? 0);
  const last = born.reduce((latest, instant) => Math.max(latest, instant), 0);
  return pods.filter((_, index) => born[index] === last);
}

function byController(objects: readonly unknown[]): ReadonlyMap<string, readonly Fields[]> {
  const owned = new Map<string, Fields[]>();
  for (const object of objects) {
    if (!isFields(object)) continue;
    const owners = itemsOf(fieldsAt(object, 'metadata')['ownerReferences']);
    const uid = textOf(owners.find((owner) => owner['controller'] === true)?.['uid']);
    if (uid === undefined) continue;
    const siblings = owned.get(uid);
    if (siblings === undefined) owned.set(uid, [object]);
    else siblings.push(object);
  }
  return owned;
}

function podsOf(owner: Fields, owned: OwnedObjects): readonly Fields[] {
  return owned.pods.get(uidOf(owner)) ?? [];
}

/** No key of the index is empty, so an object without a uid owns nothing. */
function uidOf(object: Fields): string {
  return textOf(fieldsAt(object, 'metadata')['uid']) ?? '';
}

function label(object: Fields, key: string): string | undefined {
  return textOf(fieldsAt(object, 'metadata', 'labels')[key]);
}

function annotation(object: Fields, key: string): string | undefined {
  return textOf(fieldsAt(object, 'metadata', 'annotations')[key]);
}
