import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { HubRequest } from '../http/hub-request.js';
import { Seen, type SeenEnvironments } from '../http/caller.js';
import { StreamOperation } from '../http/operation.js';
import { EVENTS_KEPT_HOURS } from './event-retention.js';
import { eventFilter, EventQuery } from './event-requests.js';
import { EventStreams } from './event-streams.js';
import { may } from '../http/access.js';
import { environmentOfQuery } from '../http/whereabouts.js';

@ApiTags('events')
@Controller('api/v1/events')
export class EventsController {
  constructor(@Inject(EventStreams) private readonly streams: EventStreams) {}

  @Get()
  @StreamOperation({
    summary: 'Follow what becomes of plans, entities and spokes',
    description: `The data of each event is JSON: \`{id, at, type, subject: {kind, name, environment, entity?, product?}, data}\`. Without an id the stream begins with what happens next. With the id of the last event you have it goes on after that one, without a gap or a repetition; events are kept for ${String(EVENTS_KEPT_HOURS)} hours, and where that was not enough the stream begins with an event \`reset\`: read anew what you show. Types: plan.proposed, plan.blocked, plan.unblocked, plan.dispatched, plan.phase, plan.unknown, plan.ended, plan.changed, plan.approval_requested, plan.approval_escalated, plan.approved, plan.approval_withdrawn, plan.approval_lapsed, plan.rejected; entity.created, entity.changed, entity.reported, entity.evaluated; spoke.registered, spoke.joined, spoke.accepted, spoke.connected, spoke.disconnected, spoke.reported, spoke.blind, spoke.sees_again, spoke.ledger_lost, spoke.revoked, spoke.alarm; schedule.opened; hold.placed, hold.ended; break_glass.opened, break_glass.used, break_glass.ended, break_glass.reviewed, break_glass.unused, break_glass.overdue; deployment.pending, deployment.pre_checks, deployment.backing_up, deployment.deploying, deployment.health_check, deployment.completed, deployment.failed, deployment.rolled_back.`,
    access: may('view', environmentOfQuery),
    type: 'text/event-stream',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event you have; browsers send it when they come again.',
  })
  async follow(
    @Seen() seen: SeenEnvironments,
    @Query() query: EventQuery,
    @Headers('last-event-id') header: string | undefined,
    @Req() request: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    const last = header === undefined || header === '' ? query.after : header;
    const start = await this.streams.start(last);
    this.streams.refuseMore(request.standing);
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    if (request.method === 'HEAD') response.end();
    else {
      const filter = { ...eventFilter(query), ...(seen !== undefined && { seen }) };
      await this.streams.serve(response, start, { filter, standing: request.standing });
    }
  }
}
