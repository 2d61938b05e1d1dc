import {
  ConstraintSet,
  type Entity,
  type Hold,
  isChange,
  namesOtherContent,
  type Plan,
  selectTarget,
  withoutRollout,
} from '@apollo-deploy/domain';
import { jsonDigest } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE, type Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { loadFacts } from './load-facts.js';
import { replicaFacts } from './replica-facts.js';

/** For people: what ends a hold before its time. */
export function whatLifts({ id }: Pick<Hold, 'id'>): string {
  return `DELETE /api/v1/holds/${id} lifts it`;
}

/** Ends a hold, with the reason for the record. False if somebody else was faster. */
export async function endHold(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  hold: Hold,
  why: string,
): Promise<boolean> {
  if (!(await unit.holds.remove(hold.id))) return false;
  await record(context, unit, principal, {
    action: 'hold.end',
    subject: `entity/${hold.entity}`,
    detail: { hold: hold.id, cause: hold.cause, why },
  });
  return true;
}

/** Ends a hold that a person's change of what is desired goes past; see `Hold`. */
export async function endHoldGonePast(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { before, after }: { readonly before: Entity | undefined; readonly after: Entity },
): Promise<void> {
  if (before === undefined) return;
  const [hold] = await unit.holds.ofEntities([after.name]);
  if (hold === undefined || !namesOtherContent(hold, before, after)) return;
  await endHold(context, unit, principal, hold, `${principal.name} wants other content`);
}

/**
 * A rollback SUCCEEDED: its entity stays where it is. After an automatic one until something newer
 * comes than what was rolled back; after one that a person asked for until somebody lifts it. Neither
 * leaves a hold against a later word: an automatic one where other content was desired after what
 * failed was planned, one that was asked for where a person has named other content since. What
 * rolls off a recalled release is held by nothing: the recall itself keeps it off. One that restores
 * what a hold fixes leaves that hold as it is.
 */
export async function holdAfterRollback(
  context: Context,
  unit: UnitOfWork,
  rollback: Plan,
  undone: Plan | undefined,
): Promise<void> {
  const { planClass, content, to, values } = rollback;
  const isAutomatic = planClass === 'automatic_rollback';
  const isAsked = planClass === 'requested_rollback' || (await followsPin(unit, rollback));
  if (!isAutomatic && !isAsked) return;
  if (content.chart === null || content.valuesDigest === null) return;
  const isPast = isAutomatic
    ? await isWishNewer(context, unit, rollback, undone)
    : await isAskedForNoMore(unit, rollback);
  if (isPast) return;
  const by = isAutomatic ? ENGINE.name : await editorOf(unit, rollback);
  const above = isAutomatic ? contentOf(undone) : undefined;
  const version = to?.version ?? content.chart.version;
  await leaveHold(context, unit, {
    id: context.ids.next(),
    entity: rollback.entity,
    fixes: {
      version,
      chartSha256: content.chart.sha256,
      values,
      valuesDigest: content.valuesDigest,
    },
    until: above === undefined ? 'lifted' : 'newer',
    reason: `plan ${rollback.id} went back to ${version}`,
    cause: 'rollback',
    by,
    at: context.clock.now().toISOString(),
    planId: rollback.id,
    ...(above !== undefined && { above }),
  });
}

/**
 * A rollback FAILED: nothing is known to be good, so nothing moves until a person looks and lifts the
 * hold, or names other content. The alarm is in the audit trail.
 */
export async function holdAfterFailedRollback(
  context: Context,
  unit: UnitOfWork,
  rollback: Plan,
): Promise<void> {
  const reason = `rollback plan ${rollback.id} did not succeed; look at what runs before anything else is tried`;
  const hold: Hold = {
    id: context.ids.next(),
    entity: rollback.entity,
    until: 'lifted',
    reason,
    cause: 'rollback_failed',
    by: ENGINE.name,
    at: context.clock.now().toISOString(),
    planId: rollback.id,
  };
  await leaveHold(context, unit, hold);
  await record(context, unit, ENGINE, {
    action: 'alarm',
    subject: `entity/${rollback.entity}`,
    detail: { cause: hold.cause, plan: rollback.id, hold: hold.id, reason },
  });
}

/** Holds an entity. The newest word counts: a hold that was there is replaced. */
export async function leaveHold(context: Context, unit: UnitOfWork, hold: Hold): Promise<void> {
  const [before] = await unit.holds.ofEntities([hold.entity]);
  if (before !== undefined) {
    await endHold(context, unit, ENGINE, before, `replaced by hold ${hold.id}`);
  }
  await unit.holds.insert(hold);
  await record(context, unit, ENGINE, {
    action: 'hold.add',
    subject: `entity/${hold.entity}`,
    detail: {
      hold: hold.id,
      cause: hold.cause,
      until: hold.until,
      reason: hold.reason,
      version: hold.fixes?.version ?? null,
    },
  });
}

/**
 * Whether what is desired now was said after the change that failed had been planned, and is neither
 * that change nor what its rollback brought; a hotfix may bring that very change once more. Absence
 * always is such a wish: no release is newer.
 */
async function isWishNewer(
  context: Context,
  unit: UnitOfWork,
  rollback: Plan,
  undone: Plan | undefined,
): Promise<boolean> {
  const entity = await unit.entities.get(rollback.entity);
  if (entity === undefined || undone === undefined) return false;
  if ('absent' in entity.desired) return true;
  if (entity.updatedAt <= undone.createdAt) return false;
  const presence = replicaFacts(context);
  const set = new ConstraintSet(await unit.constraints.all());
  const [facts] = await loadFacts(unit, [entity.name], presence, set);
  if (facts === undefined) return false;
  const wanted = selectTarget(entity.desired, facts.entityFacts.candidates);
  if (wanted.kind !== 'release') return false;
  const { version } = wanted.release;
  if (version === rollback.to?.version) return false;
  return version !== undone.to?.version || facts.entityFacts.hotfix?.version === version;
}

/** Whether a change goes to an older version because a person named that. */
async function followsPin(
  unit: UnitOfWork,
  { planClass, entity: name, to }: Plan,
): Promise<boolean> {
  if (!isChange(planClass)) return false;
  const desired = (await unit.entities.get(name))?.desired;
  return desired !== undefined && 'version' in desired && desired.version === to?.version;
}

/** Whether a person has named other content than what a rollback by a pin brought, while it executed. */
async function isAskedForNoMore(unit: UnitOfWork, rollback: Plan): Promise<boolean> {
  const { entity: name, to, values, content } = rollback;
  const entity = await unit.entities.get(name);
  if (entity === undefined || to === null || content.valuesDigest === null) return false;
  const fixes = { version: to.version, valuesDigest: content.valuesDigest };
  const asked = { desired: { version: to.version }, values };
  return namesOtherContent({ entity: name, fixes }, asked, entity);
}

function contentOf(plan: Plan | undefined): Hold['above'] {
  const version = plan?.to?.version;
  if (plan?.content.valuesDigest == null || version === undefined) return undefined;
  // Other values are those that people set, not the next step of a strategy.
  return { version, valuesDigest: jsonDigest(withoutRollout(plan.values)) };
}

async function editorOf(unit: UnitOfWork, { entity }: Plan): Promise<string> {
  return (await unit.entities.get(entity))?.editedBy ?? ENGINE.name;
}
