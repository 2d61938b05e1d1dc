import {
  type Context,
  listShownConstraints,
  type Page,
  type Principal,
  RecurringScheduleService,
  removeConstraint,
  showConstraint,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { acceptedFields } from '../constraints/accepted-fields.js';
import { Caller, Seen, type SeenEnvironments } from '../http/caller.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { IfMatch, type SeenVersion } from '../http/precondition.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { ScheduleRequest } from './schedule-requests.js';
import { ScheduleView, scheduleView } from './schedule-view.js';
import { may } from '../http/access.js';
import { constraintOfPath, environmentsOfBody, SOMEWHERE } from '../http/whereabouts.js';

const KIND = 'maintenance_window';

@ApiTags('schedules')
@Controller('api/v1/schedules')
export class SchedulesController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(RecurringScheduleService) private readonly service: RecurringScheduleService,
  ) {}

  @Post()
  @PostOperation({
    summary: 'Open environments again and again; outside they are shut from now on',
    access: may('restrain', environmentsOfBody),
    answer: ScheduleView,
    status: 201,
    versioned: true,
  })
  async create(@Caller() caller: Principal, @Body() body: ScheduleRequest): Promise<ScheduleView> {
    const stored = await this.service.createSchedule(caller, body);
    return scheduleView(acceptedFields(stored, ['spec', 'scope']));
  }

  @Get()
  @Operation({
    summary: 'List schedules: all recurring maintenance windows',
    access: may('view', SOMEWHERE),
    answer: ScheduleView,
    page: true,
  })
  async list(
    @Seen() seen: SeenEnvironments,
    @Query() query: PageQuery,
  ): Promise<Page<ScheduleView>> {
    const page = await this.context.store.transact((unit) =>
      listShownConstraints(unit, { kind: KIND, seen }, pageOf(query)),
    );
    return mapPage(page, scheduleView);
  }

  @Get(':id')
  @Operation({
    summary: 'Show a schedule',
    access: may('view', SOMEWHERE),
    answer: ScheduleView,
    versioned: true,
  })
  async get(@Seen() seen: SeenEnvironments, @Param('id') id: string): Promise<ScheduleView> {
    const stored = await this.context.store.transact((unit) =>
      showConstraint(unit, id, { kind: KIND, seen }),
    );
    const what = `schedule ${JSON.stringify(id)}`;
    return scheduleView(found(stored, 'constraint/not_found', what));
  }

  @Delete(':id')
  @DeleteOperation({
    summary: 'Remove a schedule',
    access: may('restrain', constraintOfPath),
  })
  async remove(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() version: SeenVersion,
  ): Promise<void> {
    accepted(await removeConstraint(this.context, caller, id, { kind: KIND, version }));
  }
}
