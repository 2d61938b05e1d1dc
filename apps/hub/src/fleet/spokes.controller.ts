import {
  changeSpokeLimit,
  type Context,
  type Page,
  type Principal,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Inject, Param, Put, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { LimitRequest } from '../catalog/limit-request.js';
import { Caller } from '../http/caller.js';
import { refuseConditions } from '../http/etag.js';
import type { HubRequest } from '../http/hub-request.js';
import { Operation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { readSpokeReleases, SpokeReleaseQuery, SpokeReleaseView } from './spoke-releases.js';
import { SpokeView, spokeView } from './spoke-view.js';

@ApiTags('fleet')
@Controller('api/v1/spokes')
export class SpokesController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Get()
  @Operation({ summary: 'List spokes', access: 'people', answer: SpokeView, page: true })
  async list(@Query() query: PageQuery): Promise<Page<SpokeView>> {
    const page = await this.context.store.transact((unit) => unit.spokes.list(pageOf(query)));
    return mapPage(page, (spoke) => spokeView(spoke, this.context));
  }

  @Get(':name')
  @Operation({ summary: 'Show a spoke', access: 'people', answer: SpokeView })
  async get(@Param('name') name: string): Promise<SpokeView> {
    const spoke = await this.context.store.transact((unit) => unit.spokes.get(name));
    const what = `spoke ${JSON.stringify(name)}`;
    return spokeView(found(spoke, 'catalog/spoke_not_found', what), this.context);
  }

  @Get(':name/releases')
  @Operation({
    summary: 'List the Helm releases of a spoke',
    description:
      'All that it reported, also those that Apollo did not make and no entity stands for.',
    access: 'people',
    answer: SpokeReleaseView,
    page: true,
  })
  async releases(
    @Param('name') name: string,
    @Query() query: SpokeReleaseQuery,
  ): Promise<Page<SpokeReleaseView>> {
    const unmanaged = query.unmanaged === 'true';
    return readSpokeReleases(this.context, name, { ...pageOf(query), unmanaged });
  }

  @Put(':name/limit')
  @Operation({
    summary: 'Change how many plans may execute on a spoke at once',
    description: 'Plans that execute go on; those that wait are offered what is free.',
    access: 'people',
    answer: SpokeView,
  })
  async limit(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() body: LimitRequest,
    @Req() request: HubRequest,
  ): Promise<SpokeView> {
    refuseConditions(request);
    const changed = await changeSpokeLimit(this.context, caller, { ...body, name });
    return spokeView(accepted(changed), this.context);
  }
}
