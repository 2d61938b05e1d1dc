import { jsonDigest } from '@apollo-deploy/kernel';
import type { Entity, EntityEdit } from './entity.js';

/** What went last of an entity, as far as its edits go. */
interface Gone {
  /** Edits up to this version of the entity are in it; absent: nobody knows of any. */
  readonly entityVersion?: number;
}

/**
 * The known edits of an entity, the earliest first, each person once. A version of the hub that does not
 * keep them may have written the last one.
 */
export function editsOf({
  edits = [],
  editedBy,
  version,
}: Pick<Entity, 'edits' | 'editedBy' | 'version'>): readonly EntityEdit[] {
  return edits.at(-1)?.by === editedBy ? edits : withEdit(edits, { by: editedBy, version });
}

/**
 * Whose work an entity is once `next` is saved in the place of `stored`: what puts nothing else into its
 * plans, as the same once more or other labels, is no edit. Edits that are in what went last are over.
 */
export function editedAnew(
  stored: Entity,
  next: Pick<Entity, 'desired' | 'values' | 'fieldConflicts' | 'adopt'>,
  by: string,
  gone: Gone | undefined,
): Pick<Entity, 'editedBy' | 'edits'> {
  return isSameWish(stored, next)
    ? { editedBy: stored.editedBy, edits: editsOf(stored) }
    : askedForAnew(stored, by, gone);
}

/**
 * As `editedAnew` where somebody asks for what is desired in their own name, be it the same or not;
 * `stored` is absent where the entity is new.
 */
export function askedForAnew(
  stored: Entity | undefined,
  by: string,
  gone: Gone | undefined,
): Pick<Entity, 'editedBy' | 'edits'> {
  if (stored === undefined) return { editedBy: by, edits: [{ by, version: 1 }] };
  const edit = { by, version: stored.version + 1 };
  return { editedBy: by, edits: withEdit(stillToGo(editsOf(stored), gone), edit) };
}

/** Who has edited an entity in what has not gone since, the earliest first. */
export function editorsSince(entity: Entity, gone: Gone | undefined): readonly string[] {
  return stillToGo(editsOf(entity), gone).map(({ by }) => by);
}

/** Who has edited an entity before its last editor, in what has not gone since. */
export function earlierEditors(entity: Entity, gone: Gone | undefined): readonly string[] {
  return editorsSince(entity, gone).filter((name) => name !== entity.editedBy);
}

function withEdit(edits: readonly EntityEdit[], edit: EntityEdit): readonly EntityEdit[] {
  return [...edits.filter(({ by }) => by !== edit.by), edit];
}

function stillToGo(edits: readonly EntityEdit[], gone: Gone | undefined): readonly EntityEdit[] {
  const { entityVersion = 0 } = gone ?? {};
  return edits.filter(({ version }) => version > entityVersion);
}

/** Whether both put the same into the plans of an entity. */
export function isSameWish(
  one: Parameters<typeof wishOf>[0],
  other: Parameters<typeof wishOf>[0],
): boolean {
  return wishOf(one) === wishOf(other);
}

/** What of an entity people put into its plans. */
function wishOf({
  desired,
  values,
  fieldConflicts,
  adopt,
}: Pick<Entity, 'desired' | 'values' | 'fieldConflicts' | 'adopt'>): string {
  return jsonDigest({
    desired: { ...desired },
    values,
    fieldConflicts: fieldConflicts ?? 'override',
    adopt: adopt === true,
  });
}
