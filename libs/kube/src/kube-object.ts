/** A kind of object as the API names it, for example `{ apiVersion: 'apps/v1', kind: 'Deployment' }`. */
export interface KubeKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One object by name. `namespace` is left out for cluster-scoped kinds. */
export interface KubeRef extends KubeKind {
  readonly namespace?: string;
  readonly name: string;
}

export interface KubeOwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** The part of `metadata` this product reads or writes; the rest passes through untouched. */
export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly KubeOwnerReference[];
  readonly finalizers?: readonly string[];
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly [field: string]: unknown;
}

/** Any object of any kind. Fields outside `metadata` are unknown until their reader has looked. */
export interface KubeObject extends KubeKind {
  readonly metadata: KubeMetadata;
  readonly [field: string]: unknown;
}

/** The reference under which this object is found again. */
export function refOf(object: KubeObject): KubeRef {
  const { namespace, name } = object.metadata;
  const kind = { apiVersion: object.apiVersion, kind: object.kind };
  return namespace === undefined ? { ...kind, name } : { ...kind, namespace, name };
}

/** `Deployment shop/web`, or `Namespace shop` for kinds without a namespace: for messages to people. */
export function describeRef(ref: KubeRef): string {
  return ref.namespace === undefined
    ? `${ref.kind} ${ref.name}`
    : `${ref.kind} ${ref.namespace}/${ref.name}`;
}
