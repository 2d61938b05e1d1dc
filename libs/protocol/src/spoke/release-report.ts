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

/** As labels and names of Kubernetes are spelt, and nothing else that looks like them. */
const SPELT = '^[A-Za-z0-9._-]*$';
export const NamespaceName = Type.String({ maxLength: 63, pattern: SPELT });
export const ReleaseName = Type.String({ maxLength: 53, pattern: SPELT });

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
  /** True: no revision of the release is the work of a plan. Spokes of before never say it. */
  unmanaged: Type.Optional(Type.Boolean()),
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
  /**
   * The same for as long as nobody changes what the live object asks for. Absent from older spokes,
   * and where there is no object or it cannot be read.
   */
  digest: Type.Optional(Type.String({ maxLength: 64 })),
});
export type ObjectReport = Static<typeof ObjectReport>;

const Quantities = Type.Record(Type.String(), Type.String({ maxLength: 64 }));

/** How the container that tells most last ended; its output is not part of it. */
export const LastTermination = Type.Object({
  container: Type.String({ maxLength: 253 }),
  reason: Type.Optional(Type.String({ maxLength: 256 })),
  exitCode: Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 }),
  /** Number of the signal that ended it; absent where none did, or the runtime does not say. */
  signal: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })),
  /** RFC 3339; absent where the runtime does not say. */
  at: Type.Optional(Type.String({ maxLength: 40 })),
});
export type LastTermination = Static<typeof LastTermination>;

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
  /** Absent where no container has ended, and from spokes of before. */
  lastTermination: Type.Optional(LastTermination),
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

/** A warning that the cluster gave lately about an object of the release, or a pod of one. */
export const EventReport = Type.Object({
  kind: Type.String({ maxLength: 128 }),
  namespace: Type.Optional(Type.String({ maxLength: 253 })),
  name: Type.String({ maxLength: 253 }),
  reason: Type.String({ maxLength: 256 }),
  message: Type.String({ maxLength: 300 }),
  /** How often it was given for this reason; may be up to half a minute behind. */
  count: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  /** When it was last given, RFC 3339; may be up to half a minute behind, as `count`. */
  lastAt: Type.String({ maxLength: 40 }),
});
export type EventReport = Static<typeof EventReport>;

/** ExpectedStateK8s of one release: what runs, and how well. */
export const ReleaseReport = Type.Object({
  namespace: NamespaceName,
  releaseName: ReleaseName,
  head: HelmHead,
  health: Health,
  reason: Type.Optional(Type.String({ maxLength: 256 })),
  message: Type.Optional(Type.String({ maxLength: 2048 })),
  objects: Type.Array(ObjectReport, { maxItems: 2000 }),
  pods: Type.Array(PodReport, { maxItems: 2000 }),
  /** Absent from spokes that do not sum up. */
  resources: Type.Optional(ReleaseResources),
  drift: Type.Array(DriftReport, { maxItems: 500 }),
  /** Newest first. Absent where the spoke may not read events, and from spokes of before. */
  events: Type.Optional(Type.Array(EventReport, { maxItems: 10 })),
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
