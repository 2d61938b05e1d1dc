import { Type, type Static, type TSchema } from 'typebox';
import { DsseEnvelope } from '../signing/dsse-envelope.js';
import { KeyTrust } from '../signing/key-trust.js';
import { SignedOffer } from '../signing/signed-offer.js';
import { NextKeyOffer } from '../trust/next-key.js';
import { AuditHead } from './audit-head.js';
import { PlanOffer } from './plan-offer.js';
import { PlanVerdict } from './plan-verdict.js';
import { NamespaceName, ReleaseName, ReleaseReport } from './release-report.js';

const Id = Type.String({ minLength: 1, maxLength: 64 });
const Instant = Type.String({ maxLength: 40 });
const Generation = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Attempt = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const ReleaseKey = Type.Object({ namespace: NamespaceName, releaseName: ReleaseName });
/** What people read as it is: nothing that is turned, coloured or cannot be seen. */
const Printable = Type.String({ maxLength: 64, pattern: '^[ -~]*$' });
const Word = Type.String({ minLength: 1, maxLength: 64, pattern: '^[!-~]+$' });
const Namespaces = Type.Array(Type.String({ maxLength: 63 }), { maxItems: 2000 });
/** Of releases elsewhere than in `seen` the spoke knows nothing; in `unseen` it is to look and may not. */
const Sight = Type.Object({ seen: Namespaces, unseen: Namespaces });
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
    agentVersion: Printable,
    protocol: Type.Object({ min: Type.Integer(), max: Type.Integer() }),
    /** Made anew at each start of the process. */
    agentInstance: Word,
    /** UID of the kube-system namespace. */
    clusterUid: Word,
    helmVersion: Printable,
    kubernetesVersion: Printable,
    capabilities: Type.Array(Printable, { maxItems: 64 }),
    simulated: Type.Boolean(),
    clock: Instant,
    /** Whose signatures it goes by. Absent: nobody's, or a spoke of before. */
    trusts: Type.Optional(KeyTrust),
  }),
  /** The plan is claimed in the cluster's ledger; from here on only a verdict ends it. */
  'plan.accept': Type.Object({ planId: Id, attempt: Attempt, at: Instant }),
  'plan.progress': Type.Object({
    planId: Id,
    phase: Type.Union([Type.Literal('claimed'), Type.Literal('helm'), Type.Literal('verifying')]),
    message: Type.Optional(Type.String({ maxLength: 2048 })),
  }),
  /**
   * The plan cannot go on just now, claimed or not. Told when what it waits for changes, and now and
   * then; whatever else is said of the plan ends it. Hubs of before do not know it and leave it aside.
   */
  'plan.waiting': Type.Object({
    planId: Id,
    /** What it waits for, and what to do about it. */
    message: Type.String({ maxLength: 2048 }),
    /** Since when it has waited for that, by the clock of the spoke. */
    since: Instant,
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
        /**
         * What counts as declined if it failed. Absent: spokes of before did not keep it, and a plan that
         * was cut off by a death is tried again.
         */
        contentKey: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
      }),
      { maxItems: 2000 },
    ),
    /**
     * Releases whose newest revision is the work of a plan of which the ledger knows nothing: somebody
     * deleted it, or an older one was put in its place. Spokes of before do not say it.
     */
    lost: Type.Optional(
      Type.Array(
        Type.Object({
          namespace: Type.String({ maxLength: 63 }),
          releaseName: Type.String({ maxLength: 53 }),
          planId: Type.String({ maxLength: 64 }),
        }),
        { maxItems: 200 },
      ),
    ),
  }),
  /** Everything, in parts that fit a frame; it counts when the last part is there. */
  'state.full': Type.Object({
    generation: Generation,
    part: Type.Integer({ minimum: 1 }),
    parts: Type.Integer({ minimum: 1, maximum: 10_000 }),
    releases: Type.Array(ReleaseReport, { maxItems: 2000 }),
    /** In the first part. Absent: it sees the whole cluster. */
    sight: Type.Optional(Sight),
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
  /** Something that an honest hub does not do, for people to look into. Hubs of before leave it aside. */
  alarm: Type.Object({
    /**
     * As the plan named itself; nobody need have made it. `key-set-3`: it was a key set; `audit-head-7`: a
     * head of the audit trail.
     */
    planId: Id,
    /** A machine's word, such as `SignatureInvalid`. */
    reason: Type.String({ minLength: 1, maxLength: 256 }),
    message: Type.String({ maxLength: 2048 }),
  }),
  /** The key by which the spoke wants to be known next. Told until it is acknowledged. */
  'credential.next': NextKeyOffer,
  /** It goes by another key set than it said last, and for good: that is kept. */
  'credential.trusts': KeyTrust,
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
  /** Plain for a spoke that trusts whatever its hub says, and signed for one that does not. */
  'plan.offer': Type.Union([PlanOffer, SignedOffer]),
  /** Best effort: answered by an ordinary verdict. */
  'plan.cancel': Type.Object({ planId: Id, reason: Type.String({ maxLength: 2048 }) }),
  /** The hub missed something: send `state.full`. */
  'state.request': Type.Object({}),
  /**
   * A key set that is newer than the one the spoke has told of; several come in the order of their
   * versions, before the offers. Answered by `credential.trusts`.
   */
  'credential.keys': Type.Object({ keySet: DsseEnvelope }),
  /**
   * How far the audit trail reaches, for spokes that say they keep that: when a session begins, and at
   * most once a minute where it has grown. One that contradicts an earlier one is an alarm.
   */
  'audit.head': AuditHead,
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
  'credential.next',
] as const satisfies readonly (SpokeMessageType | HubMessageType)[];
