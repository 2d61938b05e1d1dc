import { PRESENCES } from '@apollo-deploy/domain';
import {
  type Context,
  maxConcurrentOf,
  presenceOf,
  type SpokeRecord,
} from '@apollo-deploy/orchestration';
import { ApiProperty } from '@nestjs/swagger';

/** A plan of which only the ledger in the cluster of its spoke knows. */
class UnknownPlanView {
  @ApiProperty()
  planId!: string;

  @ApiProperty()
  namespace!: string;

  @ApiProperty()
  releaseName!: string;

  @ApiProperty({ enum: ['succeeded', 'failed', 'declined', 'unknown'] })
  verdict!: string;

  @ApiProperty({ format: 'date-time', description: 'By the clock of the spoke.' })
  at!: string;
}

/** A spoke; what only it can say is null until it has connected once. */
export class SpokeView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty()
  environment!: string;

  @ApiProperty({ enum: PRESENCES })
  status!: string;

  @ApiProperty({ type: Boolean, nullable: true })
  simulated!: boolean | null;

  @ApiProperty({ type: String, nullable: true })
  agentVersion!: string | null;

  @ApiProperty({ type: String, nullable: true })
  helmVersion!: string | null;

  @ApiProperty({ type: String, nullable: true })
  kubernetesVersion!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  lastSeenAt!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: "How far its clock is ahead of the hub's; negative = behind.",
  })
  clockSkewMs!: number | null;

  @ApiProperty({ description: 'How many plans may execute on it at once.' })
  maxConcurrent!: number;

  @ApiProperty({ type: [String] })
  capabilities!: readonly string[];

  @ApiProperty({
    type: [UnknownPlanView],
    description:
      'Plans that it has carried out and this hub does not know, the newest first, at most 100: the hub was restored from an older backup.',
  })
  unknownPlans!: readonly UnknownPlanView[];

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

/** The spoke as it stands now, without its credential. */
export function spokeView(spoke: SpokeRecord, { clock, startedAt }: Context): SpokeView {
  const { name, environment, hello, lastSeenAt, createdAt } = spoke;
  return {
    id: name,
    name,
    environment,
    status: presenceOf(spoke, { now: clock.now(), startedAt }),
    simulated: hello?.simulated ?? null,
    agentVersion: hello?.agentVersion ?? null,
    helmVersion: hello?.helmVersion ?? null,
    kubernetesVersion: hello?.kubernetesVersion ?? null,
    lastSeenAt: lastSeenAt ?? null,
    clockSkewMs: spoke.clockSkewMs ?? null,
    maxConcurrent: maxConcurrentOf(spoke),
    capabilities: hello?.capabilities ?? [],
    unknownPlans: spoke.unknownPlans ?? [],
    createdAt,
  };
}
