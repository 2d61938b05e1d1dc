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
  /** The plan takes over a release that Apollo did not make; absent: it must not. */
  adopt: Type.Optional(Type.Boolean()),
  /** The plan is refused where others have set fields of its chart; absent: the chart takes them back. */
  fieldConflicts: Type.Optional(Type.Literal('refuse')),
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

/** A person's yes, as the hub took it. */
const PlanApproval = Type.Object({
  by: Type.String({ minLength: 1, maxLength: 256 }),
  roles: Type.Array(Type.String({ maxLength: 256 }), { maxItems: 64 }),
  at: Type.String({ maxLength: 40 }),
  /** Of the content that this person said yes to. */
  digest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});

/**
 * The capability of a spoke that reads by which break-glass a signed plan goes; others refuse what they do not know.
 */
export const READS_BREAK_GLASS = 'break_glass';

/** What people opened to let the plan go past what held it. */
const OfferedBreakGlass = Type.Object({
  id: Type.String({ maxLength: 64 }),
  /** Which kinds of what holds plans; the words of the engine. */
  waives: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 }),
  by: Type.String({ minLength: 1, maxLength: 256 }),
  reason: Type.String({ maxLength: 2000 }),
  until: Type.String({ maxLength: 40 }),
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
  /** From this instant on the windows no longer let the plan begin; absent: none shuts. RFC 3339. */
  windowEnd: Type.Optional(Type.String({ maxLength: 40 })),
  /** The plan that failed, and whose content names what is offered as its rollback target. */
  rollbackOf: Type.Optional(CoveringPlan),
  /** The plan whose content this one restores. */
  repairOf: Type.Optional(CoveringPlan),
  /** By whose word it goes, or the plan goes that covers it; absent: the hub does not say. */
  approvals: Type.Optional(Type.Array(PlanApproval, { maxItems: 64 })),
  /** What it goes by, past something that held it; absent: nothing was in its way, or the hub does not say. */
  breakGlass: Type.Optional(Type.Array(OfferedBreakGlass, { maxItems: 16 })),
});
export type PlanOffer = Static<typeof PlanOffer>;
