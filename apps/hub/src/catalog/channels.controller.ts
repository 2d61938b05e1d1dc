import {
  addToChannel,
  type Context,
  type Page,
  pageOf as pageFrom,
  type Principal,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../http/caller.js';
import { Operation, PostOperation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { accepted } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { ChannelReleaseRequest } from './catalog-requests.js';
import { ChannelReleaseView, ChannelView } from './catalog-views.js';
import { may } from '../http/access.js';
import { EVERYWHERE, SOMEWHERE } from '../http/whereabouts.js';

@ApiTags('catalog')
@Controller('api/v1/channels')
export class ChannelsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Get()
  @Operation({
    summary: 'List the channels that hold anything',
    access: may('view', SOMEWHERE),
    answer: ChannelView,
    page: true,
  })
  async list(@Query() query: PageQuery): Promise<Page<ChannelView>> {
    const request = pageOf(query);
    const names = await this.context.store.transact((unit) => unit.channels.names());
    const rest = names.filter((name) => request.after === undefined || name > request.after);
    return mapPage(
      pageFrom(rest, request, (name) => name),
      (name) => ({ name }),
    );
  }

  @Post(':name/releases')
  @PostOperation({
    summary: 'Put a release into a channel',
    access: may('release', EVERYWHERE),
    answer: ChannelReleaseView,
  })
  async add(
    @Caller() caller: Principal,
    @Param('name') channel: string,
    @Body() { product, version }: ChannelReleaseRequest,
  ): Promise<ChannelReleaseView> {
    accepted(await addToChannel(this.context, caller, { channel, product, version }));
    return { channel, product, version };
  }
}
