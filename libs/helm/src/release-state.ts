import { assertNever } from '@apollo-deploy/kernel';
import { PLAN_LABEL, type ReleaseRecord, type ReleaseRevision } from './release-record.js';

/** What a release that is being changed, or whose change was cut off, was going through. */
export type LockedBy = 'install' | 'upgrade' | 'rollback' | 'uninstall';

interface Observed {
  /** The newest revision. */
  readonly head: ReleaseRecord;
  /** The newest revision with status `deployed`, if that is not the head. */
  readonly lastDeployed: ReleaseRecord | null;
  /** All revisions the cluster still has, oldest first. */
  readonly history: readonly ReleaseRevision[];
}

/** A release whose head could be read. */
export type ManagedState =
  | ({ readonly kind: 'deployed' } & Observed)
  | ({ readonly kind: 'failed' } & Observed)
  | ({ readonly kind: 'locked'; readonly by: LockedBy } & Observed)
  | ({ readonly kind: 'uninstalled' } & Observed);

/**
 * What the release Secrets say about one release.
 *
 * - `absent`: there is no Secret
 * - `deployed`: Helm holds the head for good; says nothing about the health of its objects
 * - `failed`: the head went wrong part-way, or no revision is in effect; can be upgraded
 * - `locked`: a helm process is at work, or died there
 * - `uninstalled`: removed, only its history was kept
 * - `foreign`: not made by Apollo (`unmanaged`, with what it would be if it were), or `unreadable`
 */
export type ReleaseState =
  | { readonly kind: 'absent' }
  | ManagedState
  | { readonly kind: 'foreign'; readonly reason: 'unmanaged'; readonly state: ManagedState }
  | {
      readonly kind: 'foreign';
      readonly reason: 'unreadable';
      readonly message: string;
      readonly history: readonly ReleaseRevision[];
    };

/** What was read of one release: every revision's metadata, and the payloads that matter. */
export interface ReleaseObservation {
  /** Oldest first. */
  readonly history: readonly ReleaseRevision[];
  /** The newest revision in full, or why it cannot be read; null without any revision. */
  readonly head: ReleaseRecord | { readonly message: string } | null;
  /** The newest revision labelled deployed, if it is not the head. */
  readonly lastDeployed: ReleaseRecord | null;
}

/** The state of a release, from what was read of it. */
export function releaseState(observation: ReleaseObservation): ReleaseState {
  const { head, history, lastDeployed } = observation;
  if (head === null) return { kind: 'absent' };
  if (!('status' in head)) {
    return { kind: 'foreign', reason: 'unreadable', message: head.message, history };
  }
  const state = managedState({ head, history, lastDeployed });
  if (state === null) {
    const message = `Helm records the status of ${head.secretName} as "unknown"; see what happened to it with "helm history ${head.name}"`;
    return { kind: 'foreign', reason: 'unreadable', message, history };
  }
  return isManaged(history) ? state : { kind: 'foreign', reason: 'unmanaged', state };
}

/**
 * True if a revision is the work of a plan. One is enough: a rollback takes over the labels of its
 * target.
 */
export function isManaged(history: readonly Pick<ReleaseRevision, 'labels'>[]): boolean {
  return history.some(({ labels }) => labels[PLAN_LABEL] !== undefined);
}

/** The state a release has, whoever made it; null where Helm's record tells nothing. */
export function underlyingState(state: ReleaseState): ManagedState | null {
  if (state.kind === 'absent') return null;
  if (state.kind !== 'foreign') return state;
  return state.reason === 'unmanaged' ? state.state : null;
}

/** All revisions the cluster still has, oldest first; also of a release whose head cannot be read. */
export function historyOf(state: ReleaseState): readonly ReleaseRevision[] {
  if (state.kind === 'foreign' && state.reason === 'unreadable') return state.history;
  return underlyingState(state)?.history ?? [];
}

/** The newest revision, if there is one and it can be read. */
export function headOf(state: ReleaseState): ReleaseRecord | null {
  return underlyingState(state)?.head ?? null;
}

function managedState(observed: Observed): ManagedState | null {
  const { status } = observed.head;
  switch (status) {
    case 'deployed':
      return { kind: 'deployed', ...observed };
    // The newest revision is superseded only after somebody removed the one that followed it.
    case 'superseded':
    case 'failed':
      return { kind: 'failed', ...observed };
    case 'uninstalled':
      return { kind: 'uninstalled', ...observed };
    case 'pending-install':
      return { kind: 'locked', by: 'install', ...observed };
    case 'pending-upgrade':
      return { kind: 'locked', by: 'upgrade', ...observed };
    case 'pending-rollback':
      return { kind: 'locked', by: 'rollback', ...observed };
    case 'uninstalling':
      return { kind: 'locked', by: 'uninstall', ...observed };
    case 'unknown':
      return null;
    default:
      return assertNever(status);
  }
}
