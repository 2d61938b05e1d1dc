import {
  compareValues,
  type Plan,
  type Refusal,
  type ReportedRelease,
  type ValueChanges,
  type Values,
} from '@apollo-deploy/domain';
import { err, jsonDigest, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { reportedState } from '../spokes/release-state.js';
import { planNotFound } from './plan-refusals.js';
import { planThatBrought, PLANS_LOOKED_AT } from './plan-that-brought.js';

interface RunningHead extends Pick<ReportedRelease, 'version' | 'revision' | 'valuesDigest'> {
  /** Absent if no plan is known to have brought it. */
  readonly chartSha256?: string;
}

/** What a plan would change about what runs now. */
export interface PlanDiff {
  readonly plan: Plan;
  /** `null`: nothing runs, or its spoke does not tell; `unknown` says so then. */
  readonly from: RunningHead | null;
  /** What the plan would set against what runs; where that is not known, all that the plan sets. */
  readonly values: ValueChanges;
  /** Why the values that run are not known, in a sentence; absent: they are. */
  readonly unknown?: string;
}

/** What runs; without `values`, why they are not known. */
type Running =
  | { readonly from: RunningHead | null; readonly values: Values }
  | { readonly from: RunningHead | null; readonly unknown: string };

/** Compares a plan with what is reported now, without changing anything. */
export async function diffPlan(
  context: Context,
  planId: string,
): Promise<Result<PlanDiff, Refusal>> {
  return context.store.transact(async (unit) => {
    const plan = await unit.plans.get(planId);
    if (plan === undefined) return err(planNotFound(planId));
    const running = await whatRuns(unit, plan);
    const after = plan.content.chart === null ? {} : plan.values;
    const { from } = running;
    return ok(
      'values' in running
        ? { plan, from, values: compareValues(running.values, after) }
        : { plan, from, values: compareValues({}, after), unknown: running.unknown },
    );
  });
}

async function whatRuns(unit: UnitOfWork, plan: Plan): Promise<Running> {
  const entity = await unit.entities.get(plan.entity);
  if (entity === undefined) {
    return { from: null, unknown: `there is no entity ${plan.entity} any more` };
  }
  const spoke = await unit.spokes.get(entity.spoke);
  const [state] = await unit.releaseStates.summaries([entity]);
  const reported = reportedState(entity, spoke, state);
  if (reported === undefined) {
    return {
      from: null,
      unknown: `spoke ${entity.spoke} has not told what runs in ${entity.namespace}; let it connect, and see the namespace`,
    };
  }
  if (reported.release === null) return { from: null, values: {} };
  return runningRelease(unit, plan, reported.release);
}

async function runningRelease(
  unit: UnitOfWork,
  { entity, content, values }: Plan,
  { version, revision, valuesDigest, unmanaged }: ReportedRelease,
): Promise<Running> {
  const head = { version, revision, valuesDigest };
  const broughtBy = await planThatBrought(unit, entity, head);
  const chart = broughtBy?.content.chart;
  // Others may have installed other bytes under the same version.
  const isKnown = chart != null && unmanaged !== true;
  const from = isKnown ? { ...head, chartSha256: chart.sha256 } : head;
  if (broughtBy !== undefined) return { from, values: broughtBy.values };
  if (valuesDigest === content.valuesDigest) return { from, values };
  if (valuesDigest === jsonDigest({})) return { from, values: {} };
  return {
    from,
    unknown: `the values that ${version} runs with are not known here, because none of the last ${String(PLANS_LOOKED_AT)} plans that succeeded or failed brought them; look at them in the cluster (helm get values)`,
  };
}
