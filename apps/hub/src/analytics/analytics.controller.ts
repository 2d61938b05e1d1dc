import { parseDayRange } from '@apollo-deploy/domain';
import { type Context, planAnalytics } from '@apollo-deploy/orchestration';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Operation } from '../http/operation.js';
import { Refused } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { PlanAnalyticsQuery } from './analytics-requests.js';
import { PlanAnalyticsView, planAnalyticsView } from './analytics-views.js';

@ApiTags('analytics')
@Controller('api/v1/analytics')
export class AnalyticsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Get('plans')
  @Operation({
    summary: 'Say how plans ended, how long they took and waited, and what blocked them',
    access: 'people',
    answer: PlanAnalyticsView,
  })
  async plans(@Query() { by = 'type', ...range }: PlanAnalyticsQuery): Promise<PlanAnalyticsView> {
    const days = parseDayRange(range, this.context.clock.now());
    if (!days.ok) throw new Refused('http/invalid_request', days.error);
    return planAnalyticsView(days.value, await planAnalytics(this.context, by, days.value));
  }
}
