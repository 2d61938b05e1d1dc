import { PRESENCES } from '@apollo-deploy/domain';
import {
  ALARM_KINDS,
  type Context,
  type KeyTrust,
  maxConcurrentOf,
  presenceOf,
  type SpokeCredential,
  type SpokeRecord,
  type SpokeRevocation,
} from '@apollo-deploy/orchestration';
import { ApiProperty } from '@nestjs/swagger';
import { cannotSignFor } from '../signing/too-few-keys.js';

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

/** The key that a spoke has joined with. */
class SpokeKeyView {
  @ApiProperty({ description: 'Ed25519, 32 bytes in base64url.' })
  publicKey!: string;

  @ApiProperty({ description: 'UID of the kube-system namespace of the cluster it joined from.' })
  clusterUid!: string;

  @ApiProperty({ format: 'date-time' })
  joinedAt!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'Null: it may not connect before somebody accepts it.',
  })
  acceptedAt!: string | null;
}

/** Whose signatures a spoke goes by, as it tells. */
class TrustedKeysView {
  @ApiProperty({ description: 'Of the key set, see GET /api/v1/key-sets.' })
  version!: number;

  @ApiProperty({ description: 'How many of the keys have to sign.' })
  threshold!: number;

  @ApiProperty({ type: [String] })
  keyIds!: readonly string[];

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  expiresAt!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Why the replica that answers sends it nothing for lack of these keys, and what to do; null: it does. Of other replicas it says nothing.',
  })
  warning!: string | null;
}

/** What looks like somebody else in the name of a spoke, or of the hub towards it. */
class SpokeAlarmView {
  @ApiProperty({ enum: ALARM_KINDS })
  kind!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty()
  message!: string;
}

class SpokeRevocationView {
  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty()
  by!: string;

  @ApiProperty()
  reason!: string;
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

  @ApiProperty({ type: SpokeKeyView, nullable: true, description: 'Null: it has not joined.' })
  key!: SpokeKeyView | null;

  @ApiProperty({
    type: SpokeAlarmView,
    nullable: true,
    description: 'Ended by whoever accepts the spoke.',
  })
  alarm!: SpokeAlarmView | null;

  @ApiProperty({
    type: TrustedKeysView,
    nullable: true,
    description: 'Null: it takes plans that nobody has signed, or does not tell.',
  })
  trustedKeys!: TrustedKeysView | null;

  @ApiProperty({ type: SpokeRevocationView, nullable: true })
  revocation!: SpokeRevocationView | null;

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
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'Since when it is connected and cannot see its cluster; null: it can.',
  })
  blindSince!: string | null;

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
    type: [String],
    nullable: true,
    description:
      'The namespaces of which it reports releases, because its account may not look at all of them; null: the whole cluster.',
  })
  seenNamespaces!: readonly string[] | null;

  @ApiProperty({
    type: [String],
    description:
      'Namespaces that it is to look at and may not: give its account the right to list and watch Secrets there.',
  })
  unseenNamespaces!: readonly string[];

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
export function spokeView(spoke: SpokeRecord, context: Context): SpokeView {
  const { name, environment, lastSeenAt, createdAt } = spoke;
  const { clock, startedAt } = context;
  return {
    id: name,
    name,
    environment,
    status: presenceOf(spoke, { now: clock.now(), startedAt }),
    ...trustIn(spoke, context),
    ...saidBy(spoke),
    lastSeenAt: lastSeenAt ?? null,
    blindSince: (spoke.connected ? spoke.hello?.blindSince : undefined) ?? null,
    clockSkewMs: spoke.clockSkewMs ?? null,
    maxConcurrent: maxConcurrentOf(spoke),
    unknownPlans: spoke.unknownPlans ?? [],
    createdAt,
  };
}

function trustIn(
  { credential, alarm, revoked, revocation, hello }: SpokeRecord,
  context: Context,
): Pick<SpokeView, 'key' | 'alarm' | 'revocation' | 'trustedKeys'> {
  return {
    key: credential === undefined ? null : keyView(credential),
    alarm: alarm ?? null,
    trustedKeys: trustedKeysView(hello?.trusts, context),
    revocation: revoked && revocation !== undefined ? revocationView(revocation) : null,
  };
}

function keyView({ publicKey, clusterUid, joinedAt, acceptedAt }: SpokeCredential): SpokeKeyView {
  return { publicKey, clusterUid, joinedAt, acceptedAt: acceptedAt ?? null };
}

function trustedKeysView(trusts: KeyTrust | undefined, context: Context): TrustedKeysView | null {
  if (trusts === undefined) return null;
  const { version, threshold, keyIds, expiresAt } = trusts;
  const warning = cannotSignFor(context, trusts);
  return { version, threshold, keyIds, expiresAt: expiresAt ?? null, warning };
}

function revocationView({ at, by, reason }: SpokeRevocation): SpokeRevocationView {
  return { at, by, reason };
}

type SaidByItself = Pick<
  SpokeView,
  | 'simulated'
  | 'agentVersion'
  | 'helmVersion'
  | 'kubernetesVersion'
  | 'capabilities'
  | 'seenNamespaces'
  | 'unseenNamespaces'
>;

function saidBy({ hello }: SpokeRecord): SaidByItself {
  if (hello === undefined) return NOTHING_SAID;
  const { simulated, agentVersion, helmVersion, kubernetesVersion, capabilities, sight } = hello;
  return {
    ...{ simulated, agentVersion, helmVersion, kubernetesVersion, capabilities },
    seenNamespaces: sight?.seen ?? null,
    unseenNamespaces: sight?.unseen ?? [],
  };
}

const NOTHING_SAID: SaidByItself = {
  ...{ simulated: null, agentVersion: null, helmVersion: null, kubernetesVersion: null },
  ...{ capabilities: [], seenNamespaces: null, unseenNamespaces: [] },
};
