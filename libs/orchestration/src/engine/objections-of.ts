import {
  bearingOf,
  BUILT_IN_CONSTRAINTS,
  type CandidateFacts,
  type ClassedPlan,
  compareVersions,
  type ConstraintSet,
  givesWay,
  parseVersion,
  type Product,
  type PromotionFacts,
  type Release,
  runningVersion,
  type TabledConstraint,
  type Violation,
  type Waivable,
} from '@apollo-deploy/domain';
import type { SpokeRecord } from '../ports/records.js';
import { capabilitiesOf } from '../spokes/capabilities.js';
import type { PresenceFacts } from '../spokes/presence.js';
import type { Destination } from './load-promotions.js';
import { scopeSubject } from './scope-subject.js';

interface SelectionSources {
  readonly set: ConstraintSet;
  readonly product: Product;
  readonly promotionOf: (release: Release) => PromotionFacts;
  readonly presence: Pick<PresenceFacts, 'now'>;
  readonly spoke: Pick<SpokeRecord, 'name' | 'hello'>;
  /** What break-glasses waive for what is new to the entity. */
  readonly waives: readonly Waivable[];
}

/** Among releases older than what runs there is a choice only where a recall with `downgrade` is left. */
const BACK_OFF_A_RECALL: ClassedPlan = { planClass: 'roll_off', forward: false };

/**
 * What the constraints that choose among releases have against a release as the target. Which they are is worked
 * out when the first release is asked about, and how a release has done when a constraint asks for it.
 */
export function objectionsOf(
  destination: Destination,
  { set, product, promotionOf, presence, spoke, waives }: SelectionSources,
): (release: Release) => readonly Violation[] {
  const { entity, environment, reported } = destination;
  const { tier } = environment;
  const choosing = once((): readonly TabledConstraint[] => {
    const type = reported?.release == null ? 'install' : 'upgrade';
    const stored = set.selecting(scopeSubject(entity, { product, environment }, type));
    return [...BUILT_IN_CONSTRAINTS, ...stored].filter(
      (one) => 'objects' in one && !givesWay(one.row, waives),
    );
  });
  const goingBack = once(() =>
    choosing().filter(({ row }) => bearingOf(row, BACK_OFF_A_RECALL) === 'holds'),
  );
  const runs = runningVersion(reported?.release ?? null);
  return (release) => {
    const asked = runs !== undefined && isOlder(release.version, runs) ? goingBack() : choosing();
    if (asked.length === 0) return NONE;
    const promotion = once(() => promotionOf(release));
    const candidate: CandidateFacts = {
      now: presence.now,
      tier,
      release,
      spoke: { name: spoke.name, ...capabilitiesOf(spoke) },
      get promotion() {
        return promotion();
      },
    };
    return asked.flatMap((constraint) => constraint.objects?.(candidate) ?? NONE);
  };
}

const NONE: readonly Violation[] = [];

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function isOlder(version: string, runs: string): boolean {
  const [one, other] = [parseVersion(version), parseVersion(runs)];
  return one.ok && other.ok && compareVersions(one.value, other.value) < 0;
}
