import { Type, type Static, type TSchema } from 'typebox';
import { PlanOffer } from './plan-offer.js';
import { PlanVerdict } from './plan-verdict.js';
import { ReleaseReport } from './release-report.js';

const Id = Type.String({ minLength: 1, maxLength: 64 });
const Instant = Type.String({ maxLength: 40 });
const Generation = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Attempt = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const ReleaseKey = Type.Object({
  namespace: Type.String({ maxLength: 63 }),
  releaseName: Type.String({ maxLength: 53 }),
});
const VerdictWord = Type.Union([
  Type.Literal('succeeded'),
  Type.Literal('failed'),
  Type.Literal('declined'),
  Type.Literal('unknown'),
]);

/** What a spoke says. `durable` ones are acknowledged after the hub's commit, and resent until then. */
export const SPOKE_MESSAGES = {
  /** First frame of a connection: who I am and what I can do. */
  hello: Type.Object({
    agentVersion: Type.String({ maxLength: 64 }),
    protocol: Type.Object({ min: Type.Integer(), max: Type.Integer() }),
    /** Made anew at each start of the process. */
    agentInstance: Id,
    /** UID of the kube-system namespace. */
    clusterUid: Id,
    helmVersion: Type.String({ maxLength: 64 }),
    kubernetesVersion: Type.String({ maxLength: 64 }),
    capabilities: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 }),
    simulated: Type.Boolean(),
    clock: Instant,
  }),
  /** The plan is claimed in the cluster's ledger; from here on only a verdict ends it. */
  'plan.accept': Type.Object({ planId: Id, attempt: Attempt, at: Instant }),
  'plan.progress': Type.Object({
    planId: Id,
    phase: Type.Union([Type.Literal('claimed'), Type.Literal('helm'), Type.Literal('verifying')]),
    message: Type.Optional(Type.String({ maxLength: 2048 })),
  }),
  'plan.result': Type.Object({
    planId: Id,
    attempt: Attempt,
    /** When the spoke looked and gave the verdict, also if it is told much later. */
    at: Instant,
    result: PlanVerdict,
    /**
     * The release as it stood when the verdict was given; `null` = it is absent. A spoke that looked
     * always says it, so that the hub never decides about the next plan by an older picture. State
     * messages that follow on the connection are never older than this.
     */
    release: Type.Optional(Type.Union([ReleaseReport, Type.Null()])),
  }),
  /**
   * What the ledger in the cluster holds, the newest verdicts of all releases: so a hub that was
   * restored from a backup hears of plans that it does not know any more.
   */
  'plan.verdicts': Type.Object({
    verdicts: Type.Array(
      Type.Object({
        planId: Id,
        namespace: Type.String({ maxLength: 63 }),
        releaseName: Type.String({ maxLength: 53 }),
        verdict: VerdictWord,
        at: Instant,
      }),
      { maxItems: 2000 },
    ),
  }),
  /** Everything, in parts that fit a frame; it counts when the last part is there. */
  'state.full': Type.Object({
    generation: Generation,
    part: Type.Integer({ minimum: 1 }),
    parts: Type.Integer({ minimum: 1, maximum: 10_000 }),
    releases: Type.Array(ReleaseReport, { maxItems: 2000 }),
  }),
  /** What changed since `generation - 1`. */
  'state.delta': Type.Object({
    generation: Generation,
    changed: Type.Array(ReleaseReport, { maxItems: 2000 }),
    removed: Type.Array(ReleaseKey, { maxItems: 2000 }),
  }),
  heartbeat: Type.Object({
    running: Type.Array(Id, { maxItems: 1000 }),
    /** The newest generation of state this spoke has sent. */
    generation: Generation,
    /** True while the spoke cannot see its cluster: what it said last may no longer be so. */
    blind: Type.Optional(Type.Boolean()),
  }),
  ack: Type.Object({}),
} as const satisfies Record<string, TSchema>;

/** What the hub says. */
export const HUB_MESSAGES = {
  welcome: Type.Object({
    epoch: Type.Integer({ minimum: 1 }),
    spoke: Type.String({ maxLength: 63 }),
    environment: Type.String({ maxLength: 63 }),
    serverTime: Instant,
    heartbeatIntervalMs: Type.Integer({ minimum: 1000 }),
    /** True: tell `plan.verdicts` in this session. Hubs of before do not say it. */
    learns: Type.Optional(Type.Boolean()),
  }),
  'plan.offer': PlanOffer,
  /** Best effort: answered by an ordinary verdict. */
  'plan.cancel': Type.Object({ planId: Id, reason: Type.String({ maxLength: 2048 }) }),
  /** The hub missed something: send `state.full`. */
  'state.request': Type.Object({}),
  heartbeat: Type.Object({ serverTime: Instant }),
  /** Reconnect after about this long: the hub is going away. */
  drain: Type.Object({ reconnectInMs: Type.Integer({ minimum: 0 }) }),
  ack: Type.Object({}),
  error: Type.Object({
    code: Type.String({ maxLength: 64 }),
    message: Type.String({ maxLength: 2048 }),
  }),
} as const satisfies Record<string, TSchema>;

export type SpokeMessageType = keyof typeof SPOKE_MESSAGES;
export type HubMessageType = keyof typeof HUB_MESSAGES;
export type SpokePayload<T extends SpokeMessageType> = Static<(typeof SPOKE_MESSAGES)[T]>;
export type HubPayload<T extends HubMessageType> = Static<(typeof HUB_MESSAGES)[T]>;

/** Messages that are acknowledged after the receiver's commit and resent until they are. */
export const DURABLE_MESSAGES = [
  'plan.offer',
  'plan.cancel',
  'plan.accept',
  'plan.result',
  'state.full',
  'state.delta',
] as const satisfies readonly (SpokeMessageType | HubMessageType)[];
