import type { KubeApi } from '@apollo-deploy/kube';

const FIELD_MANAGER = 'apollo-spoke';

/** Makes the namespace if there is none. Null if it is there now, else why it cannot be made. */
export async function ensureNamespace(kube: KubeApi, name: string): Promise<string | null> {
  const kind = { apiVersion: 'v1', kind: 'Namespace' };
  const found = await kube.get({ ...kind, name });
  // Who may not read it may still work in it; Helm says so if it is not there.
  if (found.ok || found.error.code === 'kube/forbidden') return null;
  const made = await kube.apply(
    { ...kind, metadata: { name } },
    { fieldManager: FIELD_MANAGER, force: false },
  );
  if (made.ok) return null;
  return `namespace ${name} does not exist and cannot be made: ${made.error.message}; create it, or give the spoke's account the right to`;
}
