import { jsonDigest } from '@apollo-deploy/kernel';
import type { Candidates } from '../catalog/candidates.js';
import type { Entity, Values } from '../catalog/entity.js';
import type { TargetSelection } from '../catalog/choose-release.js';
import { compareVersions, parseVersion } from '../catalog/version.js';
import { heldTarget } from '../holds/held-target.js';
import type { Hold } from '../holds/hold.js';
import type { AutomaticSuppression } from '../suppressions/automatic-suppression.js';
import { desiredValues, withoutRollout } from '../strategies/rollout.js';
import { contentKey } from './plan.js';

/** What keeps an entity from moving by itself, besides constraints. */
export interface Restraints {
  readonly hold?: Hold;
  readonly suppression?: AutomaticSuppression;
}

/** What a person wants of an entity, and what there is to choose from. */
interface Wish {
  readonly entity: Entity;
  readonly candidates: Pick<Candidates, 'releases'>;
}

/** Restraints, sorted by whether what is desired now leaves them in force or has ended them. */
export interface SortedRestraints {
  readonly inForce: Restraints;
  readonly ended: Restraints;
}

/** Nothing keeps the entity, and nothing has ended: so it is with most. */
export const NO_RESTRAINTS: SortedRestraints = { inForce: {}, ended: {} };

/**
 * A hold `newer` ends when what is desired is newer than what it was left by, or has other values, and
 * one that a rollback left also when nothing is desired: no release is ever newer than that. An
 * automatic suppression ends when what failed is neither desired nor what a hold in force fixes, or a
 * person asks for another try. `target` is what is desired.
 */
export function sortRestraints(
  stored: Restraints & Wish,
  target: TargetSelection,
  forced: boolean,
): SortedRestraints {
  const { entity, hold, suppression } = stored;
  if (hold === undefined && suppression === undefined) return NO_RESTRAINTS;
  const holdEnds = hold !== undefined && isOutgrown(hold, entity, target);
  const inForce = holdEnds ? undefined : hold;
  const suppressionEnds =
    suppression !== undefined && (forced || isReplaced(suppression, stored, target, inForce));
  return {
    inForce: {
      ...(inForce !== undefined && { hold: inForce }),
      ...(suppression !== undefined && !suppressionEnds && { suppression }),
    },
    ended: {
      ...(hold !== undefined && holdEnds && { hold }),
      ...(suppression !== undefined && suppressionEnds && { suppression }),
    },
  };
}

function isOutgrown(hold: Hold, entity: Entity, target: TargetSelection): boolean {
  const { until, above, cause } = hold;
  if (until === 'newer' && cause === 'rollback' && target.kind === 'absent') return true;
  if (until !== 'newer' || above === undefined || target.kind !== 'release') return false;
  if (jsonDigest(withoutRollout(entity.values)) !== above.valuesDigest) return true;
  const wanted = parseVersion(target.release.version);
  const left = parseVersion(above.version);
  return wanted.ok && left.ok && compareVersions(wanted.value, left.value) > 0;
}

function isReplaced(
  { contentKey: failed }: AutomaticSuppression,
  { entity, candidates }: Wish,
  target: TargetSelection,
  hold: Hold | undefined,
): boolean {
  if (target.kind === 'none') return false;
  const sha256 = target.kind === 'release' ? target.release.chart.sha256 : undefined;
  if (targetContentKey(entity, target, desiredValues(entity, sha256)) === failed) return false;
  const held = heldTarget(hold, candidates);
  const heldValues = hold?.fixes?.values ?? entity.values;
  return held === undefined || targetContentKey(entity, held, heldValues) !== failed;
}

function targetContentKey(
  entity: Entity,
  target: Exclude<TargetSelection, { kind: 'none' }>,
  values: Values,
): string {
  const chart = target.kind === 'release' ? target.release.chart : null;
  return contentKey({
    entity: entity.name,
    spoke: entity.spoke,
    namespace: entity.namespace,
    releaseName: entity.releaseName,
    chart: chart && { name: chart.name, version: chart.version, sha256: chart.sha256 },
    valuesDigest: chart && jsonDigest(values),
    strategy: entity.strategy,
  });
}
