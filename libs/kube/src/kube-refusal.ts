/** One thing the API server named as wrong. `field` is its path, for example `.spec.replicas`. */
export interface KubeCause {
  readonly field: string | null;
  readonly reason: string;
  readonly message: string;
}

export const KUBE_REFUSAL_CODES = [
  'kube/not_found',
  'kube/already_exists',
  'kube/version_conflict',
  'kube/field_conflict',
  'kube/invalid',
  'kube/forbidden',
  'kube/unauthorized',
  'kube/expired',
  'kube/unknown_kind',
  'kube/rejected',
] as const;
export type KubeRefusalCode = (typeof KUBE_REFUSAL_CODES)[number];

/**
 * The API server understood the request and said no. Asking again unchanged gives the same answer.
 * `reason` and `message` are the server's own words; `status` is the HTTP status.
 *
 * - `version_conflict`: the stored resourceVersion (or the uid demanded) is another one
 * - `field_conflict`: server-side apply without force met fields of other managers (`causes`)
 * - `expired`: the resourceVersion or continue token is too old; list again
 * - `unknown_kind`: the server serves no such kind, also after discovery was refreshed
 * - `rejected`: anything else, such as an admission webhook's or a quota's no
 */
export interface KubeRefusal {
  readonly code: KubeRefusalCode;
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly KubeCause[];
}
