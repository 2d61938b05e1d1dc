import {
  type Context,
  holdEntity,
  liftHold,
  type Page,
  type Principal,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Seen, type SeenEnvironments } from '../http/caller.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { HoldRequest } from './hold-requests.js';
import { HoldView, holdView } from './hold-view.js';
import { may } from '../http/access.js';
import { entityOfBody, holdOfPath, SOMEWHERE } from '../http/whereabouts.js';

@ApiTags('holds')
@Controller('api/v1/holds')
export class HoldsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @PostOperation({
    summary: 'Hold an entity at what runs now',
    access: may('restrain', entityOfBody),
    answer: HoldView,
    status: 201,
  })
  async hold(@Caller() caller: Principal, @Body() body: HoldRequest): Promise<HoldView> {
    return holdView(accepted(await holdEntity(this.context, caller, body)));
  }

  @Get()
  @Operation({
    summary: 'List holds',
    access: may('view', SOMEWHERE),
    answer: HoldView,
    page: true,
  })
  async list(@Seen() seen: SeenEnvironments, @Query() query: PageQuery): Promise<Page<HoldView>> {
    const page = await this.context.store.transact((unit) => unit.holds.list(pageOf(query), seen));
    return mapPage(page, holdView);
  }

  @Get(':id')
  @Operation({ summary: 'Show a hold', access: may('view', holdOfPath), answer: HoldView })
  async get(@Param('id') id: string): Promise<HoldView> {
    const hold = await this.context.store.transact((unit) => unit.holds.get(id));
    return holdView(found(hold, 'hold/not_found', `hold ${JSON.stringify(id)}`));
  }

  @Delete(':id')
  @DeleteOperation({ summary: 'Lift a hold', access: may('restrain', holdOfPath) })
  async lift(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    accepted(await liftHold(this.context, caller, id));
  }
}
