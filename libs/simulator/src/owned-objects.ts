import type { InMemoryKubeApi, KubeKind, KubeObject, KubeRef } from '@apollo-deploy/kube';
import { InvariantViolation, type Result } from '@apollo-deploy/kernel';
import type { KubeRefusal } from '@apollo-deploy/kube';

export const DEPLOYMENT: KubeKind = { apiVersion: 'apps/v1', kind: 'Deployment' };
export const REPLICA_SET: KubeKind = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };
export const POD: KubeKind = { apiVersion: 'v1', kind: 'Pod' };

/** The reference by which an object names its controller. */
export function ownedBy({ apiVersion, kind, metadata }: KubeObject): readonly object[] {
  const { name, uid = '' } = metadata;
  return [{ apiVersion, kind, name, uid, controller: true }];
}

/** All objects of a kind that this object is the controller of, in its namespace. */
export async function childrenOf(
  kube: InMemoryKubeApi,
  { metadata }: KubeObject,
  kind: KubeKind,
): Promise<readonly KubeObject[]> {
  const { namespace, uid } = metadata;
  const listed = await kube.list(kind, namespace === undefined ? {} : { namespace });
  return expectOk(listed).items.filter(({ metadata: { ownerReferences } }) =>
    (ownerReferences ?? []).some((owner) => owner.uid === uid),
  );
}

/** Changes an object as often as somebody else was faster; does nothing if there is none. */
export async function change(
  kube: InMemoryKubeApi,
  ref: KubeRef,
  edit: (object: KubeObject) => KubeObject,
): Promise<void> {
  for (;;) {
    const found = await kube.get(ref);
    if (!found.ok) return;
    const replaced = await kube.replace(edit(found.value));
    if (replaced.ok || replaced.error.code === 'kube/not_found') return;
    if (replaced.error.code !== 'kube/version_conflict') expectOk(replaced);
  }
}

/** A simulated cluster refuses nothing to its own controllers. */
export function expectOk<T>(answer: Result<T, KubeRefusal>): T {
  if (answer.ok) return answer.value;
  throw new InvariantViolation(`a simulated cluster refused: ${answer.error.message}`);
}
