import type { ReleaseRecord } from '@apollo-deploy/helm';
import { manifestDocuments, type KubeApi, type KubeObject } from '@apollo-deploy/kube';
import type { OfferedContent, PlanVerdict } from '@apollo-deploy/protocol';
import { refused } from './verdicts.js';

const NAMED = 5;

/**
 * Why Helm could not take away what the release holds; null if it can. It reads the manifest of the
 * newest revision for that, and stops half-way and speechless at a kind the cluster serves no more.
 * An upgrade is left to Helm, which then says so and writes nothing. Throws `KubeUnavailable`.
 */
export async function checkKinds(
  kube: KubeApi,
  { type }: OfferedContent,
  head: ReleaseRecord | null,
): Promise<PlanVerdict | null> {
  const takesAway = type === 'uninstall' || type === 'rollback' || type === 'install';
  if (!takesAway || head === null || head.status === 'uninstalled') return null;
  const documents = await manifestDocuments(head.manifest);
  // What Helm cannot read either, it says itself.
  if (!documents.ok) return null;
  const objects = documents.value.map(({ object }) => object);
  const unserved = await unservedAmong(kube, objects);
  if (unserved.length === 0) return null;
  const { name, namespace } = head;
  const what = unserved.slice(0, NAMED).map(nameOf).join(', ');
  const more = unserved.length > NAMED ? ` and ${unserved.length - NAMED} more` : '';
  const message = `release ${name} in ${namespace} holds ${what}${more}, of a kind that the cluster serves no more, so Helm cannot take it away; install the definition of that kind again, or remove the other objects of the release by hand and then its record: kubectl delete secret --namespace ${namespace} --selector owner=helm,name=${name}`;
  return refused('release/kind_not_served', message, { unserved: unserved.map(nameOf) });
}

async function unservedAmong(
  kube: KubeApi,
  objects: readonly KubeObject[],
): Promise<readonly KubeObject[]> {
  const known = await kube.resources();
  const missing = objects.filter((object) => known.find(object) === undefined);
  if (missing.length === 0) return [];
  const now = await kube.resources({ refresh: true });
  return missing.filter((object) => now.find(object) === undefined);
}

function nameOf({ apiVersion, kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name} (${apiVersion})`;
}
