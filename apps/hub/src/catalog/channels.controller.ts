import {
  addToChannel,
  type Context,
  type Page,
  type Principal,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../http/caller.js';
import { Operation, PostOperation } from '../http/operation.js';
import { accepted } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { ChannelReleaseRequest } from './catalog-requests.js';
import { ChannelReleaseView, ChannelView } from './catalog-views.js';

@ApiTags('catalog')
@Controller('api/v1/channels')
export class ChannelsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Get()
  @Operation({
    summary: 'List the channels that hold anything',
    access: 'people',
    answer: ChannelView,
    page: true,
  })
  async list(): Promise<Page<ChannelView>> {
    const names = await this.context.store.transact((unit) => unit.channels.names());
    return { items: names.map((name) => ({ name })) };
  }

  @Post(':name/releases')
  @PostOperation({
    summary: 'Put a release into a channel',
    access: 'people',
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
