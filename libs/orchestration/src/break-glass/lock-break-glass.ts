import { type BreakGlass, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type { UnitOfWork } from '../ports/unit-of-work.js';

function breakGlassNotFound(id: string): Refusal {
  const detail = `there is no break-glass ${JSON.stringify(id)}; list them at GET /api/v1/break-glass`;
  return refusal('break_glass/not_found', detail);
}

/**
 * The break-glass of an id, with its environment locked: so nobody else changes it, and no plan goes by
 * it, before this transaction ends. `version`: only if it is that one.
 */
export async function lockBreakGlass(
  unit: UnitOfWork,
  id: string,
  version?: number,
): Promise<Result<BreakGlass, Refusal>> {
  const seen = await unit.breakGlasses.get(id);
  if (seen === undefined) return err(breakGlassNotFound(id));
  await unit.environments.lock(seen.environment);
  const glass = (await unit.breakGlasses.get(id)) ?? seen;
  if (version === undefined || version === glass.version) return ok(glass);
  return err(
    refusal(
      'catalog/version_conflict',
      `break-glass ${id} has changed: it is at version ${String(glass.version)}; look at it again`,
      { data: { version: glass.version } },
    ),
  );
}

/** Keeps what was made of a break-glass that is locked, which nobody else can have changed. */
export async function keepBreakGlass(unit: UnitOfWork, glass: BreakGlass): Promise<BreakGlass> {
  const saved = await unit.breakGlasses.save(glass);
  if (saved.ok) return saved.value;
  throw new InvariantViolation(`break-glass ${glass.id} was changed while it was locked`);
}
