import {
  CANCEL_REASONS,
  DEPLOYMENT_KINDS,
  glassesIn,
  PLAN_CLASSES,
  PLAN_OUTCOMES,
  PLAN_PHASES,
  PLAN_STATES,
  PLAN_TYPES,
} from '@apollo-deploy/domain';
import type { Deployment, Plan, Values } from '@apollo-deploy/domain';
import type { PlanApproval } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ApprovalView, approvalView, NOBODY_IS_ASKED } from '../approvals/approval-view.js';
import { ContentView, planTo } from './content-view.js';
import { NotedView, notedView } from './noted-view.js';
import { ViolationView, violationView } from './violation-view.js';

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

class CancelRequestedView {
  @ApiProperty()
  by!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty()
  reason!: string;
}

class ProgressView {
  @ApiProperty()
  message!: string;

  @ApiProperty({ format: 'date-time', description: 'When the hub heard it first.' })
  at!: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Since when it waits for what the message says; absent: it goes on.',
  })
  waitingSince?: string;
}

class AskingDeploymentView {
  @ApiProperty()
  id!: string;

  @ApiProperty({ enum: DEPLOYMENT_KINDS })
  kind!: string;

  @ApiProperty({ description: 'Who asked for it.' })
  by!: string;

  @ApiPropertyOptional({ description: 'Why, as they said; absent: they did not say.' })
  reason?: string;
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

  @ApiPropertyOptional({
    type: ProgressView,
    description:
      'What its spoke last said of it while it executes, and what it waits for. Within a phase it is noted every ten seconds at most.',
  })
  progress?: ProgressView;

  @ApiPropertyOptional({ enum: PLAN_OUTCOMES })
  outcome?: string;

  @ApiProperty({ type: PlanFromView, nullable: true, description: 'null: nothing is installed.' })
  from!: PlanFromView | null;

  @ApiProperty({ type: ContentView, nullable: true, description: 'null: an uninstall.' })
  to!: ContentView | null;

  @ApiPropertyOptional({
    type: ContentView,
    description: 'What is restored if it fails after it touched what runs; absent: nothing is.',
  })
  rollbackTarget?: ContentView;

  @ApiPropertyOptional({
    description: 'It takes over a release that Apollo did not make; absent: it must not.',
  })
  adopts?: boolean;

  @ApiPropertyOptional({
    enum: ['refuse'],
    description:
      'It is refused where others have set fields of its chart. Absent = the chart takes them back, and `evidence.overridden` then names them.',
  })
  fieldConflicts?: 'refuse';

  @ApiProperty({ description: 'SHA-256 of exactly what will run, and of the rollback target.' })
  digest!: string;

  @ApiProperty()
  reason!: string;

  @ApiPropertyOptional({
    type: AskingDeploymentView,
    description:
      'The deployment under way that asked for it; absent: none did, or it has ended. What its ETag stands for leaves it out.',
  })
  deployment?: AskingDeploymentView;

  @ApiProperty({ type: [PassedOverView] })
  passedOver!: readonly PassedOverView[];

  @ApiProperty({
    type: [ViolationView],
    description: 'What holds it; empty once it has gone out or ended.',
  })
  violations!: readonly ViolationView[];

  @ApiPropertyOptional({
    type: [NotedView],
    description:
      'What spoke against it when it went out, and did not hold it, and another word on its end than the one that stands; kept for good.',
  })
  noted?: readonly NotedView[];

  @ApiPropertyOptional({
    type: [String],
    description: 'The break-glasses by which it went; absent: it went by none.',
  })
  breakGlass?: readonly string[];

  @ApiProperty({
    type: ApprovalView,
    description:
      'Who must agree to it, and who has, as of now; what its ETag stands for leaves it out.',
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

/** The values of a plan are not shown: their digest is. What it changes about them is in its diff. */
export function planView(
  plan: Plan,
  approval: PlanApproval = NOBODY_IS_ASKED,
  deployment?: Deployment,
): PlanView {
  const { outcome, cancelReason, cancelRequested, message } = plan;
  const { startedAt, endedAt, evidence } = plan;
  return {
    id: plan.id,
    entity: plan.entity,
    environment: plan.environment,
    spoke: plan.spoke,
    product: plan.product,
    type: plan.type,
    planClass: plan.planClass,
    state: plan.state,
    ...progressView(plan),
    ...(outcome !== undefined && { outcome }),
    from: plan.from,
    to: planTo(plan),
    ...contentView(plan),
    digest: plan.digest,
    reason: plan.reason,
    ...(deployment !== undefined && { deployment: askingView(deployment) }),
    passedOver: plan.passedOver.map(({ version, violations }) => ({
      version,
      violations: violations.map(violationView),
    })),
    violations: plan.violations.map(violationView),
    ...notedPart(plan),
    approval: approvalView(approval),
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

function askingView({ id, kind, deployedBy: by, reason }: Deployment): AskingDeploymentView {
  return { id, kind, by, ...(reason !== undefined && { reason }) };
}

function notedPart({ noted }: Plan): Pick<PlanView, 'noted' | 'breakGlass'> {
  if (noted === undefined) return {};
  const breakGlass = glassesIn(noted);
  return { noted: noted.map(notedView), ...(breakGlass.length > 0 && { breakGlass }) };
}

function progressView({ phase, progress }: Plan): Pick<PlanView, 'phase' | 'progress'> {
  return {
    ...(phase !== undefined && { phase }),
    ...(progress !== undefined && { progress }),
  };
}

function contentView({
  content: { rollbackTarget, adopt, fieldConflicts },
}: Plan): Pick<PlanView, 'rollbackTarget' | 'adopts' | 'fieldConflicts'> {
  return {
    ...(rollbackTarget !== undefined && { rollbackTarget }),
    ...(adopt === true && { adopts: true }),
    ...(fieldConflicts !== undefined && { fieldConflicts }),
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
