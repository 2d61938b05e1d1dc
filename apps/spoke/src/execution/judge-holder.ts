import type { ClaimHolder, LedgerEntry, ProcessIdentity } from './ledger-entry.js';
import type { RunningProcess } from './process-table.js';

/** This process, as it would enter a claim. */
export interface Self {
  readonly instance: string;
  readonly host: string;
  readonly agent: ProcessIdentity;
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
}

/**
 * Proof of death for the holder of a claim: never by time. A helm child can outlive its agent, so it
 * is looked for by its identity, by its process group, and by the release in its arguments, since an
 * agent may die before it has written down whom it started.
 */
export function judgeHolder(entry: LedgerEntry, facts: HolderFacts): HolderState {
  const holder = entry.claim?.holder;
  if (holder === undefined || entry.confirmedDead === holder.instance) return { state: 'dead' };
  if (holder.instance === facts.self.instance) return { state: 'dead' };
  if (holder.host !== facts.self.host) {
    return { state: 'unprovable', why: `${whoIs(holder)} is on another machine` };
  }
  const { processes } = facts;
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
