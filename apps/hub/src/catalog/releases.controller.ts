import {
  type Context,
  type Page,
  type Principal,
  registerRelease,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import { Caller } from '../http/caller.js';
import type { HubRequest } from '../http/hub-request.js';
import { Operation, PostOperation } from '../http/operation.js';
import { pageOf } from '../http/page-query.js';
import { accepted, found } from '../http/refused.js';
import { AcceptsUpload } from '../http/upload.interceptor.js';
import { CONTEXT } from '../platform/tokens.js';
import { ReleaseQuery, ReleaseRequest } from './catalog-requests.js';
import { ReleaseView } from './catalog-views.js';
import { findRelease, listReleases } from './find-releases.js';
import { readChart } from './read-chart.js';
import { uploadedChart } from './uploaded-chart.js';
import { may } from '../http/access.js';
import { SOMEWHERE } from '../http/whereabouts.js';

@ApiTags('catalog')
@Controller('api/v1/releases')
export class ReleasesController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @ApiConsumes('multipart/form-data')
  @AcceptsUpload({ file: 'chart', json: ['dependencies', 'requires'] })
  @PostOperation({
    summary: 'Register a release with its chart',
    access: may('release', SOMEWHERE),
    answer: ReleaseView,
    status: 201,
  })
  async register(
    @Caller() caller: Principal,
    @Req() request: HubRequest,
    @Body()
    { product, version, dependencies = [], requires = [], chart: uploaded }: ReleaseRequest,
  ): Promise<ReleaseView> {
    const bytes = uploadedChart(request, uploaded);
    const { reference: chart, strategies } = accepted(await readChart(bytes));
    const needed = dependencies.map((one) => ({ ...one, optional: one.optional ?? false }));
    const input = {
      ...{ product, version, chart, bytes, dependencies: needed, requires },
      ...(strategies.length > 0 && { strategies }),
    };
    const { id } = accepted(await registerRelease(this.context, caller, input));
    return this.get(id);
  }

  @Get()
  @Operation({
    summary: 'List releases',
    access: may('view', SOMEWHERE),
    answer: ReleaseView,
    page: true,
  })
  async list(@Query() query: ReleaseQuery): Promise<Page<ReleaseView>> {
    return listReleases(this.context, query.product, pageOf(query));
  }

  @Get(':id')
  @Operation({ summary: 'Show a release', access: may('view', SOMEWHERE), answer: ReleaseView })
  async get(@Param('id') id: string): Promise<ReleaseView> {
    const release = await findRelease(this.context, id);
    return found(release, 'catalog/release_not_found', `release ${JSON.stringify(id)}`);
  }
}
