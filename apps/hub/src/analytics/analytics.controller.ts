import { type DayRange, parseDayRange } from '@apollo-deploy/domain';
import { type Context, doraMetrics, planAnalytics } from '@apollo-deploy/orchestration';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Seen, type SeenEnvironments } from '../http/caller.js';
import { Operation } from '../http/operation.js';
import { Refused } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { DoraQuery, PlanAnalyticsQuery } from './analytics-requests.js';
import { PlanAnalyticsView, planAnalyticsView } from './analytics-views.js';
import { DoraView, doraView } from './dora-views.js';
import { may } from '../http/access.js';
import { SOMEWHERE } from '../http/whereabouts.js';

@ApiTags('analytics')
@Controller('api/v1/analytics')
export class AnalyticsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Get('plans')
  @Operation({
    summary: 'Say how plans ended, how long they took and waited, and what blocked them',
    description: 'Of plans in environments that you may see.',
    access: may('view', SOMEWHERE),
    answer: PlanAnalyticsView,
  })
  async plans(
    @Seen() seen: SeenEnvironments,
    @Query() { by = 'type', ...range }: PlanAnalyticsQuery,
  ): Promise<PlanAnalyticsView> {
    const days = this.daysOf(range);
    return planAnalyticsView(days, await planAnalytics(this.context, by, days, seen));
  }

  @Get('dora')
  @Operation({
    summary: 'Say how often and how well services are deployed to production: the five of DORA',
    description:
      'Of environments of tier production that you may see, by the day on which a deployment was asked for. What counts and what does not, docs/engine.md says.',
    access: may('view', SOMEWHERE),
    answer: DoraView,
  })
  async dora(
    @Seen() seen: SeenEnvironments,
    @Query() { environment, service, ...range }: DoraQuery,
  ): Promise<DoraView> {
    const days = this.daysOf(range);
    const question = {
      days,
      ...(environment !== undefined && { environment }),
      ...(service !== undefined && { service }),
    };
    const metrics = await doraMetrics(this.context, question, seen);
    if (!metrics.ok) throw new Refused('http/invalid_request', metrics.error);
    return doraView(days, metrics.value);
  }

  private daysOf(range: Readonly<Partial<DayRange>>): DayRange {
    const days = parseDayRange(range, this.context.clock.now());
    if (!days.ok) throw new Refused('http/invalid_request', days.error);
    return days.value;
  }
}
