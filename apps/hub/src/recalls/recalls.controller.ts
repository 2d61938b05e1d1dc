import {
  addRecall,
  type Context,
  type Page,
  type Principal,
  withdrawRecall,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../http/caller.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { mapPage, pageOf } from '../http/page-query.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { RecallQuery, RecallRequest } from './recall-requests.js';
import { RecallView, recallView } from './recall-view.js';
import { may } from '../http/access.js';
import { EVERYWHERE, SOMEWHERE } from '../http/whereabouts.js';

@ApiTags('recalls')
@Controller('api/v1/recalls')
export class RecallsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @PostOperation({
    summary: 'Recall the releases of a product in a range; none of them is installed from now on',
    access: may('recall', EVERYWHERE),
    answer: RecallView,
    status: 201,
  })
  async add(@Caller() caller: Principal, @Body() request: RecallRequest): Promise<RecallView> {
    return recallView(accepted(await addRecall(this.context, caller, request)));
  }

  @Get()
  @Operation({
    summary: 'List recalls that stand',
    access: may('view', SOMEWHERE),
    answer: RecallView,
    page: true,
  })
  async list(@Query() query: RecallQuery): Promise<Page<RecallView>> {
    const page = await this.context.store.transact((unit) =>
      unit.recalls.list(query.product, pageOf(query)),
    );
    return mapPage(page, recallView);
  }

  @Get(':id')
  @Operation({ summary: 'Show a recall', access: may('view', SOMEWHERE), answer: RecallView })
  async get(@Param('id') id: string): Promise<RecallView> {
    const recall = await this.context.store.transact((unit) => unit.recalls.get(id));
    return recallView(found(recall, 'recall/not_found', `recall ${JSON.stringify(id)}`));
  }

  @Delete(':id')
  @DeleteOperation({
    summary: 'Withdraw a recall; what only it covered may run again',
    access: may('recall', EVERYWHERE),
  })
  async withdraw(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    accepted(await withdrawRecall(this.context, caller, id));
  }
}
