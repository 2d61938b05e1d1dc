import { type Plan, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import { type ApprovalGiven, approvePlan, type Yes } from '../approvals/approve-plan.js';
import { planApprovals, type PlanWithApproval } from '../approvals/plan-approvals.js';
import { reject } from '../approvals/reject.js';
import { withdraw } from '../approvals/withdraw.js';
import { record } from '../audit/record.js';
import { releaseSnapshots } from '../backups/release-snapshots.js';
import { runBackups } from '../backups/run-backups.js';
import type { Context } from '../context.js';
import { ENGINE, type Principal } from '../ports/principal.js';
import { cancelPlan } from './cancel-plan.js';
import { ConstraintCache, type OnUnreadableConstraint } from './constraint-cache.js';
import { dispatchPlan } from './dispatch-plan.js';
import {
  evaluateEntities,
  type EvaluationTools,
  type Mark,
  type OnEvaluationBug,
} from './evaluate-entities.js';
import { type EvaluationSummary, EvaluationTally, summaryOf } from './evaluation-summary.js';
import { markDueEntities, markTimedEntities, markUndispatched } from './mark-waiting.js';
import { explainPlan, type PlanExplanation } from './explain-plan.js';
import { isOutage } from './is-outage.js';
import type { EvaluationOutcome } from './open-plan.js';
import { setPlanAside } from './set-plan-aside.js';

/** How many entities one transaction evaluates; more would keep the event loop of a store in memory too long. */
const BATCH_SIZE = 100;

/**
 * Compares desired with reported state, proposes plans and sends those that may go. Any number of
 * replicas may run one on the same store.
 */
export class OrchestrationEngine {
  private readonly constraints: ConstraintCache;

  /** `onUnreadable` is told of a stored constraint that holds its scope because nobody can read it. */
  constructor(
    private readonly context: Context,
    private readonly onBug: OnEvaluationBug,
    onUnreadable: OnUnreadableConstraint = () => undefined,
  ) {
    this.constraints = new ConstraintCache(onUnreadable);
  }

  /** Evaluates one entity now. `force`: declined content may be proposed again. */
  async evaluate(
    principal: Principal,
    entity: string,
    { force = false }: { readonly force?: boolean } = {},
  ): Promise<Result<EvaluationSummary, Refusal>> {
    const outcomes = await this.evaluateMarks([{ entity, force }], principal);
    if (outcomes.length === 0) {
      return err(
        refusal('catalog/entity_not_found', `there is no entity ${JSON.stringify(entity)}`, {
          field: 'entity',
        }),
      );
    }
    return ok(summaryOf(outcomes));
  }

  /** Evaluates every entity now, in batches. */
  async evaluateAll(principal: Principal = ENGINE): Promise<EvaluationSummary> {
    const tally = new EvaluationTally();
    let after: string | undefined;
    do {
      const from = after;
      const page = await this.context.store.transact((unit) =>
        unit.entities.names({ limit: BATCH_SIZE, ...(from !== undefined && { after: from }) }),
      );
      const marks = page.items.map((entity) => ({ entity, force: false }));
      if (marks.length > 0) tally.add(await this.evaluateMarks(marks, principal));
      after = page.next;
    } while (after !== undefined);
    return tally.summary();
  }

  /**
   * Takes one batch of marked entities out of the queue, evaluates them and dispatches what may go.
   * Answers how many there were; 0 = the queue is empty. A crash puts them back.
   */
  async drainOnce(): Promise<number> {
    const outcomes = await this.context.store.transact(async (unit) => {
      const marks = await unit.dirty.take(BATCH_SIZE);
      return marks.length === 0
        ? undefined
        : await evaluateEntities(this.context, unit, marks, this.tools);
    });
    if (outcomes === undefined) return 0;
    await this.followUp(outcomes);
    return Math.max(outcomes.length, 1);
  }

  /**
   * Marks the entities that time alone may have moved by now, because an instant has come, however
   * many they are. Answers the instant at which the next one is due. Replicas that do it at once do no
   * harm: what is marked already is left alone.
   */
  markDue(): Promise<Date | undefined> {
    return markDueEntities(this.context);
  }

  /**
   * Marks the entities that wait for an instant, whenever it comes: for when the clock was set back,
   * so that what was judged by an hour that has not come yet is judged anew.
   */
  markTimed(): Promise<void> {
    return markTimedEntities(this.context);
  }

  /**
   * Marks what a crash or an outage, here or on another replica, may have left between proposal and
   * dispatch, and makes the backups that one cut off. `everything` also looks where people start plans, and
   * is for the start of a replica and after a failed turn; without it, it is cheap enough to be done now
   * and then.
   */
  async recover({ everything }: { readonly everything: boolean }): Promise<void> {
    await markUndispatched(this.context, everything);
    await this.makeBackups();
  }

  /** Sends a plan that is ready to its spoke; for environments where a person starts plans. */
  executePlan(principal: Principal, planId: string): Promise<Result<Plan, Refusal>> {
    return dispatchPlan(this.context, principal, planId, this.tools);
  }

  cancelPlan(principal: Principal, planId: string, reason: string): Promise<Result<Plan, Refusal>> {
    return cancelPlan(this.context, principal, planId, reason);
  }

  /** A person says yes to the content of a plan; see `approvePlan`. */
  approvePlan(
    principal: Principal,
    planId: string,
    yes: Yes,
  ): Promise<Result<ApprovalGiven, Refusal>> {
    return approvePlan(this.context, principal, planId, yes, this.constraints);
  }

  /** A person says no to a plan; see `reject`. */
  rejectPlan(principal: Principal, planId: string, reason: string): Promise<Result<Plan, Refusal>> {
    return reject(this.context, principal, planId, reason, this.constraints);
  }

  /** A person takes a yes back; see `withdraw`. */
  withdrawApproval(principal: Principal, planId: string): Promise<Result<void, Refusal>> {
    return withdraw(this.context, principal, planId);
  }

  /** These plans with who must agree to them, and who has; see `planApprovals`. */
  withApprovals(plans: readonly Plan[]): Promise<readonly PlanWithApproval[]> {
    return planApprovals(this.context, this.constraints, plans);
  }

  /** Says why a plan has not gone out and when it can. Changes nothing. */
  explain(planId: string): Promise<Result<PlanExplanation, Refusal>> {
    return explainPlan(this.context, this.constraints, planId);
  }

  private get tools(): EvaluationTools {
    return { constraints: this.constraints, onBug: this.onBug };
  }

  private async evaluateMarks(
    marks: readonly Mark[],
    principal: Principal,
  ): Promise<readonly EvaluationOutcome[]> {
    const outcomes = await this.context.store.transact(async (unit) => {
      const evaluated = await evaluateEntities(this.context, unit, marks, this.tools);
      if (principal !== ENGINE && evaluated.length > 0) {
        await record(this.context, unit, principal, {
          action: 'evaluation.request',
          subject: evaluated.length === 1 ? `entity/${evaluated[0]?.entity ?? ''}` : 'entity/*',
          detail: { evaluated: evaluated.length, force: marks.some(({ force }) => force) },
        });
      }
      return evaluated;
    });
    await this.followUp(outcomes);
    return outcomes;
  }

  private async followUp(outcomes: readonly EvaluationOutcome[]): Promise<void> {
    await this.dispatchReady(outcomes);
    if (outcomes.some(({ wantsBackup }) => wantsBackup === true)) await this.makeBackups();
  }

  /** Others who make them take their time, and have a loop of their own. */
  private async makeBackups(): Promise<void> {
    if (this.context.backups !== undefined) return;
    while ((await runBackups(this.context, releaseSnapshots)) > 0);
  }

  /** A refusal here is no error: the plan is BLOCKED with its reasons, or somebody was faster. */
  private async dispatchReady(outcomes: readonly EvaluationOutcome[]): Promise<void> {
    for (const { entity, planId, dispatchable } of outcomes) {
      if (dispatchable && planId !== undefined) await this.dispatchAlone(entity, planId);
    }
  }

  /** A bug with one plan is told, and sets the plan aside; the others go. Throws what is an outage. */
  private async dispatchAlone(entity: string, planId: string): Promise<void> {
    const bug = await bugIn(() => dispatchPlan(this.context, ENGINE, planId, this.tools));
    if (bug === undefined) return;
    this.onBug(entity, bug);
    const another = await bugIn(() => setPlanAside(this.context, planId, bug));
    if (another !== undefined) this.onBug(entity, another);
  }
}

async function bugIn(work: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isOutage(error)) throw error;
    return error instanceof Error ? error : new InvariantViolation(String(error));
  }
}
