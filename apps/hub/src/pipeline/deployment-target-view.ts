import {
  DECLARED_STRATEGIES,
  type DeploymentTarget,
  TARGET_STATES,
  type TargetRollout,
} from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class LookView {
  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty()
  healthy!: boolean;

  @ApiProperty()
  detail!: string;
}

class UnseenView {
  @ApiProperty({ format: 'date-time' })
  since!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was asked last.' })
  at!: string;

  @ApiProperty()
  why!: string;
}

class OutsideView {
  @ApiProperty()
  by!: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'From here on they may have been asked. Absent: what runs is backed up first.',
  })
  askedAt?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'They may be at it, or be asked, until then. Absent: that is over.',
  })
  until?: string;

  @ApiPropertyOptional({
    description: 'That is over, and nobody has heard their answer: the spoke tells what they did.',
  })
  unanswered?: boolean;

  @ApiPropertyOptional({
    description:
      'What keeps all else from it meanwhile: DELETE /api/v1/suppressions/{suppression}.',
  })
  suppression?: string;

  @ApiPropertyOptional({ description: 'The spoke has seen that they brought it.' })
  seen?: boolean;
}

class RolloutView {
  @ApiProperty({ enum: DECLARED_STRATEGIES })
  strategy!: string;

  @ApiProperty({ description: 'The version that ran before.' })
  stable!: string;

  @ApiProperty({ description: 'The version that is brought.' })
  candidate!: string;

  @ApiProperty({ description: '1 = the first.' })
  step!: number;

  @ApiProperty()
  steps!: number;

  @ApiProperty({ description: "The candidate's share in percent; 100 at the last step, alone." })
  weight!: number;
}

/** How far a deployment is at one entity. */
export class DeploymentTargetView {
  @ApiProperty()
  entity!: string;

  @ApiProperty()
  spoke!: string;

  @ApiProperty({ description: '0 = the first.' })
  wave!: number;

  @ApiProperty({ enum: TARGET_STATES })
  state!: string;

  @ApiPropertyOptional({ description: 'Of a rollback: what ran there when its wave began.' })
  fromVersion?: string;

  @ApiPropertyOptional()
  planId?: string;

  @ApiProperty({ type: [LookView] })
  looks!: readonly LookView[];

  @ApiPropertyOptional({
    format: 'date-time',
    description:
      'When it was reported ill after it had been found healthy; the looks are those since. Absent: it was not, or is healthy again.',
  })
  fellIllAt?: string;

  @ApiPropertyOptional({
    type: UnseenView,
    description: 'Whoever is asked besides the spoke has not answered since the last look.',
  })
  unseen?: UnseenView;

  @ApiPropertyOptional({ type: RolloutView, description: 'Absent: all is brought at once.' })
  rollout?: RolloutView;

  @ApiPropertyOptional({ description: 'Why its strategy goes no further.' })
  stopped?: string;

  @ApiPropertyOptional({
    type: OutsideView,
    description: 'Somebody else is to bring it. Absent: a plan brings it.',
  })
  outside?: OutsideView;

  @ApiPropertyOptional({ description: 'How it came out.' })
  note?: string;
}

/** Without what only the hub itself goes by. */
export function targetView({
  before: _,
  startedAt: __,
  wentBackTo: ___,
  values: ____,
  valuesBefore: _____,
  plansBefore: ______,
  evaluatedBefore: _______,
  rollout,
  ...target
}: DeploymentTarget): DeploymentTargetView {
  return { ...target, ...(rollout !== undefined && { rollout: rolloutView(rollout) }) };
}

function rolloutView({ values, broughtBy: _, ...rollout }: TargetRollout): RolloutView {
  return { ...rollout, weight: values?.weight ?? 100 };
}
