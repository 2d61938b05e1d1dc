import {
  DEPLOYMENT_BACKUPS,
  DEPLOYMENT_KINDS,
  DEPLOYMENT_STATUSES,
  DEPLOYMENT_STRATEGIES,
  type Deployment,
  restoredValues,
  WAIVABLE,
} from '@apollo-deploy/domain';
import type { ListedDeployment, ShownDeployment } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ValueChangeView } from '../plans/diff-view.js';
import { DeploymentTargetView, targetView } from './deployment-target-view.js';
import { WaitView, waitView } from './wait-view.js';

class StepView {
  @ApiProperty({ enum: DEPLOYMENT_STATUSES })
  status!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

class FollowedPlanView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  spoke!: string;

  @ApiProperty()
  state!: string;
}

export class RestoredValuesView {
  @ApiProperty()
  entity!: string;

  @ApiProperty({ type: [ValueChangeView], description: '500 at most, lists by position.' })
  changes!: readonly ValueChangeView[];

  @ApiProperty({ description: 'How many changes there are besides.' })
  more!: number;
}

class BreakGlassGrantView {
  @ApiProperty({ enum: WAIVABLE, isArray: true, description: 'What it is to go past.' })
  waives!: readonly string[];

  @ApiProperty({
    format: 'date-time',
    description: 'From here on none is opened; one that is ends here.',
  })
  until!: string;

  @ApiPropertyOptional({
    description: 'Why none was opened when it left the line, or one that waives less.',
  })
  refused?: string;
}

export class DeploymentView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  service!: string;

  @ApiProperty()
  environment!: string;

  @ApiProperty({ enum: DEPLOYMENT_KINDS })
  kind!: string;

  @ApiProperty({ enum: DEPLOYMENT_STATUSES })
  status!: string;

  @ApiProperty({ enum: DEPLOYMENT_STRATEGIES })
  strategy!: string;

  @ApiPropertyOptional({
    description: 'What ran when it began. Absent: nothing did, or it has not begun.',
  })
  fromVersion?: string;

  @ApiProperty()
  toVersion!: string;

  @ApiProperty()
  chartSha256!: string;

  @ApiProperty()
  deployedBy!: string;

  @ApiProperty({ format: 'date-time' })
  deployedAt!: string;

  @ApiPropertyOptional()
  reason?: string;

  @ApiPropertyOptional({ description: 'How it came out.' })
  notes?: string;

  @ApiPropertyOptional({ description: 'What it was taken back to.' })
  rollbackVersion?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  endedAt?: string;

  @ApiPropertyOptional()
  durationSeconds?: number;

  @ApiProperty({ enum: DEPLOYMENT_BACKUPS })
  backup!: string;

  @ApiProperty({ type: [FollowedPlanView] })
  plans!: readonly FollowedPlanView[];

  @ApiProperty({ type: [DeploymentTargetView] })
  targets!: readonly DeploymentTargetView[];

  @ApiPropertyOptional({
    type: [RestoredValuesView],
    description: 'Of a rollback: the values that go back, where they differ from those before.',
  })
  restoredValues?: readonly RestoredValuesView[];

  @ApiPropertyOptional({ type: [WaitView], description: 'Only where one deployment is shown.' })
  waitsFor?: readonly WaitView[];

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  proof?: Deployment['proof'];

  @ApiPropertyOptional({
    description: 'The break-glass by which a hotfix goes, and which ends with it.',
  })
  breakGlass?: string;

  @ApiPropertyOptional({
    type: BreakGlassGrantView,
    description:
      'Of a hotfix in line, or one whose break-glass could not be opened for all of it afterwards.',
  })
  breakGlassGrant?: BreakGlassGrantView;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Of a hotfix: since when all below production has it. Absent: it is owed there.',
  })
  backPortedAt?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description:
      'Of a hotfix: since when something older runs there again. It is owed nowhere then.',
  })
  takenBackAt?: string;

  @ApiProperty({ type: [StepView] })
  steps!: readonly StepView[];

  @ApiPropertyOptional({ description: 'The newer deployment that took its place while it waited.' })
  supersededBy?: string;

  @ApiProperty()
  version!: number;
}

export function deploymentView({
  deployment,
  plans,
  waitsFor,
}: ListedDeployment & Partial<ShownDeployment>): DeploymentView {
  const { wish: _, deployedByKind: __, queued: ___, targets, ...rest } = deployment;
  const restored = restoredValues(deployment);
  return {
    ...rest,
    plans: targets.flatMap(({ planId, spoke }) => {
      const state = planId === undefined ? undefined : plans.get(planId);
      return planId === undefined || state === undefined ? [] : [{ id: planId, spoke, state }];
    }),
    targets: targets.map(targetView),
    ...(restored.length > 0 && { restoredValues: restored }),
    ...(waitsFor !== undefined && { waitsFor: waitsFor.map(waitView) }),
  };
}
