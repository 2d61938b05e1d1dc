import type { Deployment } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** What the pipeline answers is spelled as its clients spell it. */
export class DeployAnswer {
  @ApiProperty()
  deployment_id!: string;

  @ApiProperty({ description: 'With 200 it has ended; with 202 it is under way, see Location.' })
  status!: string;

  @ApiProperty()
  message!: string;
}

export class ServiceStatusView {
  @ApiProperty()
  service!: string;

  @ApiProperty({ description: 'unknown where nothing was ever deployed.' })
  status!: string;

  @ApiPropertyOptional({ description: 'Absent where there is a version.' })
  message?: string;

  @ApiPropertyOptional()
  version?: string;

  @ApiPropertyOptional()
  environment?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  deployed_at?: string;

  @ApiPropertyOptional({ type: Number, nullable: true, description: 'null until it has ended.' })
  duration_seconds?: number | null;

  @ApiPropertyOptional()
  deployment_id?: string;

  @ApiPropertyOptional({
    description: 'Whether the version is pinned; else its environment follows a channel.',
  })
  pinned?: boolean;
}

class HistoryEntryView {
  @ApiProperty()
  id!: string;

  @ApiProperty({ type: String, nullable: true })
  from_version!: string | null;

  @ApiProperty()
  to_version!: string;

  @ApiProperty()
  environment!: string;

  @ApiProperty()
  status!: string;

  @ApiProperty({ format: 'date-time' })
  deployed_at!: string;

  @ApiProperty({ type: Number, nullable: true })
  duration_seconds!: number | null;

  @ApiProperty({ type: String, nullable: true })
  notes!: string | null;

  @ApiProperty()
  deployed_by!: string;

  @ApiProperty({ type: String, nullable: true })
  rollback_version!: string | null;
}

export class HistoryView {
  @ApiProperty()
  service!: string;

  @ApiProperty({ description: 'Of those that you may see.' })
  total_deployments!: number;

  @ApiProperty({ type: [HistoryEntryView], description: 'Newest first.' })
  history!: readonly HistoryEntryView[];
}

class StrategyView {
  @ApiProperty()
  name!: string;

  @ApiProperty()
  description!: string;
}

export class RulesView {
  @ApiProperty({ type: [String] })
  rules!: readonly string[];

  @ApiProperty({ type: [String] })
  valid_promotion_paths!: readonly string[];

  @ApiProperty({ type: [StrategyView] })
  strategies!: readonly StrategyView[];
}

/** What is said of the service of one deployment, its newest. */
export function serviceStatus(
  service: string,
  deployment: Deployment | undefined,
): ServiceStatusView {
  if (deployment === undefined) {
    return { service, status: 'unknown', message: 'No deployment history found' };
  }
  return {
    service,
    status: deployment.status,
    version: deployment.toVersion,
    environment: deployment.environment,
    deployed_at: deployment.deployedAt,
    duration_seconds: deployment.durationSeconds ?? null,
    deployment_id: deployment.id,
    pinned: 'version' in deployment.wish,
  };
}

export function historyEntry(deployment: Deployment): HistoryEntryView {
  return {
    id: deployment.id,
    from_version: deployment.fromVersion ?? null,
    to_version: deployment.toVersion,
    environment: deployment.environment,
    status: deployment.status,
    deployed_at: deployment.deployedAt,
    duration_seconds: deployment.durationSeconds ?? null,
    notes: deployment.notes ?? null,
    deployed_by: deployment.deployedBy,
    rollback_version: deployment.rollbackVersion ?? null,
  };
}
