import type { ReportedRelease } from '../catalog/entity.js';
import { runningVersion } from '../catalog/running-version.js';
import type { Release } from '../catalog/release.js';
import type { PassedOver, TargetSelection } from '../catalog/choose-release.js';
import { selectTarget } from '../catalog/select-target.js';
import { valuesDigest } from '../catalog/values-digest.js';
import { compareVersions, parseVersion } from '../catalog/version.js';
import { heldTarget, isHeld } from '../holds/held-target.js';
import { idle, type SayNothing } from './idle-proposal.js';
import { contentKey, isUnderWay, PLAN_TYPES } from './plan.js';
import { adopts, contentOf, valuesOf } from './plan-content.js';
import type {
  EntityFacts,
  HotfixUnderWay,
  Proposal,
  ProposedPlan,
  ProposeOptions,
} from './proposal.js';
import { demandedRollback } from './propose-rollback.js';
import { purposeOf } from './purpose-of.js';
import {
  NO_RESTRAINTS,
  type Restraints,
  type SortedRestraints,
  sortRestraints,
} from './restraints.js';
import { withRollbackTarget } from './rollback-target.js';
import { isSettled, settledAt } from './settled.js';
import { declineOf } from './standing-decline.js';
import { PLAN_TYPE_RULES } from './types/index.js';
import type { Comparison, Situation } from './types/plan-type-rule.js';

/** One proposal at most for an entity, or why there is nothing to do. */
export function proposePlan(facts: EntityFacts, options: ProposeOptions = {}): Proposal {
  const wanted = selectTarget(facts.entity.desired, facts.candidates);
  if (isSettled(facts, wanted)) return settledAt(wanted);
  return proposeFor(wanted, facts, options);
}

/** As `proposePlan`, for what is desired as `wanted`; looks at everything. */
export function proposeFor(
  wanted: TargetSelection,
  stored: EntityFacts,
  options: ProposeOptions,
): Proposal {
  const { entity, reported, openPlan } = stored;
  const lifts = options.force === true && options.keepSuppression !== true;
  const restraints = sortRestraints(stored, wanted, lifts);
  const facts = onlyInForce(stored, restraints);
  const target = heldTarget(facts.hold, facts.candidates) ?? wanted;
  const nothing: SayNothing = (code, why) => ({ kind: 'nothing', target, restraints, code, why });

  if (reported === undefined) {
    return nothing(
      'no_report',
      `no report yet from spoke ${entity.spoke} about namespace ${entity.namespace}`,
    );
  }
  if (openPlan !== undefined && isUnderWay(openPlan)) {
    return nothing(
      'in_progress',
      `plan ${openPlan.id} is ${openPlan.state}; evaluated when it ends`,
    );
  }
  const present = installedRelease(reported.release);
  const demanded = demandedRollback(facts, present);
  if (demanded !== undefined) return { kind: 'plan', target, restraints, plan: demanded };
  if (target.kind === 'none') return nothing('no_target', target.reason);
  if (present !== null && isLocked(present, target)) {
    return nothing(
      'locked',
      `revision ${String(present.revision)} is ${present.helmStatus}: a Helm operation is at work on it or died there; evaluated when that changes; if no helm runs any more, roll it back or uninstall it by hand`,
    );
  }
  const situation = situationOf(facts, target, present, options);
  const passedOver = target.kind === 'release' ? target.passedOver : [];
  const draft = draftPlan(facts, situation, passedOver);
  if (draft === undefined) return idle(facts, situation, wanted, nothing);
  const ending = whyItEnds(facts, options);
  if (ending !== undefined) return nothing('in_progress', ending);
  const decline = declineOf(facts, draft, options);
  if (decline !== undefined) {
    return nothing(
      'declined',
      `${draft.reason}, but plan ${decline.planId} with the same content ${decline.why} (${decline.by}, ${decline.at}); change it, or evaluate with force`,
    );
  }
  return { kind: 'plan', target, restraints, plan: draft };
}

function onlyInForce(stored: EntityFacts, restraints: SortedRestraints): EntityFacts {
  if (restraints === NO_RESTRAINTS) return stored;
  const { hold: _, suppression: __, ...others } = stored;
  return { ...others, ...restraints.inForce };
}

/**
 * A deployment whose plan has failed for good is about to say what is desired next: what would only wait for
 * the end of the automatic suppression is not proposed just before that.
 */
function whyItEnds(
  { following, suppression }: EntityFacts,
  { force = false }: ProposeOptions,
): string | undefined {
  if (force || following === undefined || suppression?.planId !== following.planId)
    return undefined;
  return `plan ${following.planId} has failed; evaluated when deployment ${following.deployment} has ended with that`;
}

/** A release whose history was kept after an uninstall is not there. */
function installedRelease(release: ReportedRelease | null): ReportedRelease | null {
  return release?.helmStatus === 'uninstalled' ? null : release;
}

/** An interrupted uninstall may be finished; nothing else touches an operation under way. */
function isLocked(release: ReportedRelease, target: TargetSelection): boolean {
  if (release.helmStatus === 'uninstalling') return target.kind !== 'absent';
  return release.helmStatus.startsWith('pending-');
}

function situationOf(
  facts: EntityFacts,
  selection: TargetSelection,
  reported: ReportedRelease | null,
  { force = false }: ProposeOptions,
): Situation {
  const { product, openPlan } = facts;
  const target = selection.kind === 'release' ? selection.release : null;
  const situation = {
    product: product.name,
    target,
    targetValuesDigest: valuesDigest(valuesOf(facts, target)),
    pinned: 'version' in facts.entity.desired || isHeld(facts),
    reported,
    comparison: compare(reported, target),
    ...(selection.kind === 'release' &&
      selection.leaves !== undefined && { leaves: selection.leaves }),
    adopts: adopts(facts.entity, reported),
    forced: force || openPlan?.forced === true,
  };
  return { ...situation, failed: hasFailed(facts, situation) };
}

function compare(reported: ReportedRelease | null, target: Release | null): Comparison {
  if (reported === null || target === null) return 'absent';
  const version = runningVersion(reported);
  if (version === undefined) return 'absent';
  const runs = parseVersion(version);
  const wanted = parseVersion(target.version);
  if (!runs.ok || !wanted.ok) return 'older';
  const order = compareVersions(runs.value, wanted.value);
  return order < 0 ? 'older' : order > 0 ? 'newer' : 'same';
}

function draftPlan(
  facts: EntityFacts,
  situation: Situation,
  passedOver: readonly PassedOver[],
): ProposedPlan | undefined {
  const { desired } = facts.entity;
  for (const type of PLAN_TYPES) {
    const reason = PLAN_TYPE_RULES[type].propose(situation);
    if (reason === undefined) continue;
    const { reported, target } = situation;
    const content = contentOf(facts, { target, reported, type });
    const key = contentKey(content);
    return {
      type,
      content: withRollbackTarget(facts, content, key),
      contentKey: key,
      values: target === null ? {} : valuesOf(facts, target),
      from: reported === null ? null : { version: reported.version, revision: reported.revision },
      to: target === null ? null : { version: target.version },
      reason,
      passedOver,
      ...purposeOf(facts.baseline, {
        type,
        contentKey: key,
        reported,
        held: isHeld(facts),
        succeeded: facts.succeeded?.some((one) => one.contentKey === key) === true,
        named: 'version' in desired && desired.version === target?.version,
        rollsOff: situation.leaves !== undefined,
        adopts: situation.adopts,
        hotfix: hotfixOf(facts, target),
      }),
      ...stepOf(facts, target),
      askedFor: situation.forced || situation.failed,
      restraints: restraintsOf(facts),
    };
  }
  return undefined;
}

/** A hold or a recall may have put something else in its place; a hold may also keep just that. */
function hotfixOf({ hotfix }: EntityFacts, target: Release | null): HotfixUnderWay | undefined {
  if (hotfix?.version !== target?.version) return undefined;
  return hotfix?.chartSha256 === target?.chart.sha256 ? hotfix : undefined;
}

/** The plan that began what this one goes on with; the last step says nothing to the chart. */
function stepOf(
  { entity: { rollout }, hold }: EntityFacts,
  target: Release | null,
): Pick<ProposedPlan, 'stepOf'> {
  const isOfRollout = hold?.fixes === undefined && rollout?.chartSha256 === target?.chart.sha256;
  return isOfRollout && rollout?.firstPlan !== undefined ? { stepOf: rollout.firstPlan } : {};
}

function restraintsOf({ hold, suppression }: EntityFacts): Restraints {
  return { ...(hold !== undefined && { hold }), ...(suppression !== undefined && { suppression }) };
}

/** Whether the last plan with the content that should run has failed. */
function hasFailed(facts: EntityFacts, situation: Omit<Situation, 'failed'>): boolean {
  if (!facts.declines.some(({ failures }) => failures > 0)) return false;
  const key = contentKey(contentOf(facts, { ...situation, type: 'config_update' }));
  return facts.declines.some((decline) => decline.contentKey === key && decline.failures > 0);
}
