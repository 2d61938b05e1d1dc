import type { ApiResource } from '../kube-api.js';
import type { KubeKind } from '../kube-object.js';
import type { KubeRefusal } from '../kube-refusal.js';

/** The path of a collection, or of one object in it, below the server's base. */
export function resourcePath(
  resource: ApiResource,
  where: { readonly namespace?: string | undefined; readonly name?: string },
): string {
  const { apiVersion, plural, namespaced } = resource;
  const root = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  const scope =
    namespaced && where.namespace !== undefined
      ? `/namespaces/${encodeURIComponent(where.namespace)}`
      : '';
  const name = where.name === undefined ? '' : `/${encodeURIComponent(where.name)}`;
  return `${root}${scope}/${plural}${name}`;
}

/** The answer for a kind that discovery does not list. */
export function unknownKind({ apiVersion, kind }: KubeKind): KubeRefusal {
  const message =
    `the cluster serves no ${kind} of ${apiVersion}; install the CustomResourceDefinition that ` +
    'brings it, or use an apiVersion the cluster serves';
  return { code: 'kube/unknown_kind', status: 404, reason: 'NotFound', message, causes: [] };
}
