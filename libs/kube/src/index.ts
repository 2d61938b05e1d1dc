export type {
  ApiResource,
  ApiResources,
  ApplyOptions,
  DeleteOptions,
  KubeApi,
  KubeList,
  KubeSelection,
  KubeVersion,
  PodLogQuery,
  ReplaceOptions,
  WatchSelection,
} from './kube-api.js';
export {
  describeRef,
  refOf,
  type KubeKind,
  type KubeMetadata,
  type KubeObject,
  type KubeOwnerReference,
  type KubeRef,
} from './kube-object.js';
export {
  KUBE_REFUSAL_CODES,
  type KubeCause,
  type KubeRefusal,
  type KubeRefusalCode,
} from './kube-refusal.js';
export { KubeUnavailable } from './kube-unavailable.js';
export type { WatchChange, WatchEnd, WatchEvent, WatchHandle } from './kube-watch.js';
export {
  manifestDocuments,
  type ManifestDocument,
  type ManifestRefusal,
} from './manifest-documents.js';
export { differsWidely, exceeds, quantityLeft, sameQuantity, sumQuantities } from './quantity.js';
export { systemTimer, type Timer } from './timer.js';
export { HttpKubeApi, type ServiceAccountToken } from './http/http-kube-api.js';
export { KubeConnection, type KubeCredentials } from './http/kube-connection.js';
export {
  Informer,
  type InformerDelta,
  type InformerOptions,
  type InformerProblem,
} from './informer.js';
export { InMemoryKubeApi, type InMemoryKubeApiOptions } from './in-memory/in-memory-kube-api.js';
