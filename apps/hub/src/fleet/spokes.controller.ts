import {
  acceptSpoke,
  changeSpokeLimit,
  type Context,
  endJoinTokens,
  type Page,
  type Principal,
  revokeSpoke,
  unusedJoinTokens,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { LimitRequest } from '../catalog/limit-request.js';
import { Caller, Seen, type SeenEnvironments } from '../http/caller.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { AcceptRequest, RevokeRequest } from './spoke-requests.js';
import { readSpokeReleases, SpokeReleaseQuery, SpokeReleaseView } from './spoke-releases.js';
import { SpokeView, spokeView } from './spoke-view.js';
import { UnusedJoinTokenView, unusedJoinTokenView } from './unused-join-token-view.js';
import { may } from '../http/access.js';
import { SOMEWHERE, spokeOfPath } from '../http/whereabouts.js';

@ApiTags('fleet')
@Controller('api/v1/spokes')
export class SpokesController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Get()
  @Operation({
    summary: 'List spokes',
    access: may('view', SOMEWHERE),
    answer: SpokeView,
    page: true,
  })
  async list(@Seen() seen: SeenEnvironments, @Query() query: PageQuery): Promise<Page<SpokeView>> {
    const page = await this.context.store.transact((unit) => unit.spokes.list(pageOf(query), seen));
    return mapPage(page, (spoke) => spokeView(spoke, this.context));
  }

  @Get(':name')
  @Operation({ summary: 'Show a spoke', access: may('view', spokeOfPath), answer: SpokeView })
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
    access: may('view', spokeOfPath),
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
    access: may('fleet', spokeOfPath),
    answer: SpokeView,
  })
  async limit(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() body: LimitRequest,
  ): Promise<SpokeView> {
    const changed = await changeSpokeLimit(this.context, caller, { ...body, name });
    return spokeView(accepted(changed), this.context);
  }

  @Get(':name/join-tokens')
  @Operation({
    summary: 'List the join tokens of a spoke that are still good, oldest first',
    description: 'What they are is shown once, to who makes them.',
    access: may('fleet', spokeOfPath),
    answer: UnusedJoinTokenView,
    page: true,
  })
  async unusedTokens(@Param('name') name: string): Promise<Page<UnusedJoinTokenView>> {
    const unused = await unusedJoinTokens(this.context, name);
    return { items: accepted(unused).map(unusedJoinTokenView) };
  }

  @Delete(':name/join-tokens')
  @DeleteOperation({
    summary: 'End the join tokens of a spoke that nobody has used',
    access: may('fleet', spokeOfPath),
  })
  async endTokens(@Caller() caller: Principal, @Param('name') name: string): Promise<void> {
    accepted(await endJoinTokens(this.context, caller, name));
  }

  @Post(':name/accept')
  @PostOperation({
    summary: 'Accept a spoke that has joined; its key may connect from now on',
    description: 'Also ends its alarm: whoever accepts has found out what it was.',
    access: may('fleet', spokeOfPath),
    answer: SpokeView,
  })
  async accept(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() body: AcceptRequest,
  ): Promise<SpokeView> {
    const spoke = await acceptSpoke(this.context, caller, { ...body, name });
    return spokeView(accepted(spoke), this.context);
  }

  @Post(':name/revoke')
  @PostOperation({
    summary:
      'Take the trust from a spoke: its connection is closed, and its key is of no use any more',
    description:
      'What waits for it is not sent, and nothing that it still says is kept. Plans that it executes stay until a person says what became of them (POST /api/v1/plans/{id}/resolve).',
    access: may('fleet', spokeOfPath),
    answer: SpokeView,
  })
  async revoke(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() { reason }: RevokeRequest,
  ): Promise<SpokeView> {
    return spokeView(
      accepted(await revokeSpoke(this.context, caller, { name, reason })),
      this.context,
    );
  }
}
