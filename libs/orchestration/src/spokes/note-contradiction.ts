import type { Noted, Plan, PlanState, ReportedRecord } from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { PlanMovedError } from './plan-moved-error.js';

const CODE = 'verdict_contradicted';
const SUCCESS_CODE = 'success_contradicted';

/** A plan that was rolled back had failed; a doubt that comes late contradicts nothing. */
export function agrees(stored: PlanState, said: PlanState): boolean {
  return said === 'UNKNOWN' || said === (stored === 'ROLLED_BACK' ? 'FAILED' : stored);
}

/**
 * Keeps another word for a plan that has ended than the one that ended it, which stands: noted on the
 * plan and in the audit trail, once, however often it is heard.
 */
export async function noteContradiction(
  context: Context,
  unit: UnitOfWork,
  by: Principal,
  plan: Plan,
  said: PlanState,
): Promise<void> {
  const { state: stored, noted = [] } = plan;
  if (noted.some(({ code, data }) => code === CODE && data['said'] === said)) return;
  await note(context, unit, by, plan, {
    code: CODE,
    effect: 'warns',
    message: `it is ${stored}, and ${by.kind} ${by.name} says ${said}; the first word stands: look at the release, and deploy again if it is not as wanted`,
    data: { stored, said },
  });
}

/**
 * Keeps that what a spoke reports of a release contradicts that the plan SUCCEEDED, which stands: noted
 * on the plan and in the audit trail, once. `contradiction`: see `contradictionOf`.
 */
export async function noteContradictedSuccess(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  contradiction: string,
  { revision, releaseDigest }: Pick<ReportedRecord, 'revision' | 'releaseDigest'>,
): Promise<void> {
  if (plan.noted?.some(({ code }) => code === SUCCESS_CODE) === true) return;
  await note(context, unit, { kind: 'spoke', name: plan.spoke, roles: [] }, plan, {
    code: SUCCESS_CODE,
    effect: 'warns',
    message: `spoke ${plan.spoke} said that it SUCCEEDED, and reports since that ${contradiction}; its word stands: look at the release (helm history ${plan.content.releaseName} -n ${plan.content.namespace}) and find out who changes Helm's records, or do not trust the spoke`,
    data: { stored: plan.state, revision, releaseDigest },
  });
}

async function note(
  context: Context,
  unit: UnitOfWork,
  by: Principal,
  plan: Plan,
  news: Noted,
): Promise<void> {
  const saved = await unit.plans.save({ ...plan, noted: [...(plan.noted ?? []), news] });
  if (!saved.ok) throw new PlanMovedError(plan.id);
  await record(context, unit, by, {
    action: news.code === CODE ? 'plan.contradiction' : 'plan.success_contradicted',
    subject: `plan/${plan.id}`,
    detail: news.data,
  });
}
