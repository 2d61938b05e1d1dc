import type { ApiResources, KubeApi, ManifestDocument } from '@apollo-deploy/kube';

/** What the cluster serves: discovery is cached, and what is missing in it may be new. */
export async function freshResources(
  kube: KubeApi,
  documents: readonly ManifestDocument[],
): Promise<ApiResources> {
  const known = await kube.resources();
  const complete = documents.every(({ object }) => known.find(object) !== undefined);
  return complete ? known : kube.resources({ refresh: true });
}
