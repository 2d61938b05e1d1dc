import { type PlanStatistics, QUANTILE_ERROR, WAIT_KINDS } from '@apollo-deploy/domain';
import type { DayRange } from '@apollo-deploy/domain';
import type { PlanAnalytics, PlanGroup } from '@apollo-deploy/orchestration';
import { ApiProperty } from '@nestjs/swagger';

const NEAR = `Within ${QUANTILE_ERROR * 100} % of the duration of a plan.`;
const NONE = 'null: there is no such plan, so there is no data.';
const SECONDS = { type: 'number', minimum: 0 } as const;

class DurationView {
  @ApiProperty({ description: 'Exact.' })
  mean!: number;

  @ApiProperty({ description: NEAR })
  p50!: number;

  @ApiProperty({ description: NEAR })
  p95!: number;
}

class ViolationCountView {
  @ApiProperty({ description: 'The code of a violation.' })
  code!: string;

  @ApiProperty({ description: 'How many plans it has blocked, on the day when it first did.' })
  count!: number;
}

class ApproverView {
  @ApiProperty()
  by!: string;

  @ApiProperty({ description: 'Approvals given, those that were withdrawn or lapsed among them.' })
  count!: number;

  @ApiProperty({
    description: `From the making of a plan to its approval: half took no longer. ${NEAR}`,
  })
  medianSeconds!: number;
}

class PlanGroupView {
  @ApiProperty({ description: 'The type, product, environment or day.' })
  key!: string;

  @ApiProperty({
    description: 'Plans that succeeded or failed. One in doubt counts once resolved.',
  })
  total!: number;

  @ApiProperty()
  succeeded!: number;

  @ApiProperty({ description: 'With those that were rolled back afterwards.' })
  failed!: number;

  @ApiProperty({ description: 'Of the failed, by the day on which they failed.' })
  rolledBack!: number;

  @ApiProperty({ description: 'Beside the total, and in no rate: they changed nothing.' })
  cancelled!: number;

  @ApiProperty({ type: Number, nullable: true, description: `0 to 1, of the total. ${NONE}` })
  successRate!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: `0 to 1, of the total. ${NONE}` })
  rollbackRate!: number | null;

  @ApiProperty({
    type: DurationView,
    nullable: true,
    description: `From the offer (startedAt) to the instant at which the spoke saw the end (endedAt), however late the hub heard of it; of plans that ended before the eyes of their spoke. ${NONE}`,
  })
  durationSeconds!: DurationView | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    properties: {
      ...Object.fromEntries(WAIT_KINDS.map((kind) => [kind, SECONDS])),
      execution: SECONDS,
    },
    description: `Mean seconds that such a plan waited for each before it started, and \`execution\` itself; together, the time from its making to its end. While several held it at once, the first of ${WAIT_KINDS.join(', ')} counts; \`start\`: nothing held it. ${NONE}`,
  })
  waits!: PlanStatistics['waitsMs'];

  @ApiProperty({ type: [ViolationCountView], description: 'The most frequent first.' })
  violations!: readonly ViolationCountView[];

  @ApiProperty({
    type: Number,
    nullable: true,
    description: `Those that went past something by a break-glass: 0 to 1, of the total. ${NONE}`,
  })
  breakGlassRate!: number | null;

  @ApiProperty({
    type: [ApproverView],
    description: 'By the day on which they were given; who gave most comes first.',
  })
  approvals!: readonly ApproverView[];
}

export class PlanAnalyticsView {
  @ApiProperty({ format: 'date', description: 'The first UTC day that counts.' })
  from!: string;

  @ApiProperty({ format: 'date', description: 'The first UTC day that counts no more.' })
  to!: string;

  @ApiProperty({
    type: [PlanGroupView],
    description:
      'By key. Only those with a plan that ended, was blocked or was approved on these days.',
  })
  groups!: readonly PlanGroupView[];

  @ApiProperty({ type: [ViolationCountView], description: 'Of all groups.' })
  violations!: readonly ViolationCountView[];
}

export function planAnalyticsView(
  { from, to }: DayRange,
  { groups, violations }: PlanAnalytics,
): PlanAnalyticsView {
  return { from, to, groups: groups.map(groupView), violations };
}

function groupView({ durationMs, waitsMs, approvals, ...counts }: PlanGroup): PlanGroupView {
  return {
    ...counts,
    approvals: approvals.map(({ by, count, medianMs }) => ({
      ...{ by, count },
      medianSeconds: Math.round(medianMs) / 1000,
    })),
    durationSeconds: durationMs === null ? null : inSeconds(durationMs),
    waits: waitsMs === null ? null : inSeconds(waitsMs),
  };
}

/** To the millisecond. */
function inSeconds<K extends string>(ms: Readonly<Record<K, number>>): Record<K, number> {
  const entries = Object.entries<number>(ms).map(([name, of]) => [name, Math.round(of) / 1000]);
  return Object.fromEntries(entries) as Record<K, number>;
}
