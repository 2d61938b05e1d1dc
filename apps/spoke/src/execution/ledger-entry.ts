import {
  headOf,
  underlyingState,
  type ReleaseRecord,
  type ReleaseState,
} from '@apollo-deploy/helm';
import { OfferedContent, PlanVerdict } from '@apollo-deploy/protocol';
import { Type, type Static } from 'typebox';

/** One process, told apart from a later one with the same pid by when it started. */
export const ProcessIdentity = Type.Object({
  pid: Type.Integer({ minimum: 1 }),
  /** The kernel's own mark of the moment it started; null where the system does not tell. */
  startedAt: Type.Union([Type.Null(), Type.String()]),
});
export type ProcessIdentity = Static<typeof ProcessIdentity>;

/** One run of one machine, as a process on it sees it. */
export const MachineIdentity = Type.Object({
  /** Another at each start of the machine. */
  bootId: Type.String(),
  /** The kernel's name of the processes that are seen from here: a container sees its own. */
  pidNamespace: Type.String(),
  /** The same at each start, and another on each machine; null where it has none. */
  machineId: Type.Union([Type.Null(), Type.String()]),
});
export type MachineIdentity = Static<typeof MachineIdentity>;

/** A pod of the cluster that the ledger is in. */
export const PodIdentity = Type.Object({
  namespace: Type.String(),
  name: Type.String(),
  uid: Type.String(),
  node: Type.String(),
});
export type PodIdentity = Static<typeof PodIdentity>;

/** Who acts under a claim. */
export const ClaimHolder = Type.Object({
  /** Made anew at each start of a spoke. */
  instance: Type.String(),
  host: Type.String(),
  agent: ProcessIdentity,
  /** Absent where the system does not tell, and in claims of older versions. */
  machine: Type.Optional(MachineIdentity),
  /** Absent where the spoke does not run in a pod of this cluster. */
  pod: Type.Optional(PodIdentity),
  /** The helm process, from when it was started. */
  helm: Type.Optional(ProcessIdentity),
});
export type ClaimHolder = Static<typeof ClaimHolder>;

const ClaimedObject = Type.Object({
  apiVersion: Type.String(),
  kind: Type.String(),
  namespace: Type.Optional(Type.String()),
  name: Type.String(),
});

/**
 * What was foreseen before a release was claimed, in sentences for the verdict; kept, since once Helm has
 * run nothing shows it any more.
 */
export const Foreseen = Type.Object({
  /** What others have set and the chart takes back. */
  overridden: Type.Optional(Type.Array(Type.String())),
  /** What else Helm does or leaves undone unseen. */
  noted: Type.Optional(Type.Array(Type.String())),
});
export type Foreseen = Static<typeof Foreseen>;

/** The right to change a release, and everything needed to find out later what came of it. */
export const LedgerClaim = Type.Object({
  planId: Type.String(),
  attempt: Type.Integer(),
  epoch: Type.Integer(),
  holder: ClaimHolder,
  claimedAt: Type.String(),
  content: OfferedContent,
  /** Identity of the head the plan was made for; null where it was made for no release. */
  baseSecretUid: Type.Union([Type.Null(), Type.String()]),
  /** Version of that head when it was claimed; absent where there was none, and in older claims. */
  baseVersion: Type.Optional(Type.String()),
  /** Rollback only: the revision it goes back to, which may leave the history for the new one. */
  backTo: Type.Optional(Type.Integer({ minimum: 1 })),
  /** When the objects were applied; the rollout's time runs from here. */
  verifyingSince: Type.Optional(Type.String()),
  /**
   * Uninstall only: what has to be gone, since Helm's own record of it goes as well. Absent where the
   * manifest could not be read, so that nobody can tell.
   */
  objects: Type.Optional(Type.Array(ClaimedObject)),
  /** How often Helm may run a hook for the plan; absent in claims of older versions. */
  hookRuns: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Absent where nothing was, and in claims of older versions. */
  foreseen: Type.Optional(Foreseen),
});
export type LedgerClaim = Static<typeof LedgerClaim>;

/** How a plan ended. Never changed once written. */
export const LedgerVerdict = Type.Object({
  planId: Type.String(),
  attempt: Type.Integer(),
  at: Type.String(),
  verdict: PlanVerdict,
  /** Of what it was to bring, see `offeredContentKey`; absent in verdicts of older versions. */
  contentKey: Type.Optional(Type.String()),
  /** The head as it was left, with no process of ours at work on it any more. */
  head: Type.Optional(
    Type.Object({
      secretUid: Type.String(),
      status: Type.String(),
      /** Absent in verdicts of older versions. */
      resourceVersion: Type.Optional(Type.String()),
    }),
  ),
});
export type LedgerVerdict = Static<typeof LedgerVerdict>;

/** Which release of the cluster. */
export interface ReleaseRef {
  readonly namespace: string;
  readonly releaseName: string;
}

/** What the cluster remembers of Apollo's work on one release. It outlives the release. */
export interface LedgerEntry {
  readonly release: ReleaseRef;
  readonly claim: LedgerClaim | null;
  /** The last ones, oldest first. */
  readonly verdicts: readonly LedgerVerdict[];
  /** Instance of a holder whose death a person has confirmed. */
  readonly confirmedDead: string | null;
  /** What a write must find unchanged; null where nothing is stored yet. */
  readonly version: string | null;
}

/**
 * True if the head still is as one of these plans left it. Their helm processes were dead by then, so
 * a pending head of this kind has nobody at work on it.
 */
export function isLeftover(
  entry: LedgerEntry,
  head: Pick<ReleaseRecord, 'secretUid' | 'status' | 'resourceVersion'>,
): boolean {
  return entry.verdicts.some(({ head: left }) => {
    if (left?.secretUid !== head.secretUid || left.status !== head.status) return false;
    // A removal that somebody begins anew shows in nothing else.
    return left.resourceVersion === undefined || left.resourceVersion === head.resourceVersion;
  });
}

/** The head as a verdict keeps it: without a lock under which somebody may be at work. */
export function leftHead(state: ReleaseState, provenDead: boolean): ReleaseRecord | null {
  return underlyingState(state)?.kind === 'locked' && !provenDead ? null : headOf(state);
}

/** So many verdicts of a release are kept. */
export const KEPT_VERDICTS = 20;

export function verdictOf(entry: LedgerEntry, planId: string): LedgerVerdict | undefined {
  return entry.verdicts.find((verdict) => verdict.planId === planId);
}

/**
 * The entry with the plan ended; its claim is gone with it. A verdict that stands is not replaced.
 * `holder` is who held the release when the verdict was found: the instance in the plan's claim, or
 * null for nobody. Null if that is no longer so, for then the verdict may not be true any more.
 */
export function withVerdict(
  entry: LedgerEntry,
  verdict: LedgerVerdict,
  holder: string | null,
): LedgerEntry | null {
  const { claim, verdicts } = entry;
  if (verdictOf(entry, verdict.planId) !== undefined) return entry;
  const held = claim === null ? null : claim.holder.instance;
  if (held !== holder || (claim !== null && claim.planId !== verdict.planId)) return null;
  return { ...entry, claim: null, verdicts: [...verdicts, verdict].slice(-KEPT_VERDICTS) };
}
