import { jsonDigest } from '@apollo-deploy/kernel';
import { Type, type Static } from 'typebox';

const Health = Type.Union([
  Type.Literal('Healthy'),
  Type.Literal('Suspended'),
  Type.Literal('Progressing'),
  Type.Literal('Missing'),
  Type.Literal('Degraded'),
  Type.Literal('Unknown'),
]);

/** The newest revision of a Helm release, read from its Secret. */
export const HelmHead = Type.Object({
  revision: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  status: Type.String({ maxLength: 64 }),
  chartName: Type.String({ maxLength: 256 }),
  chartVersion: Type.String({ maxLength: 256 }),
  valuesDigest: Type.String({ maxLength: 64 }),
  manifestDigest: Type.String({ maxLength: 64 }),
  secretUid: Type.String({ maxLength: 64 }),
  releaseDigest: Type.String({ maxLength: 64 }),
  planId: Type.Optional(Type.String({ maxLength: 64 })),
  deployed: Type.Optional(
    Type.Object({
      revision: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
      chartVersion: Type.String({ maxLength: 256 }),
    }),
  ),
});
export type HelmHead = Static<typeof HelmHead>;

/** One object of the release's manifest as it lives in the cluster. */
export const ObjectReport = Type.Object({
  kind: Type.String({ maxLength: 128 }),
  namespace: Type.Optional(Type.String({ maxLength: 253 })),
  name: Type.String({ maxLength: 253 }),
  health: Health,
  reason: Type.Optional(Type.String({ maxLength: 256 })),
  message: Type.Optional(Type.String({ maxLength: 2048 })),
});
export type ObjectReport = Static<typeof ObjectReport>;

const Quantities = Type.Record(Type.String(), Type.String({ maxLength: 64 }));

/** One pod of the release. */
export const PodReport = Type.Object({
  name: Type.String({ maxLength: 253 }),
  phase: Type.String({ maxLength: 64 }),
  ready: Type.Boolean(),
  restarts: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  reason: Type.Optional(Type.String({ maxLength: 256 })),
  message: Type.Optional(Type.String({ maxLength: 2048 })),
  image: Type.Optional(Type.String({ maxLength: 1024 })),
  imageDigest: Type.Optional(Type.String({ maxLength: 1024 })),
  requests: Quantities,
  limits: Quantities,
  /** What it uses now; absent where the cluster does not measure it. */
  usage: Type.Optional(Quantities),
});
export type PodReport = Static<typeof PodReport>;

/** What the pods of a release that have not ended ask for, may have and use, together. */
export const ReleaseResources = Type.Object({
  requests: Quantities,
  limits: Quantities,
  /** Of the pods that are measured; absent where none is. */
  usage: Type.Optional(Quantities),
  pods: Type.Integer({ minimum: 0, maximum: 100_000 }),
  /** Of how many of them `usage` is the sum. */
  measuredPods: Type.Integer({ minimum: 0, maximum: 100_000 }),
});
export type ReleaseResources = Static<typeof ReleaseResources>;

/** A live object, or a field of one, that differs from the release's manifest. */
export const DriftReport = Type.Object({
  kind: Type.String({ maxLength: 128 }),
  namespace: Type.Optional(Type.String({ maxLength: 253 })),
  name: Type.String({ maxLength: 253 }),
  /** Absent where the whole object is gone. */
  field: Type.Optional(Type.String({ maxLength: 1024 })),
  /** As JSON, cut where long; absent for what has members and what may be secret. */
  expected: Type.Optional(Type.String({ maxLength: 256 })),
  /** As `expected`; absent also where the field is gone. */
  live: Type.Optional(Type.String({ maxLength: 256 })),
  message: Type.String({ maxLength: 2048 }),
});
export type DriftReport = Static<typeof DriftReport>;

/** ExpectedStateK8s of one release: what runs, and how well. */
export const ReleaseReport = Type.Object({
  namespace: Type.String({ maxLength: 63 }),
  releaseName: Type.String({ maxLength: 53 }),
  head: HelmHead,
  health: Health,
  reason: Type.Optional(Type.String({ maxLength: 256 })),
  message: Type.Optional(Type.String({ maxLength: 2048 })),
  objects: Type.Array(ObjectReport, { maxItems: 2000 }),
  pods: Type.Array(PodReport, { maxItems: 2000 }),
  /** Absent from spokes that do not sum up. */
  resources: Type.Optional(ReleaseResources),
  drift: Type.Array(DriftReport, { maxItems: 500 }),
  observedAt: Type.String({ maxLength: 40 }),
});
export type ReleaseReport = Static<typeof ReleaseReport>;

/**
 * The identity of a release's head: it changes whenever anybody runs Helm on the release, even if
 * an uninstall and install bring the revision number back. Not changed by a repair of the status.
 */
export function releaseDigest(
  head: Pick<
    HelmHead,
    'revision' | 'secretUid' | 'chartName' | 'chartVersion' | 'valuesDigest' | 'manifestDigest'
  >,
): string {
  const { revision, secretUid, chartName, chartVersion, valuesDigest, manifestDigest } = head;
  return jsonDigest({
    revision,
    secretUid,
    chartName,
    chartVersion,
    valuesDigest,
    manifestDigest,
  });
}
