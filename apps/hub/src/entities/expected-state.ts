import { InvariantViolation } from '@apollo-deploy/kernel';
import { type Context, presenceOf, sees } from '@apollo-deploy/orchestration';
import {
  DriftReport,
  EventReport,
  HelmHead,
  ObjectReport,
  PodReport,
  ReleaseReport,
  ReleaseResources,
} from '@apollo-deploy/protocol';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Check } from 'typebox/value';
import { found, Refused } from '../http/refused.js';

const LIST = { type: 'array', items: { type: 'object', additionalProperties: true } } as const;

/** ExpectedStateK8s: what the spoke last saw of a release. */
export class ExpectedStateView {
  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'The head of the Helm release; null: the spoke looked, and there is none.',
  })
  release!: (HelmHead & { readonly namespace: string; readonly name: string }) | null;

  @ApiPropertyOptional()
  health?: string;

  @ApiPropertyOptional()
  reason?: string;

  @ApiPropertyOptional()
  message?: string;

  @ApiProperty({
    ...LIST,
    description:
      '{kind, namespace?, name, health, reason?, message?, digest?}: digest stays the same for as long as nobody changes what the live object asks for.',
  })
  objects!: readonly ObjectReport[];

  @ApiProperty({
    ...LIST,
    description:
      '{name, phase, ready, restarts, image?, imageDigest?, requests, limits, usage?, lastTermination?, …}; no usage where the cluster measures none. lastTermination is {container, reason?, exitCode, signal?, at?}: how the container that tells most last ended; absent where none has.',
  })
  pods!: readonly PodReport[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      '{requests, limits, usage?, pods, measuredPods}: of all pods that have not ended, usage of those that are measured; absent where the spoke does not sum up.',
  })
  resources?: ReleaseResources;

  @ApiProperty({
    ...LIST,
    description:
      '{kind, namespace?, name, field?, expected?, live?, message}: objects of the manifest that are missing from the cluster (without field), and fields of them that somebody has changed since. Values are not told where they may be secret.',
  })
  drift!: readonly DriftReport[];

  @ApiPropertyOptional({
    ...LIST,
    description:
      '{kind, namespace?, name, reason, message, count, lastAt}: warnings of the last hour about the objects of the release and their pods, newest first, ten at most; count and lastAt may be half a minute behind. Absent where the spoke may not read events, or is too old to.',
  })
  events?: readonly EventReport[];

  @ApiPropertyOptional({ format: 'date-time', description: 'When the spoke saw the release so.' })
  observedAt?: string;

  @ApiProperty({ format: 'date-time', description: 'When this was last known to be true.' })
  at!: string;

  @ApiProperty({ description: 'The spoke has not been heard lately.' })
  stale!: boolean;
}

/** What is stored of an entity's release; ends the request if nothing was ever reported. */
export async function readExpectedState(
  { store, clock, startedAt }: Context,
  name: string,
): Promise<ExpectedStateView> {
  return store.transact(async (unit) => {
    const entity = found(
      await unit.entities.get(name),
      'catalog/entity_not_found',
      `entity ${JSON.stringify(name)}`,
    );
    const spoke = await unit.spokes.get(entity.spoke);
    if (spoke?.stateAt === undefined) {
      throw new Refused('http/no_report', {
        detail: `spoke ${entity.spoke} has not reported yet; see GET /api/v1/spokes/${entity.spoke} for whether it is connected`,
      });
    }
    const { namespace, releaseName } = entity;
    const stored = await unit.releaseStates.get(entity.spoke, namespace, releaseName);
    if (!sees(spoke.hello, namespace)) {
      throw new Refused('http/no_report', {
        detail: `spoke ${entity.spoke} may not look at releases in namespace ${namespace}; give its account the right to list and watch Secrets there`,
      });
    }
    const known = {
      at: spoke.stateAt,
      stale: presenceOf(spoke, { now: clock.now(), startedAt }) !== 'connected',
    };
    if (stored === undefined) return { release: null, objects: [], pods: [], drift: [], ...known };
    return { ...shown(stored.report), ...known };
  });
}

function shown(report: unknown): Omit<ExpectedStateView, 'at' | 'stale'> {
  if (!Check(ReleaseReport, report)) {
    throw new InvariantViolation('a stored release report does not follow the protocol');
  }
  const { namespace, releaseName, head, health, reason, message } = report;
  return {
    release: { namespace, name: releaseName, ...head },
    health,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    objects: report.objects,
    pods: report.pods,
    ...(report.resources !== undefined && { resources: report.resources }),
    drift: report.drift,
    ...(report.events !== undefined && { events: report.events }),

    observedAt: report.observedAt,
  };
}
