import type { Authority } from '@apollo-deploy/domain';
import {
  type Context,
  type Page,
  type Principal,
  revokeToken,
  setRoles,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { may } from '../http/access.js';
import { Caller, May } from '../http/caller.js';
import { SecretAnswer } from '../http/idempotency-key.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { IfMatchOrNone, type Precondition } from '../http/precondition.js';
import { accepted, found } from '../http/refused.js';
import { EVERYWHERE, SOMEWHERE } from '../http/whereabouts.js';
import type { HubConfig } from '../config/hub-config.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { makeToken } from './make-token.js';
import { RolesRequest, TokenRequest } from './people-requests.js';
import { MeView, meView, NewTokenView, PersonView, personView, TokenView } from './people-views.js';
import { listTokens } from './list-tokens.js';

@ApiTags('people')
@Controller('api/v1')
export class PeopleController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  @Get('me')
  @Operation({
    summary: 'Show whom the hub takes you for, and what you may do',
    access: may('view', SOMEWHERE),
    answer: MeView,
  })
  me(@Caller() caller: Principal, @May() authority: Authority): MeView {
    return meView(caller, authority);
  }

  @Get('people')
  @Operation({
    summary: 'List people and machines',
    access: may('view', EVERYWHERE),
    answer: PersonView,
    page: true,
  })
  async list(@Query() query: PageQuery): Promise<Page<PersonView>> {
    const page = await this.context.store.transact((unit) => unit.people.list(pageOf(query)));
    return mapPage(page, personView);
  }

  @Get('people/:name')
  @Operation({
    summary: 'Show a person',
    access: may('view', EVERYWHERE),
    answer: PersonView,
    versioned: true,
  })
  async get(@Param('name') name: string): Promise<PersonView> {
    const person = await this.context.store.transact((unit) => unit.people.get(name));
    return personView(found(person, 'people/not_found', `person ${JSON.stringify(name)}`));
  }

  @Put('people/:name/roles')
  @Operation({
    summary: 'Say which roles a person or a machine has',
    description:
      'Who is not known yet is known then. Counts from the next request on. Nobody changes their own.',
    access: may('people', EVERYWHERE),
    answer: PersonView,
    versioned: true,
  })
  async setRoles(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() { roles, grants = [], disabled = false, machine = false }: RolesRequest,
    @IfMatchOrNone() seen: Precondition,
  ): Promise<PersonView> {
    const wanted = { name, roles, grants, disabled, machine, ...seen };
    return personView(accepted(await setRoles(this.context, caller, wanted)));
  }

  @Get('people/:name/tokens')
  @Operation({
    summary: 'List the tokens of somebody',
    access: may('people', EVERYWHERE),
    answer: TokenView,
    page: true,
  })
  tokens(@Param('name') name: string, @Query() query: PageQuery): Promise<Page<TokenView>> {
    return listTokens(this.context, name, query);
  }

  @Post('people/:name/tokens')
  @SecretAnswer(true)
  @PostOperation({
    summary: 'Make a token for somebody, or for a machine',
    description:
      'Where people log in with an identity provider, not for what takes a person, such as to approve or review: they make such tokens themselves.',
    access: may('people', EVERYWHERE),
    answer: NewTokenView,
    status: 201,
  })
  issue(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() body: TokenRequest,
  ): Promise<NewTokenView> {
    return makeToken({ context: this.context, config: this.config }, caller, name, body);
  }

  @Delete('people/:name/tokens/:id')
  @DeleteOperation({ summary: 'Revoke a token of somebody', access: may('people', EVERYWHERE) })
  async revoke(
    @Caller() caller: Principal,
    @Param('name') owner: string,
    @Param('id') id: string,
  ): Promise<void> {
    accepted(await revokeToken(this.context, caller, { id, owner }));
  }
}
