import { type Authority, type BreakGlass, mayDo } from '@apollo-deploy/domain';
import {
  backedNow,
  type Context,
  endBreakGlass,
  openBreakGlass,
  type Page,
  type Principal,
  reviewBreakGlass,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { may } from '../http/access.js';
import { Caller, May, Seen, type SeenEnvironments } from '../http/caller.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { mapPage, pageOf } from '../http/page-query.js';
import { IfMatch, type SeenVersion } from '../http/precondition.js';
import { accepted, found, Refused } from '../http/refused.js';
import { breakGlassOfPath, environmentOfBody, environmentOfQuery } from '../http/whereabouts.js';
import { CONTEXT } from '../platform/tokens.js';
import {
  breakGlassFilter,
  BreakGlassQuery,
  BreakGlassRequest,
  BreakGlassReviewRequest,
} from './break-glass-requests.js';
import { BreakGlassView, breakGlassView } from './break-glass-view.js';

@ApiTags('break-glass')
@Controller('api/v1/break-glass')
export class BreakGlassController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @PostOperation({
    summary: 'Let ordinary plans of a service go past what holds them, for a reason and a time',
    description:
      'Opened is owed: within 24 hours somebody else has to review it, or new versions of the service wait there and wherever no more is at stake. That of a hotfix that has ended owes nothing if no plan went by it. It counts while the roles that the hub keeps let its opener do it. To waive approvals takes the permission approve as well. Repairs and rollbacks are not changed by it.',
    access: may('break-glass', environmentOfBody),
    answer: BreakGlassView,
    status: 201,
    versioned: true,
  })
  async open(
    @Caller() caller: Principal,
    @May() authority: Authority,
    @Body() body: BreakGlassRequest,
  ): Promise<BreakGlassView> {
    const { service, ...asked } = body;
    refuseToWaive(body, authority);
    const opened = await openBreakGlass(this.context, caller, { ...asked, product: service });
    return this.view(accepted(opened));
  }

  @Get()
  @Operation({
    summary: 'List break-glasses, those that are over too',
    access: may('view', environmentOfQuery),
    answer: BreakGlassView,
    page: true,
  })
  async list(
    @Seen() seen: SeenEnvironments,
    @Query() query: BreakGlassQuery,
  ): Promise<Page<BreakGlassView>> {
    const page = await this.context.store.transact(async (unit) => {
      const listed = await unit.breakGlasses.list(breakGlassFilter(query, seen), pageOf(query));
      const counting = await backedNow(unit, listed.items);
      return {
        ...listed,
        items: listed.items.map((glass, at) => ({ glass, backed: counting[at] })),
      };
    });
    return mapPage(page, ({ glass, backed }) => this.view(glass, backed));
  }

  @Get(':id')
  @Operation({
    summary: 'Show a break-glass',
    access: may('view', breakGlassOfPath),
    answer: BreakGlassView,
    versioned: true,
  })
  async get(@Param('id') id: string): Promise<BreakGlassView> {
    const shown = await this.context.store.transact(async (unit) => {
      const glass = await unit.breakGlasses.get(id);
      if (glass === undefined) return undefined;
      const [backed] = await backedNow(unit, [glass]);
      return { glass, backed };
    });
    const what = `break-glass ${JSON.stringify(id)}`;
    const { glass, backed } = found(shown, 'break_glass/not_found', what);
    return this.view(glass, backed);
  }

  @Post(':id/review')
  @PostOperation({
    summary: 'Review what somebody else opened; either verdict settles what is owed',
    description: 'What is still in force ends: what would come after the review, nobody has seen.',
    access: may('review', breakGlassOfPath),
    answer: BreakGlassView,
    versioned: true,
  })
  async review(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() body: BreakGlassReviewRequest,
  ): Promise<BreakGlassView> {
    return this.view(accepted(await reviewBreakGlass(this.context, caller, id, body)));
  }

  @Delete(':id')
  @DeleteOperation({
    summary: 'End a break-glass before its time; the review stays owed',
    access: may('break-glass', breakGlassOfPath),
  })
  async end(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() version: SeenVersion,
  ): Promise<void> {
    accepted(await endBreakGlass(this.context, caller, id, version));
  }

  /** `backed`: as it counts by what its opener may do now. */
  private view(glass: BreakGlass, backed = glass): BreakGlassView {
    return breakGlassView(glass, backed, this.context.clock.now());
  }
}

/**
 * To waive the word of others is to speak for them: who could not give it, as whoever works on this
 * machine without logging in, does not do without it either.
 */
function refuseToWaive({ waives, environment }: BreakGlassRequest, authority: Authority): void {
  if (!waives.includes('approval') || mayDo(authority, 'approve', [environment])) return;
  throw new Refused('http/not_allowed', {
    detail: `to waive approval takes the permission approve in ${environment}; leave it out of waives, or ask somebody who may agree to plans there to open the break-glass`,
    field: 'waives',
    data: { permission: 'approve', environments: [environment] },
  });
}
