import { canonicalJson, type Json } from '@apollo-deploy/kernel';
import { describeRef, refOf, type ApiResources, type KubeObject } from '@apollo-deploy/kube';
import type { ClusterPolicy } from './cluster-policy.js';

/** What a policy does not allow, by its rule. */
export interface PolicyBreach {
  readonly rule: 'namespaces' | 'kinds' | 'clusterScoped' | 'registries' | 'maxManifestBytes';
  readonly message: string;
}

/**
 * What of these objects, which a plan would write or take away, the policy does not allow; each with
 * the rule. `namespace`: of the release, where an object names none.
 */
export function policyBreaches(
  policy: ClusterPolicy,
  objects: readonly KubeObject[],
  { namespace, resources }: { readonly namespace: string; readonly resources: ApiResources },
): readonly PolicyBreach[] {
  const place = breachOfNamespace(policy, namespace, `release namespace ${namespace}`);
  const breaches = objects.flatMap((object) => {
    const named = describeRef(refOf(object));
    const isNamespaced = resources.find(object)?.namespaced === true;
    const place = isNamespaced ? (object.metadata.namespace ?? namespace) : placeSaidBy(object);
    return [
      ...breachOfKind(policy, object, named),
      ...(place === undefined ? [] : breachOfNamespace(policy, place, named)),
      ...(isNamespaced ? [] : breachOfScope(policy, named)),
      ...breachOfRegistries(policy, object, named),
    ];
  });
  return [...place, ...breaches, ...breachOfSize(policy, objects)].map(({ rule, message }) => ({
    rule,
    message: `the policy of this cluster forbids it by its rule ${rule}: ${message}`,
  }));
}

/** Of what belongs to no namespace as far as is known: a namespace is one, and a new kind may name one. */
function placeSaidBy({ apiVersion, kind, metadata }: KubeObject): string | undefined {
  return apiVersion === 'v1' && kind === 'Namespace' ? metadata.name : metadata.namespace;
}

function breachOfNamespace(
  { namespaces }: ClusterPolicy,
  namespace: string,
  named: string,
): readonly PolicyBreach[] {
  if (namespaces === undefined || namespaces.includes(namespace)) return [];
  return [
    { rule: 'namespaces', message: `${named} is in namespace ${namespace}, which is not allowed` },
  ];
}

function breachOfKind(
  { kinds }: ClusterPolicy,
  { apiVersion, kind }: KubeObject,
  named: string,
): readonly PolicyBreach[] {
  const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
  const full = group === '' ? kind : `${group}/${kind}`;
  if (kinds === undefined || kinds.includes(kind) || kinds.includes(full)) return [];
  return [{ rule: 'kinds', message: `${named} is of kind ${full}, which is not allowed` }];
}

/** What nobody knows the scope of may be of the whole cluster. */
function breachOfScope({ clusterScoped }: ClusterPolicy, named: string): readonly PolicyBreach[] {
  if (clusterScoped !== 'forbidden') return [];
  return [
    { rule: 'clusterScoped', message: `${named} belongs to no namespace, which is forbidden` },
  ];
}

function breachOfRegistries(
  { registries }: ClusterPolicy,
  object: KubeObject,
  named: string,
): readonly PolicyBreach[] {
  if (registries === undefined) return [];
  const others = imagesIn(object).filter((image) => !registries.includes(registryOf(image)));
  return others.slice(0, 1).map((image) => ({
    rule: 'registries',
    message: `${named} runs image ${image} of registry ${registryOf(image)}, which is not allowed`,
  }));
}

function breachOfSize(
  { maxManifestBytes }: ClusterPolicy,
  objects: readonly KubeObject[],
): readonly PolicyBreach[] {
  if (maxManifestBytes === undefined) return [];
  const sizes = objects.map((one) => Buffer.byteLength(canonicalJson(one as unknown as Json)));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes <= maxManifestBytes) return [];
  const message = `its objects have ${bytes} bytes, and ${maxManifestBytes} are allowed`;
  return [{ rule: 'maxManifestBytes', message }];
}

const IMAGE_HOLDERS = new Set(['containers', 'initContainers', 'ephemeralContainers', 'volumes']);

/** Images of containers and volumes, wherever in the object: kinds of others hold pods as well. */
function imagesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...(IMAGE_HOLDERS.has(name) && Array.isArray(member) ? member.flatMap(imageOf) : []),
    ...imagesIn(member),
  ]);
}

/** The image of a container, or the one that a volume is made of. */
function imageOf(holder: unknown): readonly string[] {
  const image = (holder as { readonly image?: unknown } | null)?.image;
  const reference = (image as { readonly reference?: unknown } | null | undefined)?.reference;
  return [image, reference].filter((name) => typeof name === 'string');
}

/** As container runtimes read a reference: the first part is a host only if it looks like one, or is no name. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  return isHost ? first : 'docker.io';
}
