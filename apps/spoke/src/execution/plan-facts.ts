import {
  headOf,
  historyOf,
  isLabelledBy,
  isRemovedBy,
  PLAN_LABEL,
  removalWasInterrupted,
  rollbackDescription,
  underlyingState,
  type ManagedState,
  type ReleaseState,
} from '@apollo-deploy/helm';
import {
  releaseDigest,
  type OfferedContent,
  type PlanOffer,
  type PlanVerdict,
} from '@apollo-deploy/protocol';
import { isLeftover, type LedgerClaim, type LedgerEntry } from './ledger-entry.js';
import { hasContent } from './release-operation-of.js';
import { declined, refused } from './verdicts.js';

/** True if there is no release; one of which only the history was kept is none, for the hub as well. */
export function isGone(state: ReleaseState): boolean {
  return state.kind === 'absent' || underlyingState(state)?.kind === 'uninstalled';
}

/** True if the release is exactly what the plan was made for. */
export function isBase({ base }: OfferedContent, state: ReleaseState): boolean {
  if (base === null) return isGone(state);
  const head = headOf(state);
  return (
    head !== null && head.revision === base.revision && releaseDigest(head) === base.releaseDigest
  );
}

/** True if the claim led to nothing yet. */
export function isUntouched(content: OfferedContent, state: ReleaseState): boolean {
  return state.kind !== 'locked' && isBase(content, state);
}

/** True if the release already is what the plan makes of it, and the plan made it. */
export function isEffectOf({ planId, content }: PlanOffer, state: ReleaseState): boolean {
  const found = underlyingState(state);
  return found !== null && !isBase(content, state) && isMadeBy(planId, content, found);
}

/**
 * True if the plan's helm made the head, by what that carries from its first write on. A label is
 * inherited, so the head has to be the first with it; a rollback of Helm's takes no label of its own.
 */
export function isMadeBy(planId: string, content: OfferedContent, state: ManagedState): boolean {
  const { head } = state;
  if (!hasContent(head, content)) return false;
  if (isLabelledBy(planId, state)) return true;
  if (content.type !== 'rollback') return false;
  if (head.description === rollbackDescription(planId)) return true;
  // Helm 3 takes no description; the number then has to follow.
  const follows = head.revision === (content.base?.revision ?? 0) + 1;
  return follows && head.description.startsWith('Rollback to ');
}

/**
 * False only if it is certain that no helm of the claim's plan has written anything: the head still is
 * the base, or the base is still there and nothing that came after it has the plan's label.
 */
export function mayHaveTouched(
  { planId, content, baseSecretUid, baseVersion }: LedgerClaim,
  state: ReleaseState,
): boolean {
  if (state.kind === 'absent') return content.base !== null || baseSecretUid !== null;
  const found = underlyingState(state);
  if (found?.head.secretUid === baseSecretUid) {
    if (found.head.resourceVersion === baseVersion) return false;
    const removes = content.type === 'uninstall' || content.type === 'install';
    return removes && (found.kind === 'locked' || removalWasInterrupted(found.head));
  }
  const history = historyOf(state);
  const base = history.find(({ secretUid }) => secretUid === baseSecretUid);
  if (content.type === 'rollback' || base === undefined) return true;
  const after = history.filter(({ revision }) => revision > base.revision);
  // An uninstallation leaves no mark, and begins at whatever head it finds.
  if (content.type === 'uninstall') return base.status === 'uninstalling' || after.length > 0;
  return after.some(({ labels }) => labels[PLAN_LABEL] === planId);
}

/**
 * True if the plan may have been begun though nobody has claimed the release: its ledger may be lost.
 * A rollback is named in what Helm wrote, and of an uninstallation nothing is left.
 */
export function mayBeForgotten(
  { planId, content }: PlanOffer,
  { version }: Pick<LedgerEntry, 'version'>,
  state: ReleaseState,
): boolean {
  const isNamed = headOf(state)?.description.includes(planId) === true;
  if (content.type === 'rollback' && isNamed) return true;
  const removes = content.type === 'uninstall' && content.base !== null;
  return removes && version === null && isGone(state);
}

/**
 * Why an unclaimed plan is not begun any more; null if it may be. `hubNow` is by the hub's clock;
 * `waitedFor`: what had kept it from beginning, null if nothing had; `lapsed`: why it counts as expired.
 */
export function lateOrCancelled(
  { expiresAt, windowEnd }: PlanOffer,
  hubNow: Date,
  {
    cancelReason,
    waitedFor,
    lapsed = null,
  }: {
    readonly cancelReason: string | null;
    readonly waitedFor: string | null;
    readonly lapsed?: string | null;
  },
): PlanVerdict | null {
  if (cancelReason !== null)
    return declined('cancelled', `cancelled before it began: ${cancelReason}`);
  if (lapsed !== null) return declined('expired', lapsed);
  const why =
    waitedFor === null ? 'this spoke came to it too late' : `it waited in vain: ${waitedFor}`;
  if (windowEnd !== undefined && !isBefore(hubNow, windowEnd)) {
    return declined(
      'window_closed',
      `the windows that allow the plan shut at ${windowEnd}; ${why}`,
    );
  }
  if (isBefore(hubNow, expiresAt)) return null;
  return declined('expired', `the offer was valid until ${expiresAt}; ${why}`);
}

/** False as well for an instant that cannot be read: what may be too late does not begin. */
function isBefore(now: Date, instant: string): boolean {
  return now.getTime() < Date.parse(instant);
}

/**
 * A failure, and not a plan that came too late: as long as the release cannot be read, the same plan
 * would only be made again. Null if it can be read.
 */
export function unreadable(state: ReleaseState): PlanVerdict | null {
  if (state.kind !== 'foreign' || state.reason !== 'unreadable') return null;
  return refused('release/unreadable', `${state.message}; then ask for the plan again`);
}

/**
 * As a plan looks at a release: to one that adopts it, somebody else's is like Apollo's own, however far
 * it has been taken over yet.
 */
export function seenBy(
  { adopt }: Pick<OfferedContent, 'adopt'>,
  state: ReleaseState,
): ReleaseState {
  return adopt === true ? (underlyingState(state) ?? state) : state;
}

/** Why a plan that adopts nothing leaves a release of somebody else's alone; null if it is Apollo's. */
export function notOurs(content: OfferedContent, state: ReleaseState): PlanVerdict | null {
  if (state.kind !== 'foreign' || state.reason !== 'unmanaged' || isGone(state)) return null;
  const { entity, releaseName, namespace } = content;
  return refused(
    'release/not_ours',
    `release ${releaseName} in ${namespace} was not made by Apollo, and nothing was touched; let the next plan of ${entity} adopt it (PUT /api/v1/entities/${entity}/adoption), or install under another release name`,
  );
}

export function baseMoved(content: OfferedContent, state: ReleaseState): PlanVerdict | null {
  if (isBase(content, state)) return null;
  const { base, releaseName, namespace } = content;
  const expected = base === null ? 'no release' : `revision ${base.revision}`;
  const head = headOf(state);
  const found =
    head === null
      ? 'there is none'
      : `it is at revision ${head.revision} (${head.status}, ${head.description})`;
  const message = `the plan was made for ${expected} of ${releaseName} in ${namespace}, but ${found}`;
  return declined('base_moved', message);
}

/** Why nobody may touch the release just now; null if nobody is at work on it. */
export function lockedBySomebody(entry: LedgerEntry, state: ReleaseState): string | null {
  if (state.kind !== 'locked' || isLeftover(entry, state.head)) return null;
  const { name, namespace, status, revision } = state.head;
  return `release ${name} in ${namespace} is ${status} at revision ${revision}: somebody is at work on it or died there; if no helm runs, roll it back or uninstall it by hand`;
}

/**
 * True if whoever left the release locked is proven dead: an earlier plan that has its verdict, or the
 * helm of the claim that was found (`left`), whose holder is dead. Only a lock that carries the mark
 * of the claim's plan can be that helm's: anybody else may live.
 */
export function isDeadLock(
  entry: LedgerEntry,
  left: LedgerClaim | null,
  state: ReleaseState,
): boolean {
  if (state.kind !== 'locked') return false;
  if (isLeftover(entry, state.head)) return true;
  if (left === null) return false;
  const { planId, content, baseSecretUid } = left;
  if (state.by !== 'uninstall') return isMadeBy(planId, content, state);
  // At another head somebody may be at work whom it has run over: a removal heeds no lock.
  return state.head.secretUid === baseSecretUid && isRemovedBy(planId, state.head);
}
