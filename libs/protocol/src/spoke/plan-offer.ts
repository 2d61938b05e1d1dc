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
});
export type OfferedContent = Static<typeof OfferedContent>;

/** Another plan with its content, which the spoke can check against what is offered. */
const LinkedPlan = Type.Object({
  planId: Type.String({ maxLength: 64 }),
  content: OfferedContent,
});

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
  /** The plan that this one rolls back. */
  rollbackOf: Type.Optional(LinkedPlan),
  /** The plan whose content this one restores. */
  repairOf: Type.Optional(LinkedPlan),
});
export type PlanOffer = Static<typeof PlanOffer>;
