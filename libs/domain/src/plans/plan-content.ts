import type { ReportedRelease, Values } from '../catalog/entity.js';
import type { Release } from '../catalog/release.js';
import { valuesDigest } from '../catalog/values-digest.js';
import { desiredValues } from '../strategies/rollout.js';
import type { PlanContent, PlanType } from './plan.js';
import type { EntityFacts } from './proposal.js';

/** The values that `target` should run with: those that a hold in force fixes, else what is desired. */
export function valuesOf(
  { entity, hold }: Pick<EntityFacts, 'entity' | 'hold'>,
  target: Pick<Release, 'chart'> | null,
): Values {
  return hold?.fixes?.values ?? desiredValues(entity, target?.chart.sha256);
}

/** A step from what is there to what should be; `null` = nothing. */
export interface Step {
  readonly type: PlanType;
  readonly target: Release | null;
  readonly reported: ReportedRelease | null;
}

/** True if a person lets a plan take over what somebody else has installed. */
export function adopts(
  { adopt }: Pick<EntityFacts['entity'], 'adopt'>,
  reported: Pick<ReportedRelease, 'unmanaged'> | null,
): boolean {
  return adopt === true && reported?.unmanaged === true;
}

/** What a plan that takes this step consists of. */
export function contentOf(
  facts: Pick<EntityFacts, 'entity' | 'product' | 'hold'>,
  { type, target, reported }: Step,
): PlanContent {
  const { entity, product } = facts;
  return {
    entity: entity.name,
    spoke: entity.spoke,
    namespace: entity.namespace,
    releaseName: entity.releaseName,
    type,
    base:
      reported === null
        ? null
        : { revision: reported.revision, releaseDigest: reported.releaseDigest },
    chart:
      target === null
        ? null
        : { name: target.chart.name, version: target.chart.version, sha256: target.chart.sha256 },
    valuesDigest: target === null ? null : valuesDigest(valuesOf(facts, target)),
    strategy: entity.strategy,
    rolloutTimeoutSeconds: product.rolloutTimeoutSeconds,
    ...(adopts(entity, reported) && { adopt: true }),
    // Nothing is set where nothing is left.
    ...(target !== null && entity.fieldConflicts === 'refuse' && { fieldConflicts: 'refuse' }),
  };
}
