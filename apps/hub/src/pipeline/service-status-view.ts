import {
  DECLARED_STRATEGIES,
  DEPLOYMENT_KINDS,
  type Deployment,
  hasEnded,
} from '@apollo-deploy/domain';
import type { ServiceStatus } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { wentOutAt } from './pipeline-views.js';

class RolloutStatusView {
  @ApiProperty({ enum: DECLARED_STRATEGIES })
  strategy!: string;

  @ApiProperty({ description: '1 = the first.' })
  step!: number;

  @ApiProperty()
  steps!: number;

  @ApiProperty({ description: "The new version's share in percent." })
  weight!: number;
}

const WHERE_IT_STANDS = {
  type: RolloutStatusView,
  description:
    'Where a strategy stands that goes by steps, while it is under way; of several spokes the one that is least far.',
};

const PINNED = {
  description:
    'Whether the version was named, and so stays pinned; else its environment follows a channel once it has come about.',
};

class PlaceStatusView {
  @ApiProperty()
  environment!: string;

  @ApiProperty()
  status!: string;

  @ApiProperty()
  version!: string;

  @ApiProperty({ enum: DEPLOYMENT_KINDS })
  kind!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was asked for.' })
  deployed_at!: string;

  @ApiProperty({
    ...{ type: String, format: 'date-time', nullable: true },
    description: 'When the first of it went out. null: nothing has.',
  })
  went_out_at!: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'null until it has ended.' })
  duration_seconds!: number | null;

  @ApiProperty()
  deployment_id!: string;

  @ApiProperty(PINNED)
  pinned!: boolean;

  @ApiPropertyOptional(WHERE_IT_STANDS)
  rollout?: RolloutStatusView;
}

class BackPortView {
  @ApiProperty({ description: 'The hotfix.' })
  deployment_id!: string;

  @ApiProperty()
  version!: string;

  @ApiProperty({
    type: [String],
    description:
      'The environments below production that do not run it, or something newer, everywhere.',
  })
  missing_in!: readonly string[];

  @ApiProperty({ format: 'date-time', description: 'When the hotfix completed.' })
  since!: string;
}

class RunsView {
  @ApiProperty()
  environment!: string;

  @ApiProperty({ type: [String], description: 'Each once. Empty: none that is known of.' })
  versions!: readonly string[];

  @ApiProperty({ description: 'Whether all that is to run there is Healthy.' })
  healthy!: boolean;
}

class OwedReviewView {
  @ApiProperty()
  break_glass!: string;

  @ApiPropertyOptional({ description: 'The hotfix that it was opened for. Absent: none.' })
  deployment_id?: string;

  @ApiProperty()
  environment!: string;

  @ApiProperty()
  opened_by!: string;

  @ApiProperty({ format: 'date-time', description: 'Overdue from here on.' })
  due_at!: string;
}

export class ServiceStatusView {
  @ApiProperty()
  service!: string;

  @ApiProperty({ description: 'unknown where nothing was ever deployed.' })
  status!: string;

  @ApiPropertyOptional({ description: 'Absent where there is a version.' })
  message?: string;

  @ApiPropertyOptional({ description: 'Nobody has registered a service of that name.' })
  warning?: string;

  @ApiPropertyOptional()
  version?: string;

  @ApiPropertyOptional()
  environment?: string;

  @ApiPropertyOptional({ enum: DEPLOYMENT_KINDS })
  kind?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'When it was asked for.' })
  deployed_at?: string;

  @ApiPropertyOptional({
    ...{ type: String, format: 'date-time', nullable: true },
    description: 'When the first of it went out. null: nothing has.',
  })
  went_out_at?: string | null;

  @ApiPropertyOptional({ type: Number, nullable: true, description: 'null until it has ended.' })
  duration_seconds?: number | null;

  @ApiPropertyOptional()
  deployment_id?: string;

  @ApiPropertyOptional(PINNED)
  pinned?: boolean;

  @ApiPropertyOptional(WHERE_IT_STANDS)
  rollout?: RolloutStatusView;

  @ApiPropertyOptional({
    type: [PlaceStatusView],
    description: 'The newest deployment of each environment; the fields beside are the latest.',
  })
  environments?: readonly PlaceStatusView[];

  @ApiPropertyOptional({
    type: [BackPortView],
    description: 'Hotfixes that are still to be brought back. Absent: none is.',
  })
  back_ports?: readonly BackPortView[];

  @ApiPropertyOptional({
    type: [RunsView],
    description:
      'What runs, as the spokes said last, whatever became of deployments. Absent: it is to run nowhere.',
  })
  runs?: readonly RunsView[];

  @ApiPropertyOptional({
    type: [OwedReviewView],
    description: 'Break-glasses that a second person has still to review. Absent: none.',
  })
  reviews?: readonly OwedReviewView[];
}

/** What is said of a service: its latest deployment, that of each environment, and what it owes. */
export function serviceStatusView(
  service: string,
  { latest, places, backPorts, runs, reviews }: ServiceStatus,
): ServiceStatusView {
  const running = runs.length > 0 && { runs: runs.map(runsView) };
  if (latest === undefined) {
    return { service, status: 'unknown', message: 'No deployment history found', ...running };
  }
  return {
    service,
    ...placeStatus(latest),
    environments: places.map(placeStatus),
    ...running,
    ...(backPorts.length > 0 && {
      back_ports: backPorts.map(({ hotfix, missingIn, since }) => ({
        ...{ deployment_id: hotfix.id, version: hotfix.toVersion, missing_in: missingIn, since },
      })),
    }),
    ...(reviews.length > 0 && { reviews: reviews.map(owedReviewView) }),
  };
}

function runsView({ environment, running, healthy }: ServiceStatus['runs'][number]): RunsView {
  const versions = [...new Set(running.flatMap((version) => version ?? []))];
  return { environment, versions, healthy };
}

function owedReviewView(glass: ServiceStatus['reviews'][number]): OwedReviewView {
  const { id, deployment, environment, openedBy, dueAt } = glass;
  return {
    ...{ break_glass: id, environment, opened_by: openedBy, due_at: dueAt },
    ...(deployment !== undefined && { deployment_id: deployment }),
  };
}

function placeStatus(deployment: Deployment): PlaceStatusView {
  return {
    status: deployment.status,
    version: deployment.toVersion,
    environment: deployment.environment,
    kind: deployment.kind,
    deployed_at: deployment.deployedAt,
    went_out_at: wentOutAt(deployment),
    duration_seconds: deployment.durationSeconds ?? null,
    deployment_id: deployment.id,
    pinned: 'version' in deployment.wish,
    ...rolloutStatus(deployment),
  };
}

function rolloutStatus({ status, targets }: Deployment): Pick<PlaceStatusView, 'rollout'> {
  if (hasEnded(status)) return {};
  const [least] = targets
    .flatMap(({ rollout }) => rollout ?? [])
    .sort((one, other) => one.step - other.step);
  if (least === undefined) return {};
  const { strategy, step, steps, values } = least;
  return { rollout: { strategy, step, steps, weight: values?.weight ?? 100 } };
}
