import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { StreamOperation } from '../http/operation.js';
import { EVENTS_KEPT_HOURS } from './event-retention.js';
import { eventFilter, EventQuery } from './event-requests.js';
import { EventStreams } from './event-streams.js';

@ApiTags('events')
@Controller('api/v1/events')
export class EventsController {
  constructor(@Inject(EventStreams) private readonly streams: EventStreams) {}

  @Get()
  @StreamOperation({
    summary: 'Follow what becomes of plans, entities and spokes',
    description: `The data of each event is JSON: \`{id, at, type, subject: {kind, name, environment, entity?, product?}, data}\`. Without an id the stream begins with what happens next. With the id of the last event you have it goes on after that one, without a gap or a repetition; events are kept for ${String(EVENTS_KEPT_HOURS)} hours, and where that was not enough the stream begins with an event \`reset\`: read anew what you show. Types: plan.proposed, plan.blocked, plan.unblocked, plan.dispatched, plan.phase, plan.unknown, plan.ended, plan.changed; entity.created, entity.changed, entity.reported, entity.evaluated; spoke.registered, spoke.connected, spoke.disconnected, spoke.reported, spoke.revoked; schedule.opened.`,
    access: 'people',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event you have; browsers send it when they come again.',
  })
  async follow(
    @Query() query: EventQuery,
    @Headers('last-event-id') header: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const last = header === undefined || header === '' ? query.after : header;
    const start = await this.streams.start(last);
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    if (request.method === 'HEAD') response.end();
    else await this.streams.serve(response, start, eventFilter(query));
  }
}
