import type { Entity } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import type { EvaluationRecord, ReleaseStateRecord } from '../ports/records.js';
import type { EntityRepository, ReleaseStateRepository } from '../ports/fleet-repositories.js';
import type { EvaluationRepository, UnitOfWork } from '../ports/unit-of-work.js';
import { reportedRelease } from '../spokes/release-state.js';
import { entitySubject, type EventDrafts } from './event-drafts.js';
import { overlaid } from './overlaid.js';

type EntityRepositories = Pick<UnitOfWork, 'entities' | 'evaluations' | 'releaseStates'>;
type ReleaseKey = Pick<ReleaseStateRecord, 'spoke' | 'namespace' | 'releaseName'>;

/**
 * Entities that say what becomes of them: what is wanted, what their spoke sees, and what the last
 * evaluation made of the two.
 */
export function announceEntities(
  { entities, evaluations, releaseStates }: EntityRepositories,
  drafts: EventDrafts,
): EntityRepositories {
  return {
    entities: announceDesired(entities, drafts),
    evaluations: announceEvaluations(evaluations, drafts),
    releaseStates: announceReported(releaseStates, entities, drafts),
  };
}

function announceDesired(entities: EntityRepository, drafts: EventDrafts): EntityRepository {
  const announce = (type: string, entity: Entity): void => {
    drafts.add(type, entitySubject(entity), {
      desired: { ...entity.desired },
      spoke: entity.spoke,
    });
  };
  return overlaid(entities, {
    async insert(entity) {
      const inserted = await entities.insert(entity);
      if (inserted.ok) announce('entity.created', inserted.value);
      return inserted;
    },
    async save(entity) {
      const saved = await entities.save(entity);
      if (saved.ok) announce('entity.changed', saved.value);
      return saved;
    },
  });
}

function announceEvaluations(
  evaluations: EvaluationRepository,
  drafts: EventDrafts,
): EvaluationRepository {
  return overlaid(evaluations, {
    async put(records: readonly EvaluationRecord[]) {
      await evaluations.put(records);
      for (const { entity, code, why, target } of records) {
        drafts.addOfEntity('entity.evaluated', entity, { code, why, version: target.version });
      }
    },
  });
}

function announceReported(
  states: ReleaseStateRepository,
  entities: EntityRepository,
  drafts: EventDrafts,
): ReleaseStateRepository {
  const announce = async (
    keys: readonly ReleaseKey[],
    dataOf: (key: string) => Readonly<Record<string, Json>>,
  ): Promise<void> => {
    const reported = new Set(keys.map(nameOf));
    for (const spoke of new Set(keys.map((key) => key.spoke))) {
      for (const entity of await entities.ofSpokes([spoke])) {
        const name = nameOf(entity);
        if (reported.has(name)) drafts.add('entity.reported', entitySubject(entity), dataOf(name));
      }
    }
  };
  return overlaid(states, {
    async put(records) {
      await states.put(records);
      const byName = new Map(records.map((record) => [nameOf(record), record]));
      await announce(records, (name) => reportOf(byName.get(name)));
    },
    async remove(keys) {
      await states.remove(keys);
      await announce(keys, () => reportOf(undefined));
    },
  });
}

/** What the spoke saw of a release, without what only people who ask for all of it need. */
function reportOf(record: ReleaseStateRecord | undefined): Readonly<Record<string, Json>> {
  if (record === undefined) return { release: null };
  const { version, revision, helmStatus, health, drifted } = reportedRelease(record);
  return { release: { version, revision, helmStatus, health, drifted } };
}

function nameOf({ spoke, namespace, releaseName }: ReleaseKey): string {
  return `${spoke}/${namespace}/${releaseName}`;
}
