import {
  editedAnew,
  editsOf,
  type Entity,
  type Plan,
  refusal,
  type Refusal,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { reportedRelease } from '../spokes/release-state.js';

/** Of which entity, and the version that the caller saw; absent = whatever is stored. */
export interface AdoptionInput {
  readonly name: string;
  readonly expectedVersion?: number;
}

/**
 * Lets the next plan of an entity take over the release that somebody else has installed under its
 * name. Nothing changes in the cluster before that plan goes, and the first one that gets to work uses
 * it up. Refused where there is no such release.
 */
export async function adoptRelease(
  context: Context,
  principal: Principal,
  input: AdoptionInput,
): Promise<Result<Entity, Refusal>> {
  return context.store.transact(async (unit) => {
    const stored = await entityOf(unit, input);
    if (!stored.ok || stored.value.adopt === true) return stored;
    const { spoke, namespace, releaseName } = stored.value;
    const state = await unit.releaseStates.get(spoke, namespace, releaseName);
    const release = state === undefined ? undefined : reportedRelease(state);
    if (release?.unmanaged !== true)
      return err(nothingToAdopt(stored.value, release !== undefined));
    const next = { ...stored.value, adopt: true };
    const { version, revision, releaseDigest } = release;
    return change(context, unit, principal, {
      ...{ stored: stored.value, next, action: 'entity.adopt' },
      detail: { spoke, namespace, releaseName, version, revision, releaseDigest },
    });
  });
}

/**
 * Takes that back. A plan that has gone out with it goes on: cancel that one. Nothing to do where nobody
 * had said it.
 */
export async function leaveRelease(
  context: Context,
  principal: Principal,
  input: AdoptionInput,
): Promise<Result<Entity, Refusal>> {
  return context.store.transact(async (unit) => {
    const stored = await entityOf(unit, input);
    if (!stored.ok || stored.value.adopt !== true) return stored;
    const next = withoutAdoption(stored.value);
    return change(context, unit, principal, {
      ...{ stored: stored.value, next, action: 'entity.leave' },
      detail: {},
    });
  });
}

/**
 * What a plan that adopts has begun needs no word again: the release is Apollo's now. If somebody writes
 * the entity at the same moment the word stays, and means nothing to such a release.
 */
export async function useAdoptionUp(
  unit: UnitOfWork,
  { content, entity, state, outcome }: Plan,
): Promise<void> {
  const touched = state === 'SUCCEEDED' || (state === 'FAILED' && outcome !== 'refused');
  if (content.adopt !== true || !touched) return;
  const stored = await unit.entities.get(entity);
  if (stored?.adopt !== true) return;
  await unit.entities.save({ ...withoutAdoption(stored), edits: editsOf(stored) });
}

function withoutAdoption({ adopt: _, ...entity }: Entity): Entity {
  return entity;
}

async function entityOf(
  unit: UnitOfWork,
  { name, expectedVersion }: AdoptionInput,
): Promise<Result<Entity, Refusal>> {
  const stored = await unit.entities.get(name);
  if (stored === undefined) {
    const detail = `there is no entity ${JSON.stringify(name)}; GET /api/v1/entities lists them`;
    return err(refusal('catalog/entity_not_found', detail));
  }
  const { version } = stored;
  return expectedVersion === undefined || expectedVersion === version
    ? ok(stored)
    : err(changed(stored));
}

async function change(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  {
    stored,
    next,
    action,
    detail,
  }: {
    readonly stored: Entity;
    readonly next: Entity;
    readonly action: 'entity.adopt' | 'entity.leave';
    readonly detail: Readonly<Record<string, string | number>>;
  },
): Promise<Result<Entity, Refusal>> {
  const updatedAt = context.clock.now().toISOString();
  const [gone] = await unit.baselines.newestOf([stored.name]);
  const editors = editedAnew(stored, next, principal.name, gone);
  const saved = await unit.entities.save({ ...next, ...editors, updatedAt });
  if (!saved.ok) return err(changed(next));
  await unit.dirty.mark([next.name]);
  await record(context, unit, principal, { action, subject: `entity/${next.name}`, detail });
  return saved;
}

function nothingToAdopt(
  { name, spoke, namespace, releaseName }: Entity,
  isThere: boolean,
): Refusal {
  const why = isThere
    ? 'is not reported as made by somebody else; if it is, bring the agent of the spoke to a version that says so'
    : "was not reported; look at what is there (GET /api/v1/spokes/{name}/releases), and at the entity's namespace and release name";
  return refusal(
    'catalog/nothing_to_adopt',
    `entity ${name} has nothing to adopt: release ${releaseName} in ${namespace} on spoke ${spoke} ${why}`,
  );
}

function changed({ name, version }: Entity): Refusal {
  return refusal(
    'catalog/version_conflict',
    `entity ${name} is at version ${String(version)} or newer now; read it again and repeat the change`,
    { field: 'If-Match', data: { version } },
  );
}
