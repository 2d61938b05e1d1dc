import type { OfferedContent } from '@apollo-deploy/protocol';
import type { HelmChild } from './helm-steps.js';
import type { Revision } from './release-world.js';

/** How a plan ends, in one word. */
export type End = 'succeeded' | 'declined' | 'refused' | 'broken' | 'unhealthy' | 'unknown';

export interface PlanSketch {
  readonly id: string;
  readonly type: OfferedContent['type'];
  /** What it brings; in capitals: with hooks. */
  readonly content: string;
}

/** How often something may go wrong or come in between, in one run. */
export interface Budget {
  /** Of spokes and of their helm. */
  readonly crashes: number;
  /** A session that supersedes the one before. */
  readonly reconnects: number;
  readonly cancellations: number;
  readonly expiries: number;
  /** Somebody else's use of Helm on the release. */
  readonly foreign: number;
  /** The hub ends a plan on a person's word, its spoke being lost. */
  readonly givenUp: number;
}

export interface Scenario {
  readonly plans: readonly PlanSketch[];
  /** The release at first. */
  readonly revisions: readonly Pick<Revision, 'content' | 'status'>[];
  /** True: each spoke has a machine of its own, and cannot see the other's processes. */
  readonly apart?: boolean;
  /**
   * A person cures what nobody else may: a removal that was begun at a stranger's revision, and a lock
   * that a stranger's removal has left alone.
   */
  readonly cured?: boolean;
  /** Strangers only upgrade and install anew: there is enough of everything else. */
  readonly tame?: boolean;
  readonly budget: Partial<Budget>;
}

export interface PlanState {
  readonly hub: 'waiting' | 'executing' | 'given_up' | End;
  /** The release it was made for. */
  readonly base: number;
  /** To which of the spokes it was sent; it may arrive there at any time, and any number of times. */
  readonly offered: readonly [boolean, boolean];
  readonly cancelled: boolean;
  readonly expired: boolean;
  /** Verdicts on their way to the hub, by spoke: they too may arrive late and twice. */
  readonly told: readonly [End | null, End | null];
  /** How often its helm changed objects, and how often it made a revision or began a removal. */
  readonly applied: number;
  readonly made: number;
}

/** An operation under way. */
export interface Operation {
  readonly plan: string;
  /** The version of the record whose writer is proven dead. */
  readonly deadVersion: string | null;
  readonly baseUid: string | null;
  readonly resumed: boolean;
  readonly backTo: number | null;
  readonly removed: boolean;
  /** The release as it was when the operator came, and before its last command. */
  readonly first: number;
  readonly before: number;
  readonly repaired: boolean;
  readonly commands: readonly Pick<HelmChild, 'verb' | 'exitCode'>[];
}

/** How far a spoke is; what it holds of the ledger is `fresh` until somebody writes it. */
export type Place =
  | { readonly at: 'idle' }
  | { readonly at: 'observe'; readonly plan: string; readonly fresh: boolean }
  | {
      readonly at: 'claim';
      readonly plan: string;
      readonly fresh: boolean;
      readonly seen: number;
      readonly done: boolean;
      readonly deadHolder: boolean;
    }
  | {
      readonly at: 'take_over';
      readonly plan: string;
      readonly fresh: boolean;
      readonly left: number;
    }
  | { readonly at: 'look'; readonly plan: string; readonly left: number }
  | { readonly at: 'operate' | 'helm'; readonly operation: Operation }
  | { readonly at: 'verify'; readonly plan: string; readonly left: Left | null }
  | {
      readonly at: 'record';
      readonly plan: string;
      readonly end: End;
      readonly left: Left | null;
      /** In whose hands the release has to be still. */
      readonly holder: string | null;
    }
  | { readonly at: 'settle'; readonly plan: string; readonly left: number }
  | { readonly at: 'tell'; readonly plan: string; readonly end: End };

/** The head as a plan left it. */
export interface Left {
  readonly secretUid: string;
  readonly status: string;
  readonly resourceVersion: string;
}

export interface Spoke {
  /** Rises with each start. */
  readonly start: number;
  readonly cancelled: readonly string[];
  readonly place: Place;
  readonly helm: HelmChild | null;
}

export type Slot = 0 | 1;
export const SLOTS = [0, 1] as const;

/** The pair with another value in one of its places. */
export function put<T>(pair: readonly [T, T], slot: Slot, value: T): readonly [T, T] {
  return slot === 0 ? [value, pair[1]] : [pair[0], value];
}

export interface ModelState {
  readonly plans: readonly PlanState[];
  /** The spoke whose session is the newest. */
  readonly owner: Slot;
  /** Number of the release, and of the ledger's entry. */
  readonly release: number;
  readonly ledger: number;
  readonly spokes: readonly [Spoke, Spoke];
  /** Helm processes whose spoke died. */
  readonly orphans: readonly {
    readonly slot: Slot;
    readonly start: number;
    readonly helm: HelmChild;
  }[];
  /** The revision that somebody else is at work on; true: to remove it. */
  readonly foreign: { readonly uid: number; readonly removes: boolean } | null;
  /** Somebody else has removed the release, and every trace with it. */
  readonly wiped: boolean;
  readonly left: Budget;
  /** The invariant that was broken in passing. */
  readonly bad: string | null;
}

export const INVARIANTS = {
  once: 'a plan takes effect at most once',
  oneRevision: 'a plan makes one revision at most',
  order: 'nothing of a plan lands after its successor has begun',
  base: 'Helm is started only on the release that the plan was made for',
  living: 'the record of a living helm is left alone',
  immutable: 'a verdict never changes',
  agree: 'the hub says what the ledger says',
  succeeded: 'what succeeded has taken effect',
  untouched: 'what was declined or refused has touched nothing, and never will',
  broken: 'what broke is not in effect',
} as const;
