import {
  type Context,
  type Page,
  type Principal,
  putEntity,
  viewEntity,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Inject, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../http/caller.js';
import { seenBy } from '../http/etag.js';
import type { HubRequest } from '../http/hub-request.js';
import { IfMatchHeader, Operation } from '../http/operation.js';
import { mapPage, pageOf } from '../http/page-query.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { EntityQuery, EntityRequest } from './entity-requests.js';
import { EntityView, entityView } from './entity-views.js';
import { ExpectedStateView, readExpectedState } from './expected-state.js';
import { findEntities } from './find-entities.js';

@ApiTags('entities')
@Controller('api/v1/entities')
export class EntitiesController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Put(':name')
  @IfMatchHeader()
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: '* = only make, never change.',
  })
  @Operation({
    summary: 'Say what should run',
    description:
      'Makes the entity, or replaces its desired state, values and labels as a whole: what is left out is gone. `namespace` and `releaseName` alone stay what they are. The answer comes before the next evaluation; while `why` says that what is desired is not judged yet, an open plan is still of what was desired before.',
    access: 'people',
    answer: EntityView,
    versioned: true,
  })
  async put(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() { strategy, ...body }: EntityRequest,
    @Req() request: HubRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<EntityView> {
    const put = await putEntity(this.context, caller, { ...body, name, ...seenBy(request) });
    response.status(accepted(put).created ? 201 : 200);
    return this.show(name);
  }

  @Get()
  @Operation({ summary: 'List entities', access: 'people', answer: EntityView, page: true })
  async list(@Query() query: EntityQuery): Promise<Page<EntityView>> {
    const { after, limit, ...filter } = query;
    return mapPage(await findEntities(this.context, filter, pageOf(query)), entityView);
  }

  @Get(':name')
  @Operation({ summary: 'Show an entity', access: 'people', answer: EntityView, versioned: true })
  async get(@Param('name') name: string): Promise<EntityView> {
    return this.show(name);
  }

  @Get(':name/expected-state')
  @Operation({
    summary: 'Show what really runs',
    description: 'Kubernetes events are no part of it: spokes of this version report none.',
    access: 'people',
    answer: ExpectedStateView,
  })
  async expectedState(@Param('name') name: string): Promise<ExpectedStateView> {
    return readExpectedState(this.context, name);
  }

  private async show(name: string): Promise<EntityView> {
    const view = await viewEntity(this.context, name);
    const what = `entity ${JSON.stringify(name)}`;
    return entityView(found(view, 'catalog/entity_not_found', what));
  }
}
