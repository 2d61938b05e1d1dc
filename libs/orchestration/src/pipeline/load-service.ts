import type { Entity, Presence, ReportedState } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import { distinct } from '../engine/distinct.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { presenceOf } from '../spokes/presence.js';
import { reportedState } from '../spokes/release-state.js';

/** An entity of a service, and what its spoke says of it. */
export interface SeenEntity {
  readonly entity: Entity;
  /** Its spoke is connected: what it said holds now. */
  readonly heard: boolean;
  /** Its spoke is out of reach (`isOutOfReach`): a deployment passes over it. */
  readonly lost: boolean;
  /** Absent: its spoke has not reported it. */
  readonly reported?: ReportedState;
}

/**
 * The entities of a service in these environments that are to run something, in the order of their
 * names, with three statements however many they are.
 */
export async function loadService(
  context: Pick<Context, 'clock' | 'startedAt'>,
  unit: UnitOfWork,
  service: string,
  environments: readonly string[],
): Promise<readonly SeenEntity[]> {
  if (environments.length === 0) return [];
  const entities = (await unit.entities.ofProductsIn(environments, [service])).filter(
    ({ desired }) => !('absent' in desired),
  );
  if (entities.length === 0) return [];
  const stored = await unit.spokes.getMany(distinct(entities.map(({ spoke }) => spoke)));
  const spokes = new Map(stored.map((spoke) => [spoke.name, spoke]));
  const summaries = new Map(
    (await unit.releaseStates.summaries(entities)).map((state) => [keyOf(state), state]),
  );
  const presence = { now: context.clock.now(), startedAt: context.startedAt };
  return entities.map((entity) => {
    const spoke = spokes.get(entity.spoke);
    const reported = reportedState(entity, spoke, summaries.get(keyOf(entity)));
    const found = spoke === undefined ? 'pending' : presenceOf(spoke, presence);
    return {
      ...{ entity, heard: found === 'connected', lost: isOutOfReach(found) },
      ...(reported !== undefined && { reported }),
    };
  });
}

function keyOf(release: Pick<Entity, 'spoke' | 'namespace' | 'releaseName'>): string {
  return `${release.spoke}/${release.namespace}/${release.releaseName}`;
}

/** Whether nothing can be brought to a spoke, for good or for long: what it said last is past. */
export function isOutOfReach(presence: Presence): boolean {
  return presence === 'lost' || presence === 'revoked' || presence === 'pending';
}
