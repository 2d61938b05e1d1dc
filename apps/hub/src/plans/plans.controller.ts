import {
  type Context,
  diffPlan,
  type OrchestrationEngine,
  type Page,
  type Principal,
  resolvePlan,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Seen, type SeenEnvironments } from '../http/caller.js';
import { Operation, PostOperation } from '../http/operation.js';
import { accepted } from '../http/refused.js';
import { CONTEXT, ENGINE } from '../platform/tokens.js';
import { DiffView, diffView } from './diff-view.js';
import { ExplainView, explainView } from './explain-view.js';
import { findPlan, listPlans } from './find-plans.js';
import { CancelRequest, ExecuteRequest, PlanQuery, ResolveRequest } from './plan-requests.js';
import { PlanView } from './plan-views.js';
import { showPlan, showPlans } from './show-plans.js';
import { may } from '../http/access.js';
import { environmentOfQuery, planOfPath } from '../http/whereabouts.js';

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
    access: may('view', environmentOfQuery),
    answer: PlanView,
    page: true,
    refuses: ['catalog/entity_not_found', 'catalog/environment_not_found'],
  })
  async list(@Seen() seen: SeenEnvironments, @Query() query: PlanQuery): Promise<Page<PlanView>> {
    return showPlans(this.engine, await listPlans(this.context, query, seen));
  }

  @Get(':id')
  @Operation({
    summary: 'Show a plan',
    access: may('view', planOfPath),
    answer: PlanView,
    versioned: true,
  })
  async get(@Param('id') id: string): Promise<PlanView> {
    return showPlan(this.engine, accepted(await findPlan(this.context, id)));
  }

  @Get(':id/explain')
  @Operation({
    summary: 'Say why a plan waits and when it can go',
    access: may('view', planOfPath),
    answer: ExplainView,
  })
  async explain(@Param('id') id: string): Promise<ExplainView> {
    const explained = accepted(await this.engine.explain(id));
    const [shown] = await this.engine.withApprovals([explained.plan]);
    return explainView(explained, shown?.approval.gates);
  }

  @Get(':id/diff')
  @Operation({
    summary: 'Say what a plan changes about what runs now',
    access: may('view', planOfPath),
    answer: DiffView,
  })
  async diff(@Param('id') id: string): Promise<DiffView> {
    return diffView(accepted(await diffPlan(this.context, id)));
  }

  @Post(':id/execute')
  @PostOperation({
    summary: 'Send a plan to its spoke',
    access: may('deploy', planOfPath),
    answer: PlanView,
    versioned: true,
  })
  async execute(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() _body: ExecuteRequest,
  ): Promise<PlanView> {
    return showPlan(this.engine, accepted(await this.engine.executePlan(caller, id)));
  }

  @Post(':id/cancel')
  @PostOperation({
    summary: 'Say no to a plan',
    access: may('deploy', planOfPath),
    answer: PlanView,
    versioned: true,
  })
  async cancel(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() { reason }: CancelRequest,
  ): Promise<PlanView> {
    return showPlan(this.engine, accepted(await this.engine.cancelPlan(caller, id, reason)));
  }

  @Post(':id/resolve')
  @PostOperation({
    summary: 'Say what became of a plan',
    access: may('resolve', planOfPath),
    answer: PlanView,
    versioned: true,
  })
  async resolve(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() { outcome, reason }: ResolveRequest,
  ): Promise<PlanView> {
    return showPlan(
      this.engine,
      accepted(await resolvePlan(this.context, caller, id, outcome, reason)),
    );
  }
}
