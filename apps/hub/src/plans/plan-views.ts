import {
  CANCEL_REASONS,
  PLAN_CLASSES,
  PLAN_OUTCOMES,
  PLAN_PHASES,
  PLAN_STATES,
  PLAN_TYPES,
} from '@apollo-deploy/domain';
import type { Plan, Values, Violation } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ApprovalView, NOTHING_TO_APPROVE } from './approval-view.js';
import { NotedView, notedView } from './noted-view.js';

class ViolationView {
  @ApiProperty({ description: 'Stable, for machines.' })
  code!: string;

  @ApiProperty()
  message!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  data!: Values;

  @ApiPropertyOptional({ format: 'date-time', description: 'When time alone may cure it.' })
  recheckAt?: string;
}

class PassedOverView {
  @ApiProperty()
  version!: string;

  @ApiProperty({ type: [ViolationView] })
  violations!: readonly ViolationView[];
}

class PlanFromView {
  @ApiProperty()
  version!: string;

  @ApiProperty()
  revision!: number;
}

class PlanToView {
  @ApiProperty()
  version!: string;

  @ApiProperty()
  chartSha256!: string;

  @ApiProperty()
  valuesDigest!: string;
}

class RollbackTargetView {
  @ApiProperty()
  version!: string;

  @ApiProperty()
  chartSha256!: string;

  @ApiProperty()
  valuesDigest!: string;
}

class CancelRequestedView {
  @ApiProperty()
  by!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty()
  reason!: string;
}

export class PlanView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  entity!: string;

  @ApiProperty()
  environment!: string;

  @ApiProperty()
  spoke!: string;

  @ApiProperty()
  product!: string;

  @ApiProperty({ enum: PLAN_TYPES })
  type!: string;

  @ApiProperty({
    enum: PLAN_CLASSES,
    description: 'What it is for; it decides which constraints apply.',
  })
  planClass!: string;

  @ApiProperty({ enum: PLAN_STATES })
  state!: string;

  @ApiPropertyOptional({
    enum: PLAN_PHASES,
    description:
      'How far it has come, as last heard; absent before it goes out and once it has ended.',
  })
  phase?: string;

  @ApiPropertyOptional({ enum: PLAN_OUTCOMES })
  outcome?: string;

  @ApiProperty({ type: PlanFromView, nullable: true, description: 'null: nothing is installed.' })
  from!: PlanFromView | null;

  @ApiProperty({ type: PlanToView, nullable: true, description: 'null: an uninstall.' })
  to!: PlanToView | null;

  @ApiPropertyOptional({
    type: RollbackTargetView,
    description: 'What is restored if it fails after it touched what runs; absent: nothing is.',
  })
  rollbackTarget?: RollbackTargetView;

  @ApiProperty({ description: 'SHA-256 of exactly what will run, and of the rollback target.' })
  digest!: string;

  @ApiProperty()
  reason!: string;

  @ApiProperty({ type: [PassedOverView] })
  passedOver!: readonly PassedOverView[];

  @ApiProperty({
    type: [ViolationView],
    description: 'What holds it; empty once it has gone out or ended.',
  })
  violations!: readonly ViolationView[];

  @ApiPropertyOptional({
    type: [NotedView],
    description: 'What spoke against it when it went out, and did not hold it; kept for good.',
  })
  noted?: readonly NotedView[];

  @ApiProperty({
    type: ApprovalView,
    description: 'No approval rules exist in this version, so no plan requires approval.',
  })
  approval!: ApprovalView;

  @ApiProperty()
  attempt!: number;

  @ApiPropertyOptional({ description: 'Id of the plan that this one rolls back.' })
  rollbackOf?: string;

  @ApiPropertyOptional({ description: 'Id of the plan whose content this one restores.' })
  repairOf?: string;

  @ApiPropertyOptional({ description: 'Id of the rollback plan that took this one back.' })
  rolledBackBy?: string;

  @ApiPropertyOptional()
  supersededBy?: string;

  @ApiPropertyOptional({
    enum: Object.keys(CANCEL_REASONS),
    description:
      'Why it is CANCELLED, for machines; the sentence is `message`. `cancelled`: a person said no. `superseded`: another plan took its place, or none is needed. `withdrawn`: the hub took the offer back. The others are the word of its spoke, which had touched nothing.',
  })
  cancelReason?: string;

  @ApiPropertyOptional({ type: CancelRequestedView })
  cancelRequested?: CancelRequestedView;

  @ApiPropertyOptional({ description: 'What happened, in a sentence.' })
  message?: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiPropertyOptional({ format: 'date-time' })
  startedAt?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description:
      'When it ended: of a plan that went out, the instant at which its spoke looked, by the clock of the hub and never before `startedAt`. The hub may have heard of it later; the audit trail says when.',
  })
  endedAt?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'What the spoke saw that proves the outcome.',
  })
  evidence?: Values;

  @ApiProperty({ description: 'How often it was written; also the ETag.' })
  version!: number;
}

type PlanLinks = Pick<PlanView, 'rollbackOf' | 'repairOf' | 'rolledBackBy' | 'supersededBy'>;

/** The values of a plan are not shown: their digest is. */
export function planView(plan: Plan): PlanView {
  const { phase, outcome, cancelReason, cancelRequested, message } = plan;
  const { noted, startedAt, endedAt, evidence } = plan;
  const { rollbackTarget } = plan.content;
  return {
    id: plan.id,
    entity: plan.entity,
    environment: plan.environment,
    spoke: plan.spoke,
    product: plan.product,
    type: plan.type,
    planClass: plan.planClass,
    state: plan.state,
    ...(phase !== undefined && { phase }),
    ...(outcome !== undefined && { outcome }),
    from: plan.from,
    to: planTo(plan),
    ...(rollbackTarget !== undefined && { rollbackTarget }),
    digest: plan.digest,
    reason: plan.reason,
    passedOver: plan.passedOver.map(({ version, violations }) => ({
      version,
      violations: violations.map(violationView),
    })),
    violations: plan.violations.map(violationView),
    ...(noted !== undefined && { noted: noted.map(notedView) }),
    approval: NOTHING_TO_APPROVE,
    attempt: plan.attempt,
    ...linksView(plan),
    ...(cancelReason !== undefined && { cancelReason }),
    ...(cancelRequested !== undefined && { cancelRequested }),
    ...(message !== undefined && { message }),
    createdAt: plan.createdAt,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(evidence !== undefined && { evidence }),
    version: plan.version,
  };
}

function linksView({ rollbackOf, repairOf, rolledBackBy, supersededBy }: Plan): PlanLinks {
  return {
    ...(rollbackOf !== undefined && { rollbackOf }),
    ...(repairOf !== undefined && { repairOf }),
    ...(rolledBackBy !== undefined && { rolledBackBy }),
    ...(supersededBy !== undefined && { supersededBy }),
  };
}

function planTo({ to, content: { chart, valuesDigest } }: Plan): PlanToView | null {
  if (to === null || chart === null || valuesDigest === null) return null;
  return { version: to.version, chartSha256: chart.sha256, valuesDigest };
}

function violationView({ code, message, data, recheckAt }: Violation): ViolationView {
  return { code, message, data, ...(recheckAt !== undefined && { recheckAt }) };
}
