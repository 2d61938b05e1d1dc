import { computeStatus } from '@apollo-deploy/k8s-status';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  describeRef,
  type KubeApi,
  type KubeKind,
  type KubeObject,
  type KubeRef,
  type KubeRefusal,
} from '@apollo-deploy/kube';
import type { Following } from '../state/live-objects.js';
import type { ManifestRef } from '../state/manifest-refs.js';

/** Something of which nobody can tell how it is. */
export interface UnseenObject {
  /** For people: `Deployment shop/web`, `the pods of shop`. */
  readonly what: string;
  readonly why: string;
  /** True if looking again may help without anybody doing anything. */
  readonly mayPass: boolean;
}

/** One look at the objects of a rollout. */
export interface RolloutLook {
  /** What is known; null: the cluster has no such object. */
  readonly objects: readonly { readonly ref: ManifestRef; readonly object: KubeObject | null }[];
  /** The objects that are not in there. */
  readonly unseen: readonly UnseenObject[];
  readonly pods: readonly KubeObject[];
  readonly replicaSets: readonly KubeObject[];
  /** Where pods are not in there: the objects count, but why one is not ready stays untold. */
  readonly hidden: readonly UnseenObject[];
}

/** What an object was last, of those that went during the look. */
export type LastSeen = (ref: ManifestRef) => KubeObject | undefined;

const NAMED = 5;

export const POD: KubeKind = { apiVersion: 'v1', kind: 'Pod' };
export const REPLICA_SET: KubeKind = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };

/** The object, null if there is none, or why nobody can tell. */
type Found = Result<KubeObject | null, KubeRefusal>;

/** The look as the watches have it. */
export function lookAtWatches(
  following: Following,
  refs: readonly ManifestRef[],
  lastSeen: LastSeen,
): RolloutLook {
  const namespaces = namespacesOf(refs);
  const near = ({ metadata }: KubeObject): boolean => namespaces.has(metadata.namespace ?? '');
  const found = refs.map((ref) => {
    const refusal = following.refusal(ref);
    return { ref, found: refusal === null ? ok(following.get(ref)) : err(refusal) };
  });
  const refused = [...namespaces].map((namespace) => ({
    namespace,
    refusal:
      following.refusal({ ...POD, namespace }) ?? following.refusal({ ...REPLICA_SET, namespace }),
  }));
  return {
    ...sorted(found, lastSeen),
    pods: following.list(POD).filter(near),
    replicaSets: following.list(REPLICA_SET).filter(near),
    hidden: refused.flatMap(({ namespace, refusal }) => hiddenPods(namespace, refusal)),
  };
}

/** The look as the API has it now, past all watches. Throws `KubeUnavailable`. */
export async function lookAnew(
  kube: KubeApi,
  refs: readonly ManifestRef[],
  lastSeen: LastSeen,
): Promise<RolloutLook> {
  const found: { ref: ManifestRef; found: Found }[] = [];
  for (const ref of refs) found.push({ ref, found: await read(kube, ref) });
  const pods: KubeObject[] = [];
  const replicaSets: KubeObject[] = [];
  const hidden: UnseenObject[] = [];
  for (const namespace of namespacesOf(refs)) {
    const listedPods = await kube.list(POD, { namespace });
    const listedSets = await kube.list(REPLICA_SET, { namespace });
    if (listedPods.ok) pods.push(...listedPods.value.items);
    if (listedSets.ok) replicaSets.push(...listedSets.value.items);
    const refusal = !listedPods.ok ? listedPods.error : !listedSets.ok ? listedSets.error : null;
    hidden.push(...hiddenPods(namespace, refusal));
  }
  return { ...sorted(found, lastSeen), pods, replicaSets, hidden };
}

/** What the API says of the object now. Throws `KubeUnavailable`. */
export async function read(kube: KubeApi, ref: KubeRef): Promise<Found> {
  const found = await kube.get(ref);
  return !found.ok && found.error.code === 'kube/not_found' ? ok(null) : found;
}

export function unseen(what: string, { code, message }: KubeRefusal): UnseenObject {
  const why = `${message}; give the spoke's account the right to get, list and watch it`;
  return { what, why, mayPass: code === 'kube/unauthorized' };
}

/** The first of them, each with its reason. */
export function named(unseen: readonly UnseenObject[]): string {
  const names = unseen.slice(0, NAMED).map(({ what, why }) => `${what} (${why})`);
  const more = unseen.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

function sorted(
  all: readonly { readonly ref: ManifestRef; readonly found: Found }[],
  lastSeen: LastSeen,
): Pick<RolloutLook, 'objects' | 'unseen'> {
  const objects: { ref: ManifestRef; object: KubeObject | null }[] = [];
  const hidden: UnseenObject[] = [];
  for (const { ref, found } of all) {
    if (!found.ok) {
      hidden.push(unseen(describeRef(ref), found.error));
      continue;
    }
    const object = found.value ?? ended(lastSeen(ref));
    if (object === null && ref.vanishes === true) hidden.push(vanished(ref));
    else objects.push({ ref, object });
  }
  return { objects, unseen: hidden };
}

/** As it was before it went, if it had come to its end by then. */
function ended(last: KubeObject | undefined): KubeObject | null {
  if (last === undefined) return null;
  const { deletionTimestamp: _, ...metadata } = last.metadata;
  const object = { ...last, metadata };
  const { health, terminal } = computeStatus(object);
  return health === 'Healthy' || terminal === true ? object : null;
}

function vanished(ref: ManifestRef): UnseenObject {
  const why =
    'it removes itself once it has ended, and nobody saw how it ended; look at what it does, ' +
    'and give it a longer ttlSecondsAfterFinished';
  return { what: describeRef(ref), why, mayPass: false };
}

function hiddenPods(namespace: string, refusal: KubeRefusal | null): readonly UnseenObject[] {
  return refusal === null ? [] : [unseen(`the pods of ${namespace}`, refusal)];
}

/** Those that have one: objects of the cluster have no pods near them. */
function namespacesOf(refs: readonly KubeRef[]): ReadonlySet<string> {
  return new Set(refs.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace])));
}
