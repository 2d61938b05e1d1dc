import type { HelmCommand } from './helm-command.js';
import type { HelmRun } from './helm-runner.js';
import type { ReleaseRecord } from './release-record.js';
import type { ReleaseState } from './release-state.js';

export const HELM_REFUSAL_CODES = [
  'release/exists',
  'release/absent',
  'release/not_ours',
  'release/unreadable',
  'release/chart_differs',
  'release/other_chart',
  'release/revision_missing',
  'release/revision_not_good',
  'helm/said_no',
  'helm/turns_used_up',
] as const;
export type HelmRefusalCode = (typeof HELM_REFUSAL_CODES)[number];

/** A helm command that was run, for people to read. */
export interface CommandTrace extends HelmRun {
  readonly verb: HelmCommand['verb'];
  /** For example `helm upgrade web`. */
  readonly summary: string;
}

/** A pending record of a dead process that was marked failed. */
export interface RepairTrace {
  readonly revision: number;
  readonly secretUid: string;
  readonly was: string;
  /** A command of this very run had left it so. */
  readonly own: boolean;
}

/** What was seen and done on the way. */
export interface HelmObservations {
  /** The newest revision as last observed; null when there is none or it cannot be read. */
  readonly head: ReleaseRecord | null;
  readonly before: ReleaseState;
  readonly after: ReleaseState;
  readonly commands: readonly CommandTrace[];
  readonly repairs: readonly RepairTrace[];
}

/**
 * What became of an operation, decided from the release Secrets.
 *
 * - `applied`: this run did it; `already`: it had been done before (by an earlier run of this plan)
 * - `broken`: begun and not finished, be it by a refusal in the middle. `hooksMayHaveRun` false means
 *   a repeat is harmless
 * - `refused`: Helm or the rules said no, nothing was touched
 * - `base_moved`: the release is not as the plan expected it; this plan did nothing
 * - `overtaken`: somebody else changed the release while this plan was at work on it; what it did
 *   cannot be told any more
 * - `locked`: a process that may be alive holds the release; come back later
 * - `cancelled`: called off, nothing was done
 */
export type HelmVerdict =
  | {
      readonly result: 'applied' | 'already' | 'base_moved' | 'overtaken' | 'locked' | 'cancelled';
      readonly message: string;
    }
  | {
      readonly result: 'broken';
      readonly message: string;
      readonly hooksMayHaveRun: boolean;
      /** The no that ended it, where the run had touched the release before. */
      readonly refusal?: HelmRefusalCode;
    }
  | { readonly result: 'refused'; readonly message: string; readonly code: HelmRefusalCode };

export type HelmReport = HelmVerdict & HelmObservations;
