import { jsonDigest } from '@apollo-deploy/kernel';
import type { Entity } from '../catalog/entity.js';
import type { TargetSelection } from '../catalog/choose-release.js';
import { compareVersions, parseVersion } from '../catalog/version.js';
import type { Hold } from '../holds/hold.js';
import type { AutomaticSuppression } from '../suppressions/automatic-suppression.js';
import { contentKey } from './plan.js';

/** What keeps an entity from moving by itself, besides constraints. */
export interface Restraints {
  readonly hold?: Hold;
  readonly suppression?: AutomaticSuppression;
}

/** Restraints, sorted by whether what is desired now leaves them in force or has ended them. */
export interface SortedRestraints {
  readonly inForce: Restraints;
  readonly ended: Restraints;
}

/** Nothing keeps the entity, and nothing has ended: so it is with most. */
export const NO_RESTRAINTS: SortedRestraints = { inForce: {}, ended: {} };

/**
 * A hold `newer` ends when what is desired is newer than what it was left by, or has other values; an
 * automatic suppression when it is other content than what failed, or a person asks for another try.
 * `target` is what is desired: what a hold fixes instead counts for neither.
 */
export function sortRestraints(
  { entity, hold, suppression }: Restraints & { readonly entity: Entity },
  target: TargetSelection,
  forced: boolean,
): SortedRestraints {
  if (hold === undefined && suppression === undefined) return NO_RESTRAINTS;
  const holdEnds = hold !== undefined && isOutgrown(hold, entity, target);
  const suppressionEnds =
    suppression !== undefined && (forced || isReplaced(suppression, entity, target));
  return {
    inForce: {
      ...(hold !== undefined && !holdEnds && { hold }),
      ...(suppression !== undefined && !suppressionEnds && { suppression }),
    },
    ended: {
      ...(hold !== undefined && holdEnds && { hold }),
      ...(suppression !== undefined && suppressionEnds && { suppression }),
    },
  };
}

function isOutgrown({ until, above }: Hold, entity: Entity, target: TargetSelection): boolean {
  if (until !== 'newer' || above === undefined || target.kind !== 'release') return false;
  if (jsonDigest(entity.values) !== above.valuesDigest) return true;
  const wanted = parseVersion(target.release.version);
  const left = parseVersion(above.version);
  return wanted.ok && left.ok && compareVersions(wanted.value, left.value) > 0;
}

function isReplaced(
  suppression: AutomaticSuppression,
  entity: Entity,
  target: TargetSelection,
): boolean {
  return target.kind !== 'none' && targetContentKey(entity, target) !== suppression.contentKey;
}

function targetContentKey(
  entity: Entity,
  target: Exclude<TargetSelection, { kind: 'none' }>,
): string {
  const chart = target.kind === 'release' ? target.release.chart : null;
  return contentKey({
    entity: entity.name,
    spoke: entity.spoke,
    namespace: entity.namespace,
    releaseName: entity.releaseName,
    chart: chart && { name: chart.name, version: chart.version, sha256: chart.sha256 },
    valuesDigest: chart && jsonDigest(entity.values),
    strategy: entity.strategy,
  });
}
