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

/** An object of a release's manifest as it is written there. */
export interface ManifestObject {
  readonly ref: ManifestRef;
  readonly object: KubeObject;
}

export interface ManifestRefsOptions {
  /** False: without the objects that Helm leaves in place when the release goes. */
  readonly kept?: boolean;
}

/** Where the objects of a release's manifest live, each once. Throws `KubeUnavailable`. */
export async function manifestRefs(
  kube: KubeApi,
  release: Pick<ReleaseRecord, 'manifest' | 'namespace'>,
  { kept = true }: ManifestRefsOptions = {},
): Promise<Result<readonly ManifestRef[], ManifestRefusal>> {
  const objects = await manifestObjects(kube, release);
  if (!objects.ok) return objects;
  return ok(refsOf(objects.value.filter(({ object }) => kept || !isKept(object))));
}

/** Where these objects live, each once. */
export function refsOf(objects: readonly ManifestObject[]): readonly ManifestRef[] {
  return [...new Map(objects.map(({ ref }) => [JSON.stringify(ref), ref])).values()];
}

/**
 * The objects of a release's manifest in its order, with where they live. Asks the cluster which kinds
 * have namespaces; a kind it does not serve is taken to have one. Throws `KubeUnavailable`.
 */
export async function manifestObjects(
  kube: KubeApi,
  { manifest, namespace }: Pick<ReleaseRecord, 'manifest' | 'namespace'>,
): Promise<Result<readonly ManifestObject[], ManifestRefusal>> {
  const documents = await manifestDocuments(manifest);
  if (!documents.ok) return documents;
  const objects = documents.value.map(({ object }) => object);
  let resources = await kube.resources();
  if (objects.some((object) => resources.find(object) === undefined)) {
    resources = await kube.resources({ refresh: true });
  }
  const located = objects.map((object): ManifestObject => {
    const { apiVersion, kind, metadata } = object;
    const ref = {
      ...{ apiVersion, kind, name: metadata.name },
      ...(vanishes(object) && { vanishes: true as const }),
    };
    const namespaced = resources.find(ref)?.namespaced ?? true;
    if (!namespaced) return { ref, object };
    return { ref: { ...ref, namespace: metadata.namespace ?? namespace }, object };
  });
  return ok(located);
}

function isKept({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[KEEP] === 'keep';
}

function vanishes({ kind, metadata, ...object }: KubeObject): boolean {
  if (metadata.annotations?.[HOOK] !== undefined) return true;
  return kind === 'Job' && typeof fieldsOf(object['spec'])['ttlSecondsAfterFinished'] === 'number';
}
