import type { ReportedRelease } from '../catalog/entity.js';
import type { Baseline } from './baseline.js';
import type { PlanType } from './plan.js';
import type { HotfixUnderWay, ProposedPlan } from './proposal.js';

/**
 * What a plan is for, by its content: a repair brings back what succeeded last, whatever its type; a
 * rollback that nobody demanded follows a version that a person named, or only a hold: then it is like
 * any other change, as nobody asked for a way past what keeps those. So is one to content that is not
 * known to have SUCCEEDED there, values included: that is no way back. What leaves a recalled release
 * is a roll-off before all that. Any other change is the hotfix's that is under way for its content. So
 * is what would be a repair, as a hotfix is always backed up and a repair never, and a roll-off where
 * glass was broken for the hotfix, as nobody could break it for a roll-off.
 */
export function purposeOf(baseline: Baseline | undefined, plan: PurposefulPlan): Purpose {
  const { hotfix } = plan;
  if (plan.rollsOff && hotfix?.breaksGlass !== true) return { planClass: 'roll_off' };
  const restores = baseline?.contentKey === plan.contentKey && !plan.adopts && hotfix === undefined;
  if (plan.type === 'rollback' && !(plan.held && (restores || !plan.named))) {
    return rollbackPurpose(baseline, plan);
  }
  if (!restores) return { planClass: changeClass(plan) };
  const { planId } = baseline;
  return { planClass: 'repair', ...(planId !== undefined && { repairOf: planId }) };
}

type Purpose = Pick<ProposedPlan, 'planClass' | 'repairOf' | 'rollbackOf'>;

interface PurposefulPlan {
  readonly type: PlanType;
  readonly contentKey: string;
  readonly reported: ReportedRelease | null;
  /** Its target is what a hold fixes. */
  readonly held: boolean;
  /** Its content SUCCEEDED there before. */
  readonly succeeded: boolean;
  /** A person named its version. */
  readonly named: boolean;
  /** It leaves what is recalled. */
  readonly rollsOff: boolean;
  /** It takes over a release that Apollo did not make: nobody has agreed to that yet. */
  readonly adopts: boolean;
  /** The hotfix under way that brings exactly this. */
  readonly hotfix?: HotfixUnderWay | undefined;
}

function rollbackPurpose(baseline: Baseline | undefined, plan: PurposefulPlan): Purpose {
  const brought = runs(plan.reported, baseline) ? baseline?.planId : undefined;
  return {
    planClass: plan.succeeded && !plan.adopts ? 'requested_rollback' : changeClass(plan),
    ...(brought !== undefined && { rollbackOf: brought }),
  };
}

function changeClass({ hotfix }: PurposefulPlan): 'ordinary' | 'hotfix' {
  return hotfix === undefined ? 'ordinary' : 'hotfix';
}

function runs(reported: ReportedRelease | null, baseline: Baseline | undefined): boolean {
  return (
    reported?.version === baseline?.version && reported?.valuesDigest === baseline?.valuesDigest
  );
}
