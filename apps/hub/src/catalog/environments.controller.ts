import {
  changeEnvironmentLimit,
  type Context,
  createEnvironment,
  type Page,
  type Principal,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Seen, type SeenEnvironments } from '../http/caller.js';
import { Operation, PostOperation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { IfMatchOrNone, type Precondition } from '../http/precondition.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { LimitOperation } from './limit-operation.js';
import { LimitRequest } from './limit-request.js';
import { EnvironmentRequest } from './catalog-requests.js';
import { EnvironmentView, environmentView } from './catalog-views.js';
import { may } from '../http/access.js';
import { environmentOfPath, EVERYWHERE, SOMEWHERE } from '../http/whereabouts.js';

@ApiTags('catalog')
@Controller('api/v1/environments')
export class EnvironmentsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @PostOperation({
    summary: 'Make an environment',
    access: may('fleet', EVERYWHERE),
    answer: EnvironmentView,
    versioned: true,
    status: 201,
  })
  async create(
    @Caller() caller: Principal,
    @Body() body: EnvironmentRequest,
  ): Promise<EnvironmentView> {
    return environmentView(accepted(await createEnvironment(this.context, caller, body)));
  }

  @Get()
  @Operation({
    summary: 'List environments',
    description: 'Those that you may see.',
    access: may('view', SOMEWHERE),
    answer: EnvironmentView,
    page: true,
  })
  async list(
    @Seen() seen: SeenEnvironments,
    @Query() query: PageQuery,
  ): Promise<Page<EnvironmentView>> {
    const page = await this.context.store.transact((unit) =>
      unit.environments.list(pageOf(query), seen),
    );
    return mapPage(page, environmentView);
  }

  @Get(':name')
  @Operation({
    summary: 'Show an environment',
    access: may('view', environmentOfPath),
    answer: EnvironmentView,
    versioned: true,
  })
  async get(@Param('name') name: string): Promise<EnvironmentView> {
    const environment = await this.context.store.transact((unit) => unit.environments.get(name));
    return environmentView(
      found(environment, 'catalog/environment_not_found', `environment ${JSON.stringify(name)}`),
    );
  }

  @Put(':name/limit')
  @LimitOperation(EnvironmentView, environmentOfPath)
  async limit(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() body: LimitRequest,
    @IfMatchOrNone() seen: Precondition,
  ): Promise<EnvironmentView> {
    const limit = { ...body, ...seen, name };
    return environmentView(accepted(await changeEnvironmentLimit(this.context, caller, limit)));
  }
}
