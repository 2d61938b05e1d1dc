import {
  ConstraintSet,
  type EntityFacts,
  type HeldContent,
  type Hold,
  type HoldEnd,
  type Proposal,
  proposePlan,
  refusal,
  type Refusal,
} from '@apollo-deploy/domain';
import { err, InvariantViolation, jsonDigest, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { endHold } from '../engine/holds.js';
import { loadFacts } from '../engine/load-facts.js';
import { replicaFacts } from '../engine/replica-facts.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { isClaimed, withdrawOffersOf } from './withdraw-offers.js';

export interface NewHold {
  readonly entity: string;
  readonly until: HoldEnd;
  readonly reason: string;
}

/**
 * Holds an entity at what runs now. From the instant it is stored nothing else is dispatched to the
 * entity, on any replica, and an offer that its spoke has not claimed yet is taken back. Where it is
 * not known how to restore what runs (nothing does, or not from a release with values that Apollo
 * knows), the hold only forbids. So it does while a plan that its spoke has claimed, or whose end is
 * unknown, is under way: what runs now is about to be something else, and the hold must not undo it.
 */
export async function holdEntity(
  context: Context,
  principal: Principal,
  input: NewHold,
): Promise<Result<Hold, Refusal>> {
  return context.store.transact(async (unit) => {
    const entity = await unit.entities.get(input.entity);
    if (entity === undefined) return err(noEntity(input.entity));
    await unit.environments.lock(entity.environment);
    const now = context.clock.now();
    const presence = replicaFacts(context, now);
    const set = new ConstraintSet(await unit.constraints.all());
    const [facts] = await loadFacts(unit, [entity.name], presence, set);
    if (facts === undefined) throw new InvariantViolation(`entity ${entity.name} has no facts`);
    const fixes = await runningContent(unit, facts.entityFacts);
    const above = input.until === 'newer' ? presentWish(facts.entityFacts) : undefined;
    const inserted = await unit.holds.insert({
      id: context.ids.next(),
      entity: entity.name,
      ...(fixes !== undefined && { fixes }),
      until: input.until,
      reason: input.reason,
      cause: 'person',
      by: principal.name,
      at: now.toISOString(),
      ...(above !== undefined && { above }),
    });
    if (!inserted.ok) return err(await heldAlready(unit, entity.name));
    const hold = inserted.value;
    await withdrawOffersOf(context, unit, await unit.plans.openOf([entity.name]), 'it is held');
    await unit.dirty.mark([entity.name]);
    await record(context, unit, principal, {
      action: 'hold.add',
      subject: `entity/${entity.name}`,
      detail: {
        hold: hold.id,
        until: hold.until,
        reason: hold.reason,
        version: hold.fixes?.version ?? null,
      },
    });
    return ok(hold);
  });
}

/** Lifts a hold; its entity is looked at again. */
export async function liftHold(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const hold = await unit.holds.get(id);
    const ended =
      hold !== undefined &&
      (await endHold(context, unit, principal, hold, `lifted by ${principal.name}`));
    if (!ended) {
      const detail = `there is no hold ${JSON.stringify(id)}; it may have ended already`;
      return err(refusal('hold/not_found', detail));
    }
    await unit.dirty.mark([hold.entity]);
    return ok(undefined);
  });
}

/** What runs and stays, if it came from a release, undisturbed, with values that are known. */
async function runningContent(
  unit: UnitOfWork,
  { entity, candidates, reported, openPlan }: EntityFacts,
): Promise<HeldContent | undefined> {
  if (openPlan !== undefined && isClaimed(openPlan)) return undefined;
  const running = reported?.release;
  if (running?.helmStatus !== 'deployed') return undefined;
  const { version, valuesDigest } = running;
  const release = candidates.releases.find((one) => one.version === version);
  if (release === undefined) return undefined;
  const baselines = await unit.baselines.ofEntities([entity.name]);
  const values = [entity, ...baselines]
    .map((known) => known.values)
    .find((known) => jsonDigest(known) === valuesDigest);
  if (values === undefined) return undefined;
  return { version, chartSha256: release.chart.sha256, values, valuesDigest };
}

/** What is wanted now, without the hold: only what is newer than that, or has other values, ends it. */
function presentWish(facts: EntityFacts): Hold['above'] {
  const version = wantedVersion(proposePlan(facts)) ?? facts.reported?.release?.version;
  if (version === undefined) return undefined;
  return { version, valuesDigest: jsonDigest(facts.entity.values) };
}

function wantedVersion({ target }: Proposal): string | undefined {
  return target.kind === 'release' ? target.release.version : undefined;
}

async function heldAlready(unit: UnitOfWork, entity: string): Promise<Refusal> {
  const [hold] = await unit.holds.ofEntities([entity]);
  const id = hold?.id ?? '';
  return refusal(
    'catalog/already_exists',
    `${entity} is held already; lift that hold first (DELETE /api/v1/holds/${id})`,
    { field: 'entity', data: { hold: id } },
  );
}

function noEntity(name: string): Refusal {
  return refusal(
    'catalog/entity_not_found',
    `entity ${JSON.stringify(name)} does not exist; list them at GET /api/v1/entities`,
    { field: 'entity' },
  );
}
