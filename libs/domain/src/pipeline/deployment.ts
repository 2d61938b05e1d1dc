import type { Waivable } from '../break-glass/break-glass.js';
import type { DesiredState, Values } from '../catalog/entity.js';
import type { DeploymentStatus, DeploymentStep } from './deployment-lifecycle.js';
import type { TargetRollout } from '../strategies/target-rollout.js';
import type { PromotionProof } from './promotion-source.js';

/** How it came to be asked for. */
export const DEPLOYMENT_KINDS = ['deploy', 'promote', 'hotfix', 'rollback'] as const;
export type DeploymentKind = (typeof DEPLOYMENT_KINDS)[number];

export const DEPLOYMENT_STRATEGIES = ['rolling', 'blue_green', 'canary', 'immediate'] as const;
export type DeploymentStrategy = (typeof DEPLOYMENT_STRATEGIES)[number];

/**
 * `none`: nothing is backed up in this environment. `skipped`: somebody who may has said so. `required`:
 * what is replaced is backed up first. `kept`: it was.
 */
export const DEPLOYMENT_BACKUPS = ['none', 'skipped', 'required', 'kept'] as const;
export type DeploymentBackup = (typeof DEPLOYMENT_BACKUPS)[number];

/**
 * How far a deployment has come at one entity. `waiting`: its wave has not begun. `started`: what is to
 * run is said, and no plan has gone out for it. `executing`: one has. `deployed`: it SUCCEEDED; how it
 * does is being looked at. `rolling_back`: it is being taken back. The others are ends: `skipped` = its
 * spoke is lost, or a rollback would take it forth; `not_started` = another one failed first.
 */
export const TARGET_STATES = [
  'waiting',
  'started',
  'executing',
  'deployed',
  'rolling_back',
  'healthy',
  'rolled_back',
  'failed',
  'skipped',
  'not_started',
] as const;
export type TargetState = (typeof TARGET_STATES)[number];

/** One look at how a service does. */
export interface HealthLook {
  /** RFC 3339. */
  readonly at: string;
  readonly healthy: boolean;
  /** What was seen, in a sentence. */
  readonly detail: string;
}

/** That nobody could be asked how a service does, from one asking on to the last. */
export interface Unseen {
  /** RFC 3339. */
  readonly since: string;
  /** When it was asked last. RFC 3339. */
  readonly at: string;
  /** What came back then, in a sentence. */
  readonly why: string;
}

/**
 * Somebody else is to bring it. What is known of them stands here before they are asked, so that it is
 * true as well where the hub that asks ends.
 */
export interface AskedOutside {
  /** As people know them: HADES. */
  readonly by: string;
  /** From here on they may have been asked. RFC 3339; absent: not yet, as what runs is kept first. */
  readonly askedAt?: string;
  /** They may be at it until then, or, not asked yet, are asked by then or not at all. RFC 3339; absent: that is over. */
  readonly until?: string;
  /** That is over, and nobody has heard their answer: what they did is known from its spoke alone. */
  readonly unanswered?: true;
  /** What keeps all else from the entity meanwhile: the id of a suppression. */
  readonly suppression?: string;
  /** Its spoke has seen that they brought it. */
  readonly seen?: true;
}

/** One entity that a deployment is about. */
export interface DeploymentTarget {
  readonly entity: string;
  readonly spoke: string;
  /** 0 = the first. */
  readonly wave: number;
  readonly state: TargetState;
  /** When what is to run was said there. RFC 3339; absent while it waits. */
  readonly startedAt?: string;
  /** Ids of plans that were there by then although their instants are not earlier; absent = there were none. */
  readonly plansBefore?: readonly string[];
  /** When it had been evaluated by then, where that is not earlier either. RFC 3339. */
  readonly evaluatedBefore?: string;
  /** Of a rollback: the version that ran there when its wave began; absent = nobody knew of one. */
  readonly fromVersion?: string;
  /** What was desired before; `null` = the deployment made the entity. Absent while it waits. */
  readonly before?: DesiredState | null;
  /** The values that it is brought with; absent = those of the entity, as people leave them. */
  readonly values?: Values;
  /** The values that were desired before; present exactly where `values` take their place. */
  readonly valuesBefore?: Values;
  /** The plan that brings it; absent: there is none yet, or nothing had to change. */
  readonly planId?: string;
  readonly looks: readonly HealthLook[];
  /**
   * When its spoke was first heard to call it ill after it had been found healthy; its looks are those since.
   * RFC 3339; absent: it was not, or has been found healthy again.
   */
  readonly fellIllAt?: string;
  /** Whoever was asked since the last look has not answered; absent: somebody has, or nobody was asked. */
  readonly unseen?: Unseen;
  /** Where its chart is told step by step; absent: all is brought at once. */
  readonly rollout?: TargetRollout;
  /** Why its strategy goes no further, in a sentence: what is half-way is to be taken back. */
  readonly stopped?: string;
  /** Absent: a plan brings it. */
  readonly outside?: AskedOutside;
  /** What it was taken back to; absent = it was not. */
  readonly wentBackTo?: string;
  /** What is worth telling of how it came out, in a sentence. */
  readonly note?: string;
}

/**
 * What a hotfix in line goes past from when it leaves that: what whoever asked for it could waive when
 * it was asked for. It is no break-glass yet, and lets nothing past.
 */
export interface BreakGlassGrant {
  readonly waives: readonly Waivable[];
  /** From here on none is opened by it; one that is ends here. RFC 3339. */
  readonly until: string;
  /** Why none was opened when the hotfix left the line, or one for less, in a sentence; absent = it is in line. */
  readonly refused?: string;
}

/** One request to bring a service to a version in an environment, and what became of it. */
export interface Deployment {
  readonly id: string;
  /** The name of a product. */
  readonly service: string;
  readonly environment: string;
  readonly kind: DeploymentKind;
  readonly strategy: DeploymentStrategy;
  readonly status: DeploymentStatus;
  /** What its entities are left at where it has come about; until then they are pinned to `toVersion`. */
  readonly wish: Extract<DesiredState, { version: string } | { channel: string }>;
  /** What ran before when it began; absent = nothing did, nobody knew, or it is queued. */
  readonly fromVersion?: string;
  readonly toVersion: string;
  readonly chartSha256: string;
  readonly deployedBy: string;
  readonly deployedByKind: 'person' | 'machine' | 'spoke' | 'engine' | 'stranger';
  /** When it was asked for. RFC 3339. */
  readonly deployedAt: string;
  readonly reason?: string;
  /** How it came out, in sentences for people; the reason while it is under way. */
  readonly notes?: string;
  /** What it was taken back to; absent = it was not. */
  readonly rollbackVersion?: string;
  readonly endedAt?: string;
  readonly durationSeconds?: number;
  /** Another one is under way at the same place; it begins when that has ended. */
  readonly queued: boolean;
  readonly steps: readonly DeploymentStep[];
  readonly targets: readonly DeploymentTarget[];
  readonly backup: DeploymentBackup;
  /** The newer one that took its place while it waited; what it had brought by then stays. */
  readonly supersededBy?: string;
  readonly proof?: PromotionProof;
  /** The id of the break-glass that was opened for it, and ends with it. */
  readonly breakGlass?: string;
  /** Of a hotfix that is in line, or could not open the whole of it when it left that; else absent. */
  readonly breakGlassGrant?: BreakGlassGrant;
  /** Of a hotfix: when all below production were first seen to run it or something newer. RFC 3339. */
  readonly backPortedAt?: string;
  /**
   * Of a hotfix that COMPLETED: when it was first seen that all there runs something older again, so that
   * it owes nothing any more. RFC 3339.
   */
  readonly takenBackAt?: string;
  readonly version: number;
}

/**
 * An id that tells people when it was and of what: `deploy_<UTC>_<service>_<unique>`. `unique` is of
 * this one alone, so that two of one second differ.
 */
export function deploymentId(at: Date, service: string, unique: string): string {
  const seconds = at.toISOString().slice(0, 19).replaceAll(/\D/g, '');
  return `deploy_${seconds}_${service}_${unique}`;
}

/** Seconds between two instants (RFC 3339); 0 where a clock was turned back. */
export function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
