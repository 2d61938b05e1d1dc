import {
  type Context,
  type OrchestrationEngine,
  type Page,
  type Principal,
  resolvePlan,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../http/caller.js';
import { Operation, PostOperation } from '../http/operation.js';
import { mapPage } from '../http/page-query.js';
import { accepted } from '../http/refused.js';
import { CONTEXT, ENGINE } from '../platform/tokens.js';
import { ExplainView, explainView } from './explain-view.js';
import { findPlan, listPlans } from './find-plans.js';
import { CancelRequest, ExecuteRequest, PlanQuery, ResolveRequest } from './plan-requests.js';
import { PlanView, planView } from './plan-views.js';

@ApiTags('plans')
@Controller('api/v1/plans')
export class PlansController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(ENGINE) private readonly engine: OrchestrationEngine,
  ) {}

  @Get()
  @Operation({
    summary: 'List plans, newest first',
    access: 'people',
    answer: PlanView,
    page: true,
  })
  async list(@Query() query: PlanQuery): Promise<Page<PlanView>> {
    return mapPage(await listPlans(this.context, query), planView);
  }

  @Get(':id')
  @Operation({ summary: 'Show a plan', access: 'people', answer: PlanView, versioned: true })
  async get(@Param('id') id: string): Promise<PlanView> {
    return planView(accepted(await findPlan(this.context, id)));
  }

  @Get(':id/explain')
  @Operation({
    summary: 'Say why a plan waits and when it can go',
    access: 'people',
    answer: ExplainView,
  })
  async explain(@Param('id') id: string): Promise<ExplainView> {
    return explainView(accepted(await this.engine.explain(id)));
  }

  @Post(':id/execute')
  @PostOperation({
    summary: 'Send a plan to its spoke',
    access: 'people',
    answer: PlanView,
    versioned: true,
  })
  async execute(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() _body: ExecuteRequest,
  ): Promise<PlanView> {
    return planView(accepted(await this.engine.executePlan(caller, id)));
  }

  @Post(':id/cancel')
  @PostOperation({
    summary: 'Say no to a plan',
    access: 'people',
    answer: PlanView,
    versioned: true,
  })
  async cancel(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() { reason }: CancelRequest,
  ): Promise<PlanView> {
    return planView(accepted(await this.engine.cancelPlan(caller, id, reason)));
  }

  @Post(':id/resolve')
  @PostOperation({
    summary: 'Say what became of a plan',
    access: 'people',
    answer: PlanView,
    versioned: true,
  })
  async resolve(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() { outcome, reason }: ResolveRequest,
  ): Promise<PlanView> {
    return planView(accepted(await resolvePlan(this.context, caller, id, outcome, reason)));
  }
}
