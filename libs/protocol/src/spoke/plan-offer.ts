import { Type, type Static } from 'typebox';

/** What a plan asks the spoke to do; the words of the engine's plan types. */
export const PlanOperation = Type.Union([
  Type.Literal('install'),
  Type.Literal('upgrade'),
  Type.Literal('rollback'),
  Type.Literal('uninstall'),
  Type.Literal('config_update'),
]);
export type PlanOperation = Static<typeof PlanOperation>;

/** The content of a plan, exactly the members that its digest covers. */
export const OfferedContent = Type.Object({
  entity: Type.String({ maxLength: 63 }),
  spoke: Type.String({ maxLength: 63 }),
  namespace: Type.String({ maxLength: 63 }),
  releaseName: Type.String({ maxLength: 53 }),
  type: PlanOperation,
  base: Type.Union([
    Type.Null(),
    Type.Object({
      revision: Type.Integer({ minimum: 1 }),
      releaseDigest: Type.String({ maxLength: 64 }),
    }),
  ]),
  chart: Type.Union([
    Type.Null(),
    Type.Object({
      name: Type.String({ maxLength: 256 }),
      version: Type.String({ maxLength: 256 }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    }),
  ]),
  valuesDigest: Type.Union([Type.Null(), Type.String({ pattern: '^[0-9a-f]{64}$' })]),
  strategy: Type.Literal('rolling'),
  rolloutTimeoutSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
  /** What may be restored without another approval if the plan fails; absent: nothing. */
  rollbackTarget: Type.Optional(
    Type.Object({
      version: Type.String({ maxLength: 256 }),
      chartSha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
      valuesDigest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    }),
  ),
});
export type OfferedContent = Static<typeof OfferedContent>;

/** Another plan whose approval covers the offered one; the spoke checks that it does. */
const CoveringPlan = Type.Object({
  planId: Type.String({ maxLength: 64 }),
  content: OfferedContent,
  /** As it was approved. Hubs of before say none, and then nothing shows what was approved. */
  digest: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
});
export type CoveringPlan = Static<typeof CoveringPlan>;

/** An approved plan, pushed to the spoke that shall carry it out. */
export const PlanOffer = Type.Object({
  planId: Type.String({ maxLength: 64 }),
  attempt: Type.Integer({ minimum: 1 }),
  content: OfferedContent,
  /** SHA-256 of the content's canonical JSON; the spoke computes it again. */
  digest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  values: Type.Record(Type.String(), Type.Unknown()),
  /** After this instant the spoke no longer begins. RFC 3339. */
  expiresAt: Type.String({ maxLength: 40 }),
  /** From this instant on the windows no longer let the plan begin; absent: none shuts. RFC 3339. */
  windowEnd: Type.Optional(Type.String({ maxLength: 40 })),
  /** The plan that failed, and whose content names what is offered as its rollback target. */
  rollbackOf: Type.Optional(CoveringPlan),
  /** The plan whose content this one restores. */
  repairOf: Type.Optional(CoveringPlan),
});
export type PlanOffer = Static<typeof PlanOffer>;
