import { DECLARED_STRATEGIES, FIELD_CONFLICTS, HEALTHS } from '@apollo-deploy/domain';
import type { DesiredState, FieldConflicts, Values } from '@apollo-deploy/domain';
import { ENTITY_STATUSES } from '@apollo-deploy/orchestration';
import type { EntityView as Entity } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { automaticSuppressionView, SuppressionView } from '../constraints/suppression-view.js';
import { HoldView, holdView } from '../holds/hold-view.js';

class EntityTargetView {
  @ApiProperty({ type: String, nullable: true })
  version!: string | null;

  @ApiProperty({ description: 'Why this version, or why none.' })
  reason!: string;
}

class ReportedView {
  @ApiProperty()
  version!: string;

  @ApiProperty()
  revision!: number;

  @ApiProperty({ enum: HEALTHS })
  health!: string;

  @ApiPropertyOptional({ description: 'What is wrong, where something is.' })
  message?: string;

  @ApiProperty()
  helmStatus!: string;

  @ApiProperty()
  valuesDigest!: string;

  @ApiProperty({
    description:
      'Objects of its manifest are missing from the cluster, or somebody has changed fields of them.',
  })
  drifted!: boolean;

  @ApiProperty({ description: 'Apollo did not make it: only a plan that adopts it may touch it.' })
  unmanaged!: boolean;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ description: 'The spoke has not been heard lately.' })
  stale!: boolean;
}

class LedgerLostView {
  @ApiProperty({ description: 'The plan that brought what runs.' })
  planId!: string;

  @ApiProperty({ format: 'date-time', description: 'When the hub first heard of it.' })
  since!: string;

  @ApiProperty({ description: 'What is wrong and what to do.' })
  message!: string;
}

class OpenPlanView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  type!: string;

  @ApiProperty()
  state!: string;
}

class EntityRolloutView {
  @ApiProperty()
  deployment!: string;

  @ApiProperty({ enum: DECLARED_STRATEGIES })
  strategy!: string;

  @ApiProperty()
  stable!: string;

  @ApiProperty()
  candidate!: string;

  @ApiProperty({ description: "The candidate's share in percent." })
  weight!: number;
}

export class EntityView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty()
  spoke!: string;

  @ApiProperty()
  environment!: string;

  @ApiProperty()
  product!: string;

  @ApiProperty()
  namespace!: string;

  @ApiProperty()
  releaseName!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  desired!: DesiredState;

  @ApiProperty({ type: 'object', additionalProperties: true })
  values!: Values;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  labels!: Readonly<Record<string, string>>;

  @ApiProperty()
  strategy!: string;

  @ApiPropertyOptional({
    type: EntityRolloutView,
    description:
      'What a deployment tells its chart under `apollo.rollout`, besides `values`, while its strategy is under way.',
  })
  rollout?: EntityRolloutView;

  @ApiProperty({ description: 'Its next plan may take over a release that Apollo did not make.' })
  adopt!: boolean;

  @ApiProperty({ enum: FIELD_CONFLICTS })
  fieldConflicts!: FieldConflicts;

  @ApiProperty({ type: EntityTargetView })
  target!: EntityTargetView;

  @ApiProperty({
    type: ReportedView,
    nullable: true,
    description: 'null: its spoke has not reported yet, or says that there is no such release.',
  })
  reported!: ReportedView | null;

  @ApiProperty({ enum: ENTITY_STATUSES })
  status!: string;

  @ApiProperty({ description: 'Why it has this status.' })
  why!: string;

  @ApiPropertyOptional({ type: OpenPlanView })
  openPlan?: OpenPlanView;

  @ApiPropertyOptional({ type: HoldView, description: 'What keeps it where it is.' })
  hold?: HoldView;

  @ApiPropertyOptional({
    type: SuppressionView,
    description: 'It is left alone for a while after a plan failed.',
  })
  suppression?: SuppressionView;

  @ApiPropertyOptional({
    type: LedgerLostView,
    description: 'Somebody deleted its ledger in the cluster, or put an older one in its place.',
  })
  ledgerLost?: LedgerLostView;

  @ApiProperty()
  editedBy!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;

  @ApiProperty({ description: 'Of the desired state; also the ETag.' })
  version!: number;
}

export function entityView({
  entity,
  target,
  reported,
  status,
  why,
  openPlan,
  hold,
  suppression,
  ledgerLost,
}: Entity): EntityView {
  const { name, spoke, environment, product, namespace, releaseName } = entity;
  return {
    id: name,
    name,
    spoke,
    environment,
    product,
    namespace,
    releaseName,
    desired: entity.desired,
    values: entity.values,
    labels: entity.labels,
    strategy: entity.strategy,
    ...rolloutView(entity),
    adopt: entity.adopt === true,
    fieldConflicts: entity.fieldConflicts ?? 'override',
    target,
    reported: reportedView(reported),
    status,
    why,
    ...(openPlan !== undefined && {
      openPlan: { id: openPlan.id, type: openPlan.type, state: openPlan.state },
    }),
    ...(hold !== undefined && { hold: holdView(hold) }),
    ...(suppression !== undefined && { suppression: automaticSuppressionView(suppression) }),
    ...(ledgerLost !== undefined && { ledgerLost: ledgerLostView(ledgerLost) }),
    editedBy: entity.editedBy,
    createdAt: entity.createdAt,
    updatedAt: entity.updatedAt,
    version: entity.version,
  };
}

function rolloutView({ rollout }: Entity['entity']): Pick<EntityView, 'rollout'> {
  if (rollout?.values == null) return {};
  return { rollout: { deployment: rollout.deployment, ...rollout.values } };
}

function ledgerLostView({
  namespace,
  releaseName,
  planId,
  since,
}: NonNullable<Entity['ledgerLost']>): LedgerLostView {
  return {
    ...{ planId, since },
    message: `the ledger of release ${namespace}/${releaseName} knows nothing of plan ${planId}, which brought what runs: find out who deletes ConfigMaps in the namespace of the spoke; failures that only it kept are forgotten; the next plan of the entity begins it anew`,
  };
}

function reportedView(reported: Entity['reported']): ReportedView | null {
  if (reported === undefined || reported.release === null) return null;
  const { revision, health, message, helmStatus, valuesDigest, drifted, unmanaged } =
    reported.release;
  return {
    // After a failed upgrade the head carries a version that does not run.
    version: reported.release.deployed?.version ?? reported.release.version,
    revision,
    health,
    ...(message !== undefined && { message }),
    helmStatus,
    valuesDigest,
    drifted,
    unmanaged: unmanaged === true,
    at: reported.at,
    stale: reported.stale,
  };
}
