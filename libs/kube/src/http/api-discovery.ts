import type { ApiResource, ApiResources } from '../kube-api.js';
import type { KubeKind } from '../kube-object.js';
import { KubeUnavailable } from '../kube-unavailable.js';
import type { KubeTransport } from './kube-transport.js';

const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

interface DiscoveryDocument {
  readonly kind: string;
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind: { readonly kind: string };
        readonly scope: 'Namespaced' | 'Cluster';
        readonly verbs: readonly string[];
      }[];
    }[];
  }[];
}

/** Asks the API server what it serves, in two requests. Throws `KubeUnavailable`. */
export async function discoverResources(transport: KubeTransport): Promise<ApiResources> {
  const documents = await Promise.all([
    readDocument(transport, 'api'),
    readDocument(transport, 'apis'),
  ]);
  return apiResources(documents.flatMap(resourcesOf));
}

/** An index over resources; of two with the same kind the first counts. */
export function apiResources(all: readonly ApiResource[]): ApiResources {
  const byKind = new Map<string, ApiResource>();
  for (const resource of all) {
    if (!byKind.has(keyOf(resource))) byKind.set(keyOf(resource), resource);
  }
  return { all, find: (kind) => byKind.get(keyOf(kind)) };
}

async function readDocument(transport: KubeTransport, path: string): Promise<DiscoveryDocument> {
  const { status, body } = await transport.send({ method: 'GET', path, accept: AGGREGATED });
  if (status !== 200) {
    const message = `the API server refused discovery (/${path}) with ${String(status)}; check the credentials`;
    throw new KubeUnavailable(message, { cause: body });
  }
  const document = JSON.parse(body) as DiscoveryDocument;
  if (document.kind !== 'APIGroupDiscoveryList') {
    const message =
      'the API server does not serve aggregated discovery; Kubernetes 1.26 or newer is needed';
    throw new KubeUnavailable(message, { cause: document.kind, retryable: false });
  }
  return document;
}

function resourcesOf(document: DiscoveryDocument): ApiResource[] {
  return document.items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map((served) => ({
        apiVersion: metadata.name ? `${metadata.name}/${version}` : version,
        kind: served.responseKind.kind,
        plural: served.resource,
        namespaced: served.scope === 'Namespaced',
        verbs: served.verbs,
      })),
    ),
  );
}

function keyOf({ apiVersion, kind }: KubeKind): string {
  return `${apiVersion} ${kind}`;
}
