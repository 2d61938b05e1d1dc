import type { ReleaseRecord } from '@apollo-deploy/helm';
import type { KubeApi } from '@apollo-deploy/kube';
import { manifestRefs, type ManifestRef } from '../state/manifest-refs.js';

/**
 * The kinds of the chart's `crds` folder that the cluster has. Helm defines them with an installation
 * only, and a spoke need not be let look at them: one that is not to be had is none of the rollout.
 * Throws `KubeUnavailable`.
 */
export async function definedKinds(
  kube: KubeApi,
  { definitions, namespace }: ReleaseRecord,
): Promise<readonly ManifestRef[]> {
  if (definitions === undefined) return [];
  const refs = await manifestRefs(kube, { manifest: definitions, namespace });
  if (!refs.ok) return [];
  const found: ManifestRef[] = [];
  for (const ref of refs.value) if ((await kube.get(ref)).ok) found.push(ref);
  return found;
}
