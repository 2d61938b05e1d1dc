import {
  describeRef,
  manifestDocuments,
  refOf,
  type ApiResource,
  type ApiResources,
  type KubeApi,
  type KubeObject,
  type KubeRef,
  type ManifestDocument,
} from '@apollo-deploy/kube';
import type { PreflightFinding } from './check-objects.js';
import type { ReleaseRecord } from './release-record.js';

interface Target {
  readonly release: string;
  readonly namespace: string;
}

const AT_ONCE = 8;
const KEEP = 'helm.sh/resource-policy';

/** What would stop the uninstallation of a release half-way. Throws `KubeUnavailable`. */
export async function checkRemoval(
  kube: KubeApi,
  head: Pick<ReleaseRecord, 'name' | 'namespace' | 'manifest' | 'secretName'>,
): Promise<readonly PreflightFinding[]> {
  const { name: release, namespace, secretName } = head;
  const documents = await manifestDocuments(head.manifest);
  if (!documents.ok) return [];
  const record = { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName } };
  const removed = [...documents.value, { object: record, yaml: null }];
  return checkDeletions(kube, removed, { release, namespace });
}

/**
 * What would stop Helm from deleting these objects of a release: kinds that are served no longer, of
 * which Helm can delete nothing and stops at the first, and rights that the account lacks. What the
 * server does not tell about rights is no finding. Throws `KubeUnavailable`.
 */
export async function checkDeletions(
  kube: KubeApi,
  documents: readonly ManifestDocument[],
  target: Target,
): Promise<readonly PreflightFinding[]> {
  const objects = documents.map(({ object }) => object).filter((object) => !isKept(object));
  const resources = await freshResources(kube, objects);
  const findings: PreflightFinding[] = [];
  for (let at = 0; at < objects.length; at += AT_ONCE) {
    const batch = objects.slice(at, at + AT_ONCE);
    const found = await Promise.all(
      batch.map((object) => checkDeletion(kube, object, resources.find(object), target)),
    );
    findings.push(...found.filter((finding) => finding !== null));
  }
  return findings;
}

async function checkDeletion(
  kube: KubeApi,
  object: KubeObject,
  resource: ApiResource | undefined,
  { release, namespace }: Target,
): Promise<PreflightFinding | null> {
  if (resource === undefined) {
    const ref = refOf(object);
    const what = `release ${release} holds ${describeRef(ref)}, and the cluster serves no ${ref.kind} of ${ref.apiVersion} any more`;
    const cure = `Helm stops at it: serve the kind again, or replace the apiVersion in the release's record`;
    return blocked(ref, 'kube/unknown_kind', `${what}; ${cure}`);
  }
  const ref = resource.namespaced ? { namespace, ...refOf(object) } : refOf(object);
  if (await mayDelete(kube, ref, resource)) return null;
  const where = ref.namespace === undefined ? 'of the cluster' : `in ${ref.namespace}`;
  const message = `the spoke may not delete ${describeRef(ref)}; give its account the right to delete ${resource.plural} ${where}`;
  return blocked(ref, 'kube/forbidden', message);
}

/** True as well where nobody can tell. */
async function mayDelete(kube: KubeApi, ref: KubeRef, { plural }: ApiResource): Promise<boolean> {
  const slash = ref.apiVersion.indexOf('/');
  const review = await kube.create({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: { name: '' },
    spec: {
      resourceAttributes: {
        ...(ref.namespace !== undefined && { namespace: ref.namespace }),
        ...{ verb: 'delete', name: ref.name, resource: plural },
        group: slash === -1 ? '' : ref.apiVersion.slice(0, slash),
      },
    },
  });
  if (!review.ok) return true;
  const status = review.value['status'] as { readonly allowed?: boolean } | undefined;
  return status?.allowed !== false;
}

/** Discovery is cached, and what is missing in it may be new. */
async function freshResources(
  kube: KubeApi,
  objects: readonly KubeObject[],
): Promise<ApiResources> {
  const known = await kube.resources();
  const complete = objects.every((object) => known.find(object) !== undefined);
  return complete ? known : kube.resources({ refresh: true });
}

function blocked(
  ref: KubeRef,
  code: 'kube/unknown_kind' | 'kube/forbidden',
  message: string,
): PreflightFinding {
  return { ref, code, field: null, message, severity: 'blocking' };
}

function isKept({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[KEEP] === 'keep';
}
