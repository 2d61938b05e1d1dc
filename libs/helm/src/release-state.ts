import type { ReleaseRecord, ReleaseRevision } from './release-record.js';

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
