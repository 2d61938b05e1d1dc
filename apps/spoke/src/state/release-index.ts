import { refOf, type KubeObject, type KubeRef } from '@apollo-deploy/kube';
import type { KnownRelease } from './release-report.js';

/** Which releases a live object concerns. */
export class ReleaseIndex {
  private readonly byObject = new Map<string, Set<string>>();
  private readonly byNamespace = new Map<string, Set<string>>();

  constructor(releases: ReadonlyMap<string, KnownRelease>) {
    for (const [key, release] of releases) {
      for (const ref of release.refs) {
        file(this.byObject, keyOf(ref), key);
        file(this.byNamespace, ref.namespace ?? '', key);
      }
    }
  }

  /**
   * Keys of the releases whose report this object is part of: by itself, or by what controls it.
   * `find` looks a controller up; where that is gone already, everything near is concerned.
   */
  concernedBy(object: KubeObject, find: (ref: KubeRef) => KubeObject | null): readonly string[] {
    const own = this.byObject.get(keyOf(refOf(object)));
    if (own !== undefined) return [...own];
    const { namespace, ownerReferences = [] } = object.metadata;
    const owner = ownerReferences.find(({ controller }) => controller === true);
    if (owner === undefined) return [];
    const { apiVersion, kind, name } = owner;
    const ref = { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
    const owning = this.byObject.get(keyOf(ref));
    if (owning !== undefined) return [...owning];
    if (!INTERMEDIATE_KINDS.includes(kind)) return [];
    const controller = find(ref);
    if (controller !== null) return this.concernedBy(controller, find);
    return [...(this.byNamespace.get(namespace ?? '') ?? [])];
  }
}

/** Kinds that stand between a workload and its pods. */
const INTERMEDIATE_KINDS: readonly string[] = ['ReplicaSet', 'Job'];

function file(index: Map<string, Set<string>>, at: string, key: string): void {
  const filed = index.get(at);
  if (filed === undefined) index.set(at, new Set([key]));
  else filed.add(key);
}

function keyOf({ apiVersion, kind, namespace = '', name }: KubeRef): string {
  return `${apiVersion}/${kind}/${namespace}/${name}`;
}
