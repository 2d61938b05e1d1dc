import { type Context, type Page } from '@apollo-deploy/orchestration';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Operation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
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
}
