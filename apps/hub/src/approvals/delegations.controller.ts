import { type Authority, mayDo } from '@apollo-deploy/domain';
import {
  type Context,
  type DelegationRecord,
  lendRoles,
  type Page,
  type Principal,
  takeRolesBack,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { may } from '../http/access.js';
import { Caller, May, Seen, type SeenEnvironments } from '../http/caller.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { accepted, found, Refused } from '../http/refused.js';
import { lentInBody, SOMEWHERE } from '../http/whereabouts.js';
import { CONTEXT } from '../platform/tokens.js';
import { DelegationRequest, readDelegationScope } from './delegation-requests.js';
import { DelegationView, delegationView } from './delegation-view.js';

@ApiTags('approvals')
@Controller('api/v1/delegations')
export class DelegationsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @PostOperation({
    summary: 'Lend roles of yours to somebody for a time',
    description:
      'To answer gates with, in your place. Never wider than what you have yourself, at the time when it is used. Who has roles in some environments only, or a token for some, names one in `scope.environment`.',
    access: may('delegate', lentInBody),
    answer: DelegationView,
    status: 201,
  })
  async lend(
    @Caller() caller: Principal,
    @Body() body: DelegationRequest,
  ): Promise<DelegationView> {
    const { to, roles, from, until } = body;
    const lent = {
      ...{ to, roles, scope: readDelegationScope(body), until: inUtc(until) },
      ...(from !== undefined && { from: inUtc(from) }),
    };
    return delegationView(accepted(await lendRoles(this.context, caller, lent)));
  }

  @Get()
  @Operation({
    summary: 'List delegations, those that have ended too',
    description: 'Who may not see every environment is shown those that they gave or were given.',
    access: may('view', SOMEWHERE),
    answer: DelegationView,
    page: true,
  })
  async list(
    @Caller() caller: Principal,
    @Seen() seen: SeenEnvironments,
    @Query() query: PageQuery,
  ): Promise<Page<DelegationView>> {
    const person = seen === undefined ? undefined : caller.name;
    const page = await this.context.store.transact((unit) =>
      unit.delegations.list(pageOf(query), person),
    );
    return mapPage(page, delegationView);
  }

  @Get(':id')
  @Operation({
    summary: 'Show a delegation',
    access: may('view', SOMEWHERE),
    answer: DelegationView,
  })
  async get(
    @Caller() caller: Principal,
    @Seen() seen: SeenEnvironments,
    @Param('id') id: string,
  ): Promise<DelegationView> {
    return delegationView(await this.find(id, { caller, seen }));
  }

  @Delete(':id')
  @DeleteOperation({
    summary: 'Take back what you have lent, before its time',
    access: may('delegate', SOMEWHERE),
  })
  async takeBack(
    @Caller() caller: Principal,
    @May() authority: Authority,
    @Seen() seen: SeenEnvironments,
    @Param('id') id: string,
  ): Promise<void> {
    // Who gave it never changes.
    const { giver } = await this.find(id, { caller, seen });
    if (giver !== caller.name && !mayDo(authority, 'people', 'everywhere')) {
      const detail = `${giver} has lent this; ask ${giver}, or somebody who says who may do what, to take it back`;
      throw new Refused('http/not_allowed', { detail, data: { giver } });
    }
    accepted(await takeRolesBack(this.context, caller, id));
  }

  private async find(id: string, { caller, seen }: Reader): Promise<DelegationRecord> {
    const stored = await this.context.store.transact((unit) => unit.delegations.get(id));
    const isTheirs = stored?.giver === caller.name || stored?.to === caller.name;
    const delegation = seen === undefined || isTheirs ? stored : undefined;
    const what = `delegation ${JSON.stringify(id)}`;
    return found(delegation, 'approval/delegation_not_found', what);
  }
}

interface Reader {
  readonly caller: Principal;
  readonly seen: SeenEnvironments;
}

function inUtc(instant: string): string {
  return new Date(instant).toISOString();
}
