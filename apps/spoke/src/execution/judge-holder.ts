import type {
  ClaimHolder,
  LedgerEntry,
  MachineIdentity,
  PodIdentity,
  ProcessIdentity,
} from './ledger-entry.js';
import { isSameMachineRestarted } from './machine-identity.js';
import type { RunningProcess } from './process-table.js';

/** This process, as it would enter a claim. */
export interface Self {
  readonly instance: string;
  readonly host: string;
  readonly agent: ProcessIdentity;
  /** Absent where the system does not tell. */
  readonly machine?: MachineIdentity;
  /** Absent where this is no pod of the cluster. */
  readonly pod?: PodIdentity;
}

/**
 * What is known of whoever holds a claim. `why` is for people.
 *
 * - `dead`: it and its helm are proven dead, or it is this process, which has waited for its helm
 * - `alive`: it runs
 * - `unprovable`: it is out of sight; only evidence or a person can tell
 */
export type HolderState =
  { readonly state: 'dead' } | { readonly state: 'alive' | 'unprovable'; readonly why: string };

export interface HolderFacts {
  readonly self: Self;
  /** Null where the system does not tell. */
  readonly processes: readonly RunningProcess[] | null;
  /** What the cluster says of the holder's pod; absent if it was not asked. */
  readonly pod?: HolderState;
}

/**
 * Proof of death for the holder of a claim: never by time. Where its processes would be seen they are
 * looked for; where they would not, the end of its pod or of that run of the machine proves it. A helm
 * child can outlive its agent, so it is looked for by its identity, by its process group, and by the
 * release in its arguments, since an agent may die before it has written down whom it started.
 */
export function judgeHolder(entry: LedgerEntry, facts: HolderFacts): HolderState {
  const holder = entry.claim?.holder;
  if (holder === undefined || entry.confirmedDead === holder.instance) return { state: 'dead' };
  if (holder.instance === facts.self.instance) return { state: 'dead' };
  switch (placeOf(holder, facts.self)) {
    case 'here':
      return judgeProcesses(entry, holder, facts);
    case 'ended':
      return { state: 'dead' };
    case 'elsewhere':
      if (facts.pod !== undefined) return whoseFate(holder, facts.pod);
      return { state: 'unprovable', why: `${whoIs(holder)} is on another machine` };
  }
}

/** The pod that only the cluster can tell of: the holder ran in it, out of sight. Null: there is none. */
export function podOutOfSight(holder: ClaimHolder, self: Self): PodIdentity | null {
  return placeOf(holder, self) === 'elsewhere' ? (holder.pod ?? null) : null;
}

/**
 * - `here`: if it runs, this process sees it
 * - `ended`: nothing of it can live, since this is a later start of its machine or its container
 * - `elsewhere`: out of sight
 */
function placeOf(holder: ClaimHolder, self: Self): 'here' | 'ended' | 'elsewhere' {
  const [its, mine] = [holder.machine, self.machine];
  if (its === undefined || mine === undefined)
    return holder.host === self.host ? 'here' : 'elsewhere';
  if (its.bootId === mine.bootId && its.pidNamespace === mine.pidNamespace) return 'here';
  // A container of a pod is started anew only once its life before has ended.
  if (holder.pod !== undefined && holder.pod.uid === self.pod?.uid) return 'ended';
  return holder.host === self.host && isSameMachineRestarted(its, mine) ? 'ended' : 'elsewhere';
}

function judgeProcesses(
  entry: LedgerEntry,
  holder: ClaimHolder,
  { processes }: HolderFacts,
): HolderState {
  if (processes === null) {
    return { state: 'unprovable', why: `this machine does not tell whether ${whoIs(holder)} runs` };
  }
  if (processes.some((process) => isSame(process, holder.agent))) {
    return { state: 'alive', why: `${whoIs(holder)} is running` };
  }
  const helm = processes.find((process) => isHelmOf(process, holder, entry));
  if (helm === undefined) return { state: 'dead' };
  return { state: 'alive', why: `helm (pid ${helm.pid}) of ${whoIs(holder)} is still running` };
}

function whoseFate(holder: ClaimHolder, pod: HolderState): HolderState {
  return pod.state === 'dead' ? pod : { ...pod, why: `of ${whoIs(holder)}, ${pod.why}` };
}

function isHelmOf(process: RunningProcess, holder: ClaimHolder, entry: LedgerEntry): boolean {
  const { helm } = holder;
  if (helm !== undefined) {
    if (isSame(process, helm)) return true;
    // A group keeps its number while a member lives; a leader of another age is a new group.
    if (process.processGroup === helm.pid && process.pid !== helm.pid) return true;
  }
  const { namespace, releaseName } = entry.release;
  return (
    process.argv.some((argument) => /(^|\/)helm[^/]*$/.test(argument)) &&
    process.argv.includes(releaseName) &&
    process.argv.some((argument) => argument === namespace || argument.endsWith(`=${namespace}`))
  );
}

function isSame(process: RunningProcess, identity: ProcessIdentity): boolean {
  if (process.pid !== identity.pid) return false;
  return identity.startedAt === null || identity.startedAt === process.startedAt;
}

function whoIs({ agent, host, instance }: ClaimHolder): string {
  return `the spoke ${instance} (pid ${agent.pid} on ${host})`;
}
