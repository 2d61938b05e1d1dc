import { canonicalJson, jsonDigest } from '@apollo-deploy/kernel';
import type { Entity, Values } from '../catalog/entity.js';

/** What a hold keeps an entity at. */
export interface HeldContent {
  readonly version: string;
  readonly chartSha256: string;
  readonly values: Values;
  readonly valuesDigest: string;
}

/**
 * `newer`: it ends by itself when a version newer than the one it was left by, or other values, come.
 * `lifted`: only a person, or content that a person names, ends it.
 */
export const HOLD_ENDS = ['newer', 'lifted'] as const;
export type HoldEnd = (typeof HOLD_ENDS)[number];

/** `rollback`: left by one that succeeded; `rollback_failed`: by one that did not; `person`: asked for. */
export const HOLD_CAUSES = ['rollback', 'rollback_failed', 'person'] as const;
export type HoldCause = (typeof HOLD_CAUSES)[number];

/**
 * A durable "do not move this entity"; an entity has one at most. It stands before the desired state
 * and does not change it: a channel that brings something newer, or a range, does not move what is
 * held. A person who names content for the entity (a `{version}`, absence, other values) means it: if
 * that is not what the hold fixes, it lifts the hold. So a pin and the hold that its rollback left
 * say the same, and neither fights the other.
 */
export interface Hold {
  readonly id: string;
  readonly entity: string;
  /** What is restored if it drifts; absent: it only forbids, as nothing is known to be good. */
  readonly fixes?: HeldContent;
  readonly until: HoldEnd;
  readonly reason: string;
  readonly cause: HoldCause;
  readonly by: string;
  readonly at: string;
  /** The plan that left it. */
  readonly planId?: string;
  /** What it was left by: for `newer`, the content that another must be newer than, or differ from. */
  readonly above?: { readonly version: string; readonly valuesDigest: string };
}

/** For people: why it is held, by whom and until when. */
export function describeHold({ until, by, reason }: Hold): string {
  const end = until === 'newer' ? 'something newer comes' : 'it is lifted';
  return `${reason} (${by}, until ${end})`;
}

/**
 * Whether a person who changed what is desired thereby named content other than what a hold fixes, or
 * what a rollback is to bring. To
 * follow a channel or a range names none, and neither does to say the same again.
 */
export function namesOtherContent(
  {
    fixes,
  }: Pick<Hold, 'entity'> & { readonly fixes?: Pick<HeldContent, 'version' | 'valuesDigest'> },
  before: Pick<Entity, 'desired' | 'values'>,
  after: Pick<Entity, 'desired' | 'values'>,
): boolean {
  const valuesDigest = jsonDigest(after.values);
  if (jsonDigest(before.values) !== valuesDigest) return valuesDigest !== fixes?.valuesDigest;
  const { desired } = after;
  if (canonicalJson({ ...before.desired }) === canonicalJson({ ...desired })) return false;
  return 'absent' in desired || ('version' in desired && desired.version !== fixes?.version);
}
