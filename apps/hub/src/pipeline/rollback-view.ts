import {
  type Deployment,
  type DeploymentTarget,
  restoredValues,
  TARGET_STATES,
} from '@apollo-deploy/domain';
import type { ShownDeployment } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { RestoredValuesView } from './deployment-views.js';
import { askedView } from './promotion-views.js';
import { WaitView } from './wait-view.js';

class RolledBackEntityView {
  @ApiProperty()
  entity!: string;

  @ApiPropertyOptional({ description: 'What ran there when its wave began.' })
  from_version?: string;

  @ApiProperty({ enum: TARGET_STATES })
  state!: string;

  @ApiPropertyOptional({ description: 'Why nothing was changed, or how it came out.' })
  note?: string;
}

export class RollbackView {
  @ApiProperty({
    description: 'rolled_back once the spoke has seen it; else how far the deployment has come.',
  })
  status!: string;

  @ApiProperty()
  service!: string;

  @ApiProperty({ description: 'The version that it goes back to.' })
  rolled_back_to!: string;

  @ApiProperty()
  environment!: string;

  @ApiProperty({ description: 'Show it at /api/v1/deployments/{id}.' })
  deployment_id!: string;

  @ApiProperty({ description: 'How it came out, or what it waits for.' })
  message!: string;

  @ApiPropertyOptional({
    type: [RestoredValuesView],
    description: 'Which values go back with it, where they differ from what was desired.',
  })
  restored_values?: readonly RestoredValuesView[];

  @ApiPropertyOptional({
    type: [String],
    description:
      'Entities where the version is not known to have succeeded: their values stay as they are, and it waits there as any change does.',
  })
  unproven_on?: readonly string[];

  @ApiPropertyOptional({
    type: [RolledBackEntityView],
    description:
      'Where it does not go alike at all entities: each of them. One that runs what was there before the version is left as it is.',
  })
  entities?: readonly RolledBackEntityView[];

  @ApiPropertyOptional({ type: [WaitView] })
  waits_for?: readonly WaitView[];
}

/** What is said of a rollback that somebody has asked for, while it is under way and once it COMPLETED. */
export function rollbackView(shown: ShownDeployment): RollbackView {
  const { deployment } = shown;
  const { id, status, service, environment, toVersion, targets } = deployment;
  const { message, waits_for } = askedView('Rollback', shown);
  const restored = restoredValues(deployment);
  const unproven = targets.filter(
    ({ values, state }) => values === undefined && state !== 'skipped',
  );
  const isDone = status === 'completed';
  return {
    status: isDone ? 'rolled_back' : status,
    ...{ service, rolled_back_to: toVersion, environment, deployment_id: id },
    message: isDone ? `${message}${tellDone(deployment)}` : message,
    ...(restored.length > 0 && { restored_values: restored }),
    ...(differ(targets) && { entities: targets.map(entityView) }),
    ...(unproven.length > 0 && { unproven_on: unproven.map(({ entity }) => entity) }),
    ...(waits_for !== undefined && { waits_for }),
  };
}

/** How it came about where no plan brought it. */
function tellDone({ targets, toVersion }: Deployment): string {
  const brought = targets.find(({ outside }) => outside?.seen === true)?.outside;
  if (brought !== undefined) return `: ${brought.by} brought ${toVersion}; it is held there`;
  if (targets.some(({ planId }) => planId !== undefined)) return '';
  return `: ${toVersion} runs there already, so nothing was changed; it is held there`;
}

/** Whether there is something to tell of one that is not to be told of all. */
function differ(targets: readonly DeploymentTarget[]): boolean {
  const told = targets.map(({ fromVersion, note }) => JSON.stringify({ fromVersion, note }));
  return new Set(told).size > 1;
}

function entityView({ entity, fromVersion, state, note }: DeploymentTarget): RolledBackEntityView {
  return {
    ...{ entity, state },
    ...(fromVersion !== undefined && { from_version: fromVersion }),
    ...(note !== undefined && { note }),
  };
}
