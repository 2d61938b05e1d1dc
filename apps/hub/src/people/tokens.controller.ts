import { type Context, type Page, type Principal, revokeToken } from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { may } from '../http/access.js';
import { Caller } from '../http/caller.js';
import { SecretAnswer } from '../http/idempotency-key.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { PageQuery } from '../http/page-query.js';
import { accepted } from '../http/refused.js';
import { mentionedInBody, SOMEWHERE } from '../http/whereabouts.js';
import type { HubConfig } from '../config/hub-config.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { listTokens } from './list-tokens.js';
import { makeToken } from './make-token.js';
import { TokenRequest } from './people-requests.js';
import { NewTokenView, TokenView } from './people-views.js';

@ApiTags('people')
@Controller('api/v1/tokens')
export class TokensController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  @Get()
  @Operation({
    summary: 'List your tokens',
    access: may('tokens', SOMEWHERE),
    answer: TokenView,
    page: true,
  })
  list(@Caller() { name }: Principal, @Query() query: PageQuery): Promise<Page<TokenView>> {
    return listTokens(this.context, name, query);
  }

  @Post()
  @SecretAnswer(true)
  @PostOperation({
    summary: 'Make a token for yourself',
    description: 'By means of a token, only one that gives no more than that, and no longer.',
    access: may('tokens', mentionedInBody),
    answer: NewTokenView,
    status: 201,
  })
  issue(@Caller() caller: Principal, @Body() body: TokenRequest): Promise<NewTokenView> {
    return makeToken({ context: this.context, config: this.config }, caller, caller.name, body);
  }

  @Delete(':id')
  @DeleteOperation({ summary: 'Revoke a token of yours', access: may('tokens', SOMEWHERE) })
  async revoke(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    accepted(await revokeToken(this.context, caller, { id, owner: caller.name }));
  }
}
