import type { KubeObject, KubeRef } from '@apollo-deploy/kube';
import { fieldsOf, textOf } from '../state/fields.js';
import type { ManifestObject } from '../state/manifest-refs.js';
import { expectedObject, type ExpectedObject } from './expected-object.js';

/** What a release's manifest says of its objects. */
export type ExpectedObjects = ReadonlyMap<string, ExpectedObject>;

/** What `ExpectedObjects` has an object under. */
export function expectedKey({ apiVersion, kind, namespace = '', name }: KubeRef): string {
  return `${apiVersion}/${kind}/${namespace}/${name}`;
}

/** Of an object that the manifest has twice, the last counts, as it does for Helm. */
export function expectedObjects(objects: readonly ManifestObject[]): ExpectedObjects {
  const scaled = new Set(objects.flatMap(({ object }) => scaledBy(object)));
  return new Map(
    objects.map(({ ref, object }) => [
      expectedKey(ref),
      expectedObject(object, { autoscaled: scaled.has(targetKey(ref)) }),
    ]),
  );
}

/** The workload whose replicas an autoscaler of the release sets. */
function scaledBy({ kind, ...object }: KubeObject): readonly string[] {
  if (kind !== 'HorizontalPodAutoscaler') return [];
  const target = fieldsOf(fieldsOf(object['spec'])['scaleTargetRef']);
  return [targetKey({ kind: textOf(target['kind']) ?? '', name: textOf(target['name']) ?? '' })];
}

function targetKey({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`;
}
