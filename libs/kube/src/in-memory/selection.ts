import type { KubeSelection } from '../kube-api.js';
import type { KubeKind, KubeObject } from '../kube-object.js';
import { matchesFields, matchesLabels } from './label-selector.js';

/** Whether an object is one of those that are asked for. */
export function selects(kind: KubeKind, selection: KubeSelection, object: KubeObject): boolean {
  return (
    object.kind === kind.kind &&
    object.apiVersion === kind.apiVersion &&
    (selection.namespace === undefined || object.metadata.namespace === selection.namespace) &&
    matchesLabels(selection.labelSelector, object) &&
    matchesFields(selection.fieldSelector, object)
  );
}

/** An object as it was asked for: as a whole, or its metadata alone. A copy. */
export function shape(selection: KubeSelection, object: KubeObject): KubeObject {
  const seen =
    selection.metadataOnly === true ? { ...kindOf(object), metadata: object.metadata } : object;
  return structuredClone(seen);
}

/** Its apiVersion and kind, and nothing else. */
export function kindOf({ apiVersion, kind }: KubeKind): KubeKind {
  return { apiVersion, kind };
}
