import {
  adoptRelease,
  type Context,
  leaveRelease,
  type Page,
  type Principal,
  putEntity,
  viewEntity,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller, Seen, type SeenEnvironments } from '../http/caller.js';
import { DeleteOperation, Operation } from '../http/operation.js';
import { mapPage, pageOf } from '../http/page-query.js';
import {
  IfMatch,
  IfMatchOrNone,
  type Precondition,
  type SeenVersion,
} from '../http/precondition.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { AdoptionRequest, EntityQuery, EntityRequest } from './entity-requests.js';
import { EntityView, entityView } from './entity-views.js';
import { ExpectedStateView, readExpectedState } from './expected-state.js';
import { findEntities } from './find-entities.js';
import { may } from '../http/access.js';
import { entityOfPath, entityToPut, environmentOfQuery } from '../http/whereabouts.js';

@ApiTags('entities')
@Controller('api/v1/entities')
export class EntitiesController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Put(':name')
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: '* = only make, never change.',
  })
  @Operation({
    summary: 'Say what should run',
    description:
      'Makes the entity, or replaces its desired state, values and labels as a whole: what is left out is gone. `namespace` and `releaseName` alone stay what they are. The answer comes before the next evaluation; while `why` says that what is desired is not judged yet, an open plan is still of what was desired before.',
    access: may('deploy', entityToPut),
    answer: EntityView,
    versioned: true,
  })
  async put(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() { strategy, ...body }: EntityRequest,
    @IfMatchOrNone() seen: Precondition,
    @Res({ passthrough: true }) response: Response,
  ): Promise<EntityView> {
    const put = await putEntity(this.context, caller, { ...body, name, ...seen });
    response.status(accepted(put).created ? 201 : 200);
    return this.show(name);
  }

  @Get()
  @Operation({
    summary: 'List entities',
    access: may('view', environmentOfQuery),
    answer: EntityView,
    page: true,
  })
  async list(
    @Seen() seen: SeenEnvironments,
    @Query() query: EntityQuery,
  ): Promise<Page<EntityView>> {
    const { after, limit, ...asked } = query;
    const filter = { ...asked, ...(seen !== undefined && { environments: seen }) };
    return mapPage(await findEntities(this.context, filter, pageOf(query)), entityView);
  }

  @Get(':name')
  @Operation({
    summary: 'Show an entity',
    access: may('view', entityOfPath),
    answer: EntityView,
    versioned: true,
  })
  async get(@Param('name') name: string): Promise<EntityView> {
    return this.show(name);
  }

  @Get(':name/expected-state')
  @Operation({
    summary: 'Show what really runs',
    description: 'Kubernetes events are no part of it: spokes of this version report none.',
    access: may('view', entityOfPath),
    answer: ExpectedStateView,
  })
  async expectedState(@Param('name') name: string): Promise<ExpectedStateView> {
    return readExpectedState(this.context, name);
  }

  @Put(':name/adoption')
  @Operation({
    summary: 'Let the next plan adopt the release',
    description:
      'For a release that somebody else has installed under the namespace and release name of the entity (GET /api/v1/spokes/{name}/releases lists them). It is upgraded in place and its history is kept. Nothing changes in the cluster before that plan goes; the first one that gets to work uses this up.',
    access: may('deploy', entityOfPath),
    answer: EntityView,
    versioned: true,
  })
  async adopt(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() _body: AdoptionRequest,
    @IfMatchOrNone() seen: Precondition,
  ): Promise<EntityView> {
    accepted(await adoptRelease(this.context, caller, { name, ...seen }));
    return this.show(name);
  }

  @Delete(':name/adoption')
  @DeleteOperation({
    summary: 'Adopt no release after all',
    access: may('deploy', entityOfPath),
  })
  async leave(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @IfMatch() version: SeenVersion,
  ): Promise<void> {
    const seen = version === undefined ? {} : { expectedVersion: version };
    accepted(await leaveRelease(this.context, caller, { name, ...seen }));
  }

  private async show(name: string): Promise<EntityView> {
    const view = await viewEntity(this.context, name);
    const what = `entity ${JSON.stringify(name)}`;
    return entityView(found(view, 'catalog/entity_not_found', what));
  }
}
