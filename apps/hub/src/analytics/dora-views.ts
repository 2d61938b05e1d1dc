import {
  DORA_ATTRIBUTION_HOURS,
  DORA_EXCLUSIONS,
  DORA_RULES,
  type DayRange,
  type DoraDurations,
  type DoraFigures,
  type DoraInterval,
  type DoraShare,
} from '@apollo-deploy/domain';
import type { DoraMetrics } from '@apollo-deploy/orchestration';
import { ApiProperty } from '@nestjs/swagger';

/** How many deployments a figure names. */
const NAMED_MAX = 100;

const COUNTS = 'only deployments by the pipeline (POST /deploy, /promote, /hotfix, /rollback)';
const NO_DATA = 'There is no such deployment, so there is no data: the figure is null, never 0.';
const NAMED = `The newest ${NAMED_MAX} that make up the figure.`;

class DoraFigureView {
  @ApiProperty({ description: NO_DATA })
  noData!: boolean;

  @ApiProperty({ description: 'How many deployments make up the figure.' })
  total!: number;
}

class DoraRateView extends DoraFigureView {
  @ApiProperty({ type: Number, nullable: true, description: '0 to 1, `total` of `of`.' })
  rate!: number | null;

  @ApiProperty({ description: 'Deployments that count.' })
  of!: number;

  @ApiProperty({ type: [String], description: NAMED })
  deployments!: readonly string[];
}

class DoraFailRateView extends DoraRateView {
  @ApiProperty({ description: 'More may still turn out to have failed.' })
  provisional!: boolean;

  @ApiProperty({ format: 'date-time', required: false, description: 'Until then it may change.' })
  provisionalUntil?: string;
}

class DoraFrequencyView extends DoraFigureView {
  @ApiProperty({
    type: Number,
    nullable: true,
    description: '`total` by the days of the range that have begun.',
  })
  perDay!: number | null;

  @ApiProperty({ type: [String], description: NAMED })
  deployments!: readonly string[];
}

class DoraIntervalView implements DoraInterval {
  @ApiProperty()
  deployment!: string;

  @ApiProperty({ format: 'date-time' })
  from!: string;

  @ApiProperty({ format: 'date-time' })
  to!: string;

  @ApiProperty({
    enum: [
      'release_registered',
      'unhealthy_look',
      'plan_failed',
      'deployment_ended',
      'intervention_asked',
    ],
    description: 'What it begins with.',
  })
  begins!: DoraInterval['begins'];
}

class DoraDurationView extends DoraFigureView {
  @ApiProperty({ type: Number, nullable: true, description: 'Half of all took no longer.' })
  medianSeconds!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: '90 % of all took no longer.' })
  p90Seconds!: number | null;

  @ApiProperty({ type: [DoraIntervalView], description: NAMED })
  intervals!: readonly DoraInterval[];
}

class DoraLeadTimeView extends DoraDurationView {
  @ApiProperty({ description: 'Where it begins: commits are not known here.' })
  from!: string;

  @ApiProperty({ description: 'Completed, of a release of which the registration is not known.' })
  unknown!: number;
}

class DoraOpenView {
  @ApiProperty()
  total!: number;

  @ApiProperty({ type: [String], description: `The newest ${NAMED_MAX}.` })
  deployments!: readonly string[];
}

class DoraRecoveryView extends DoraDurationView {
  @ApiProperty({ type: DoraOpenView, description: 'Failed, and not verified healthy since.' })
  notRecovered!: DoraOpenView;
}

class DoraPlaceView {
  @ApiProperty({ description: 'The name of a product.' })
  service!: string;

  @ApiProperty({ description: 'An environment of tier production.' })
  environment!: string;

  @ApiProperty({ description: 'From the registration of a release to its completion.' })
  leadTime!: DoraLeadTimeView;

  @ApiProperty()
  deploymentFrequency!: DoraFrequencyView;

  @ApiProperty({
    description: `Those that did not complete, or that a rollback or hotfix followed within ${DORA_ATTRIBUTION_HOURS} hours.`,
  })
  changeFailRate!: DoraFailRateView;

  @ApiProperty({ description: 'From the first sign of a failure to the end of what mended it.' })
  failedDeploymentRecoveryTime!: DoraRecoveryView;

  @ApiProperty({ description: 'Hotfixes.' })
  deploymentReworkRate!: DoraRateView;

  @ApiProperty({
    type: 'object',
    properties: Object.fromEntries(DORA_EXCLUSIONS.map((why) => [why, { type: 'integer' }])),
    description: 'Deployments that count in no figure, by why.',
  })
  excluded!: DoraFigures['excluded'];
}

export class DoraView {
  @ApiProperty({ format: 'date', description: 'The first UTC day that counts.' })
  from!: string;

  @ApiProperty({ format: 'date', description: 'The first UTC day that counts no more.' })
  to!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'Up to then it is known what became of the deployments.',
  })
  asOf!: string;

  @ApiProperty({ description: 'The version of the rules.' })
  rules!: string;

  @ApiProperty()
  attributionHours!: number;

  @ApiProperty({ description: 'Which deployments are known here.' })
  counts!: string;

  @ApiProperty({ description: 'Nothing was deployed to production on these days.' })
  noData!: boolean;

  @ApiProperty({
    type: [DoraPlaceView],
    description: 'Each service in each environment by itself, in their order.',
  })
  services!: readonly DoraPlaceView[];
}

export function doraView({ from, to }: DayRange, { asOf, places }: DoraMetrics): DoraView {
  return {
    ...{ from, to, asOf, rules: DORA_RULES, attributionHours: DORA_ATTRIBUTION_HOURS },
    ...{ counts: COUNTS, noData: places.length === 0, services: places.map(placeView) },
  };
}

function placeView(place: DoraFigures): DoraPlaceView {
  const { service, environment, leadTime, frequency, failRate, recovery, rework } = place;
  const { provisionalUntil } = failRate;
  const { perDay, ids } = frequency;
  return {
    ...{ service, environment },
    leadTime: {
      ...durationView(leadTime),
      from: 'release registration',
      unknown: leadTime.unknown,
    },
    deploymentFrequency: { perDay, noData: perDay === null, ...namedView(ids) },
    changeFailRate: {
      ...rateView(failRate),
      provisional: provisionalUntil !== undefined,
      ...(provisionalUntil !== undefined && { provisionalUntil }),
    },
    failedDeploymentRecoveryTime: {
      ...durationView(recovery),
      notRecovered: namedView(recovery.open),
    },
    deploymentReworkRate: rateView(rework),
    excluded: place.excluded,
  };
}

function durationView({ medianMs, p90Ms, intervals }: DoraDurations): DoraDurationView {
  return {
    ...{ noData: medianMs === null, total: intervals.length },
    ...{ medianSeconds: seconds(medianMs), p90Seconds: seconds(p90Ms) },
    intervals: intervals.slice(0, NAMED_MAX),
  };
}

function rateView({ rate, of, ids }: DoraShare): DoraRateView {
  return { rate, of, noData: rate === null, ...namedView(ids) };
}

function namedView(ids: readonly string[]): DoraOpenView {
  return { total: ids.length, deployments: ids.slice(0, NAMED_MAX) };
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
