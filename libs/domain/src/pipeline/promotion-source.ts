import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { ReportedState } from '../catalog/entity.js';
import { refusal, type Refusal } from '../errors.js';
import type { RunRecord } from '../runs/run-record.js';

/** One entity of a service where it is to be promoted from. */
export interface SourceEntity {
  readonly entity: string;
  readonly spoke: string;
  /** Its spoke is connected, so that what it said holds now. */
  readonly heard: boolean;
  /** Absent: its spoke has not reported it. */
  readonly reported?: ReportedState;
  /** What it has been through with the charts that it ran. */
  readonly runs: readonly RunRecord[];
}

/** How a deployment there ended. */
export interface SourceDeployment {
  readonly id: string;
  readonly toVersion: string;
  readonly chartSha256: string;
  /** Spokes that it passed over. */
  readonly skipped: readonly string[];
}

/** What is known of a service where it is to be promoted from. */
export interface PromotionSource {
  readonly service: string;
  readonly environment: string;
  readonly entities: readonly SourceEntity[];
  /** The newest one there that COMPLETED. */
  readonly completed?: SourceDeployment;
  /** The newest one there, where it ended otherwise. */
  readonly failed?: SourceDeployment;
  /** One that has begun there and not ended: how what it brings does is still to be seen. */
  readonly underWay?: Pick<SourceDeployment, 'id' | 'toVersion'>;
  /** What somebody besides the spokes says against its health; absent: nothing, or nobody is asked. */
  readonly unhealthy?: string;
}

/** What was seen of exactly what is promoted, where it is promoted from. Kept with the deployment. */
export interface PromotionProof {
  readonly environment: string;
  /** The deployment that COMPLETED there; absent: plans brought it that no deployment asked for. */
  readonly deploymentId?: string;
  /** The newest plans that SUCCEEDED with it there. */
  readonly planIds: readonly string[];
  readonly version: string;
  readonly chartSha256: string;
  /** The values with which it runs there, by entity. */
  readonly valuesDigests: Readonly<Record<string, string>>;
  /** Since when it has been Healthy without a break, on all spokes. RFC 3339. */
  readonly healthySince: string;
  /** When all this was so. RFC 3339. */
  readonly at: string;
}

/** What is to run everywhere there. */
type Tested = Pick<SourceDeployment, 'toVersion' | 'chartSha256'>;

/**
 * Proves that a service may be promoted from where it runs: every one of its entities there runs the
 * version and the chart that COMPLETED there last (where nothing was deployed yet: that plans brought),
 * undisturbed and Healthy, in the sight of its spoke. Else refused with `promotion/source_not_healthy`, and with
 * every reason.
 */
export function proveSource(source: PromotionSource, now: Date): Result<PromotionProof, Refusal> {
  const { service, environment, entities, completed } = source;
  const tested = completed ?? whatRuns(entities[0]);
  const seen = entities.map((one) => seenOf(one, tested));
  const because = [
    ...(entities.length === 0 ? [`${service} is nowhere in ${environment}`] : []),
    ...seen.flatMap((one) => ('because' in one ? one.because : [])),
    ...against(source, tested),
  ];
  const proven = seen.flatMap((one) => ('entity' in one ? [one] : []));
  if (tested === undefined || because.length > 0) return err(notHealthy(source, because));
  return ok({
    environment,
    ...(completed !== undefined && { deploymentId: completed.id }),
    planIds: proven.flatMap(({ planId }) => (planId === undefined ? [] : [planId])),
    ...{ version: tested.toVersion, chartSha256: tested.chartSha256 },
    valuesDigests: Object.fromEntries(proven.map((one) => [one.entity, one.valuesDigest])),
    healthySince: latest(proven.map(({ healthySince }) => healthySince)),
    at: now.toISOString(),
  });
}

/** What an entity runs, if a plan brought it and it was Healthy since. */
function whatRuns(entity: SourceEntity | undefined): Tested | undefined {
  const running = entity?.reported?.release;
  const run = entity?.runs.find(
    ({ version, healthySince }) => version === running?.version && healthySince !== undefined,
  );
  return run && { toVersion: run.version, chartSha256: run.chartSha256 };
}

interface Proven extends Pick<RunRecord, 'planId'> {
  readonly entity: string;
  readonly valuesDigest: string;
  readonly healthySince: string;
}

function seenOf(
  { entity, spoke, heard, reported, runs }: SourceEntity,
  tested: Tested | undefined,
): Proven | { readonly because: readonly string[] } {
  const says = (reason: string) => ({ because: [`${entity}: ${reason}`] });
  if (!heard) return says(`spoke ${spoke} is not heard`);
  if (reported === undefined) return says(`spoke ${spoke} has not reported it`);
  const { release } = reported;
  if (release === null) return says('it is not installed');
  const { version, helmStatus, health, message, drifted, valuesDigest } = release;
  if (helmStatus !== 'deployed') return says(`the release of ${version} is ${helmStatus}`);
  if (health !== 'Healthy') {
    return says(`${version} is ${health}${message === undefined ? '' : ` (${message})`}`);
  }
  if (drifted) return says(`live objects differ from the release of ${version}`);
  if (tested !== undefined && version !== tested.toVersion) {
    return says(`${version} runs, and ${tested.toVersion} is what completed here last`);
  }
  const run = runs.find(({ chartSha256 }) => chartSha256 === tested?.chartSha256);
  if (run?.provenAt === undefined || run.healthySince === undefined) {
    return says(`no plan to ${version} has succeeded here and stayed Healthy since`);
  }
  const { planId, healthySince } = run;
  return { entity, valuesDigest, healthySince, ...(planId !== undefined && { planId }) };
}

/** What speaks against it that no entity shows. */
function against(
  { completed, failed, underWay, unhealthy }: PromotionSource,
  tested: Tested | undefined,
): readonly string[] {
  return [
    ...(completed?.skipped ?? []).map(
      (spoke) => `deployment ${completed?.id ?? ''} passed over spoke ${spoke}`,
    ),
    ...(failed !== undefined && failed.toVersion === tested?.toVersion
      ? [`deployment ${failed.id} to ${failed.toVersion} did not complete`]
      : []),
    ...(underWay !== undefined && underWay.toVersion === tested?.toVersion
      ? [`deployment ${underWay.id} to ${underWay.toVersion} is under way there; wait for its end`]
      : []),
    ...(unhealthy === undefined ? [] : [unhealthy]),
  ];
}

function notHealthy(
  { service, environment }: PromotionSource,
  because: readonly string[],
): Refusal {
  const detail = `Service ${service} is not healthy in ${environment}. Fix it before promoting.`;
  return refusal('promotion/source_not_healthy', detail, {
    field: 'from_env',
    data: { service, environment, because },
  });
}

function latest(instants: readonly string[]): string {
  return instants.toSorted().at(-1) ?? '';
}
