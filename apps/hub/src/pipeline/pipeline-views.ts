import { DEPLOYMENT_KINDS, type Deployment } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

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

  @ApiProperty({ enum: DEPLOYMENT_KINDS })
  kind!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was asked for.' })
  deployed_at!: string;

  @ApiProperty({
    ...{ type: String, format: 'date-time', nullable: true },
    description: 'When the first of it went out. null: nothing has.',
  })
  went_out_at!: string | null;

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

  @ApiPropertyOptional({ description: 'Nobody has registered a service of that name.' })
  warning?: string;

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

export function historyEntry(deployment: Deployment): HistoryEntryView {
  return {
    id: deployment.id,
    from_version: deployment.fromVersion ?? null,
    to_version: deployment.toVersion,
    environment: deployment.environment,
    status: deployment.status,
    kind: deployment.kind,
    deployed_at: deployment.deployedAt,
    went_out_at: wentOutAt(deployment),
    duration_seconds: deployment.durationSeconds ?? null,
    notes: deployment.notes ?? null,
    deployed_by: deployment.deployedBy,
    rollback_version: deployment.rollbackVersion ?? null,
  };
}

/** When the first of a deployment went out (RFC 3339); `null` while nothing has. */
export function wentOutAt({ steps }: Pick<Deployment, 'steps'>): string | null {
  return steps.find(({ status }) => status === 'deploying')?.at ?? null;
}
