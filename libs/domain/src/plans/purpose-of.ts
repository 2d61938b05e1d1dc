import type { ReportedRelease } from '../catalog/entity.js';
import type { Baseline } from './baseline.js';
import type { PlanType } from './plan.js';
import type { ProposedPlan } from './proposal.js';

/**
 * What a plan is for, by its content: a repair brings back what succeeded last, whatever its type; a
 * rollback that nobody demanded follows a version that a person named, or only a hold: then it is like
 * any other change, as nobody asked for a way past what keeps those. So is one to content that is not
 * known to have SUCCEEDED there, values included: that is no way back. What leaves a recalled release
 * is a roll-off before all that. Any other change is the hotfix's that is under way for its content.
 */
export function purposeOf(
  baseline: Baseline | undefined,
  plan: {
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
    /** A hotfix under way brings exactly this content. */
    readonly hotfix: boolean;
  },
): Pick<ProposedPlan, 'planClass' | 'repairOf' | 'rollbackOf'> {
  if (plan.rollsOff) return { planClass: 'roll_off' };
  const { planId, contentKey } = baseline ?? {};
  const restores = contentKey === plan.contentKey && !plan.adopts;
  if (plan.type === 'rollback' && !(plan.held && (restores || !plan.named))) {
    const brought = runs(plan.reported, baseline) ? planId : undefined;
    return {
      planClass: plan.succeeded && !plan.adopts ? 'requested_rollback' : changeClass(plan),
      ...(brought !== undefined && { rollbackOf: brought }),
    };
  }
  if (!restores) return { planClass: changeClass(plan) };
  return { planClass: 'repair', ...(planId !== undefined && { repairOf: planId }) };
}

function changeClass({ hotfix }: { readonly hotfix: boolean }): 'ordinary' | 'hotfix' {
  return hotfix ? 'hotfix' : 'ordinary';
}

function runs(reported: ReportedRelease | null, baseline: Baseline | undefined): boolean {
  return (
    reported?.version === baseline?.version && reported?.valuesDigest === baseline?.valuesDigest
  );
}
