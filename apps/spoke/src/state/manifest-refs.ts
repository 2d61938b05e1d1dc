import type { ReleaseRecord } from '@apollo-deploy/helm';
import { ok, type Result } from '@apollo-deploy/kernel';
import {
  manifestDocuments,
  type KubeApi,
  type KubeObject,
  type KubeRef,
  type ManifestRefusal,
} from '@apollo-deploy/kube';
import { fieldsOf } from './fields.js';

const KEEP = 'helm.sh/resource-policy';
const HOOK = 'helm.sh/hook';

/** An object of a release's manifest. */
export interface ManifestRef extends KubeRef {
  /** Once it has done its work the cluster removes it, or Helm does: that it is gone is as it should be. */
  readonly vanishes?: true;
}

export interface ManifestRefsOptions {
  /** False: without the objects that Helm leaves in place when the release goes. */
  readonly kept?: boolean;
}

/**
 * The objects of a release's manifest, each once, with the namespace they live in. Asks the cluster
 * which kinds have namespaces; a kind it does not serve is taken to have one. Throws `KubeUnavailable`.
 */
export async function manifestRefs(
  kube: KubeApi,
  { manifest, namespace }: Pick<ReleaseRecord, 'manifest' | 'namespace'>,
  { kept = true }: ManifestRefsOptions = {},
): Promise<Result<readonly ManifestRef[], ManifestRefusal>> {
  const documents = await manifestDocuments(manifest);
  if (!documents.ok) return documents;
  const objects = documents.value
    .map(({ object }) => object)
    .filter(({ metadata }) => kept || metadata.annotations?.[KEEP] !== 'keep');
  let resources = await kube.resources();
  if (objects.some((object) => resources.find(object) === undefined)) {
    resources = await kube.resources({ refresh: true });
  }
  const refs = objects.map((object): ManifestRef => {
    const { apiVersion, kind, metadata } = object;
    const ref = {
      ...{ apiVersion, kind, name: metadata.name },
      ...(vanishes(object) && { vanishes: true as const }),
    };
    const namespaced = resources.find(ref)?.namespaced ?? true;
    return namespaced ? { ...ref, namespace: metadata.namespace ?? namespace } : ref;
  });
  return ok([...new Map(refs.map((ref) => [JSON.stringify(ref), ref])).values()]);
}

function vanishes({ kind, metadata, ...object }: KubeObject): boolean {
  if (metadata.annotations?.[HOOK] !== undefined) return true;
  return kind === 'Job' && typeof fieldsOf(object['spec'])['ttlSecondsAfterFinished'] === 'number';
}
