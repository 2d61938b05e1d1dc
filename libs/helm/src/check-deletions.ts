import {
  describeRef,
  refOf,
  type ApiResource,
  type KubeApi,
  type KubeObject,
  type KubeRef,
  type KubeRefusalCode,
  type ManifestDocument,
} from '@apollo-deploy/kube';
import type { PreflightFinding } from './check-objects.js';
import { freshResources } from './fresh-resources.js';
import { rightsCure } from './rights-cure.js';

interface Target {
  readonly release: string;
  readonly namespace: string;
}

const AT_ONCE = 8;
const KEEP = 'helm.sh/resource-policy';

/**
 * What would stop Helm from deleting these objects of a release: kinds that are served no longer, of
 * which Helm can delete nothing and stops at the first, and what the server says to a dry run of each
 * deletion. What is gone already is no finding. Throws `KubeUnavailable`.
 */
export async function checkDeletions(
  kube: KubeApi,
  documents: readonly ManifestDocument[],
  target: Target,
): Promise<readonly PreflightFinding[]> {
  const leaving = documents.filter(({ object }) => !isKept(object));
  const resources = await freshResources(kube, leaving);
  const objects = leaving.map(({ object }) => object);
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
  target: Target,
): Promise<PreflightFinding | null> {
  if (resource === undefined) return servedNoMore(refOf(object), target);
  const { namespace } = target;
  const ref = resource.namespaced ? { namespace, ...refOf(object) } : refOf(object);
  const tried = await kube.delete(ref, { dryRun: true });
  if (tried.ok || tried.error.code === 'kube/not_found') return null;
  const { code, message } = tried.error;
  if (code === 'kube/unknown_kind') return servedNoMore(refOf(object), target);
  const said = `the cluster would not let the spoke delete ${describeRef(ref)}: ${message}`;
  return blocked(ref, code, `${said}${rightsCure(tried.error)}`);
}

function servedNoMore(ref: KubeRef, { release, namespace }: Target): PreflightFinding {
  const what = `release ${release} holds ${describeRef(ref)}, and the cluster serves no ${ref.kind} of ${ref.apiVersion} any more`;
  const cure = `Helm stops at it: install the definition of that kind again, or replace the apiVersion in the release's record, or remove the other objects of the release by hand and then its record: kubectl delete secret --namespace ${namespace} --selector owner=helm,name=${release}`;
  return blocked(ref, 'kube/unknown_kind', `${what}; ${cure}`);
}

function blocked(ref: KubeRef, code: KubeRefusalCode, message: string): PreflightFinding {
  return { ref, code, field: null, message, severity: 'blocking' };
}

function isKept({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[KEEP] === 'keep';
}
