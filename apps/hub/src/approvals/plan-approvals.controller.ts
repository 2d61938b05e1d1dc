import type { Context, OrchestrationEngine, Principal } from '@apollo-deploy/orchestration';
import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { may } from '../http/access.js';
import { Caller } from '../http/caller.js';
import { PostOperation } from '../http/operation.js';
import { accepted } from '../http/refused.js';
import { planOfPath } from '../http/whereabouts.js';
import { CONTEXT, ENGINE } from '../platform/tokens.js';
import { findPlan } from '../plans/find-plans.js';
import { PlanView, planView } from '../plans/plan-views.js';
import { showPlan } from '../plans/show-plans.js';
import { ApprovedPlanView } from './approved-plan-view.js';
import { ApproveRequest, RejectRequest, WithdrawRequest } from './plan-approval-requests.js';

/** What people say about plans. Nothing is said by a GET. */
@ApiTags('approvals')
@Controller('api/v1/plans/:id')
export class PlanApprovalsController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(ENGINE) private readonly engine: OrchestrationEngine,
  ) {}

  @Post('approve')
  @PostOperation({
    summary: 'Say yes to exactly what a plan would run',
    description:
      'Also in advance, while something else holds the plan. Another digest than that of the plan is answered with 409 and the present one in data, and nothing is recorded.',
    access: may('approve', planOfPath),
    answer: ApprovedPlanView,
    versioned: true,
  })
  async approve(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() yes: ApproveRequest,
  ): Promise<ApprovedPlanView> {
    const given = accepted(await this.engine.approvePlan(caller, id, yes));
    const { plan, shown, deployment, lapsesUnused } = given;
    return { ...planView(plan, shown, deployment), lapses: lapsesUnused };
  }

  @Post('reject')
  @PostOperation({
    summary: 'Say no to a plan; it ends, and its content is not proposed again by itself',
    access: may('approve', planOfPath),
    answer: PlanView,
    versioned: true,
  })
  async reject(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() { reason }: RejectRequest,
  ): Promise<PlanView> {
    return showPlan(this.engine, accepted(await this.engine.rejectPlan(caller, id, reason)));
  }

  @Post('withdraw')
  @PostOperation({
    summary: 'Take your approval of a plan back, until the plan goes',
    description:
      'Also of a plan that has ended: an approval stands for the same content until a plan goes by it.',
    access: may('approve', planOfPath),
    answer: PlanView,
    versioned: true,
  })
  async withdraw(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() _body: WithdrawRequest,
  ): Promise<PlanView> {
    accepted(await this.engine.withdrawApproval(caller, id));
    return showPlan(this.engine, accepted(await findPlan(this.context, id)));
  }
}
