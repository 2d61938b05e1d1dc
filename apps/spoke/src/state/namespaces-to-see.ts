import type { KubeApi } from '@apollo-deploy/kube';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' };
/** A watch each; so many are reported at most. */
const MOST_NAMESPACES = 500;

export interface NamespacesToSee {
  /** As the configuration says; empty: those that the account may list. */
  readonly configured: readonly string[];
  /** Of the ledger: the account has to have rights there in any case. */
  readonly own: string;
}

/**
 * The namespaces in which a spoke looks at releases when its account may not look at all of them, 500 at
 * most. Throws `KubeUnavailable`.
 */
export async function namespacesToSee(
  kube: Pick<KubeApi, 'list'>,
  { configured, own }: NamespacesToSee,
): Promise<readonly string[]> {
  if (configured.length > 0) return configured;
  const listed = await kube.list(NAMESPACE, { metadataOnly: true });
  if (!listed.ok) return [own];
  return listed.value.items.map(({ metadata }) => metadata.name).slice(0, MOST_NAMESPACES);
}
