import { type BreakGlass, isInForce } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const PAGE = 200;

/** Marks what goes by the break-glasses of somebody, or would: for when what they may do has changed. */
export async function markOpenedBy(unit: UnitOfWork, name: string, now: Date): Promise<void> {
  const inForce = (await owedBy(unit, name)).filter((glass) => isInForce(glass, now));
  if (inForce.length === 0) return;
  const entities = await unit.entities.ofProductsIn(
    [...new Set(inForce.map(({ environment }) => environment))],
    [...new Set(inForce.map(({ product }) => product))],
  );
  if (entities.length > 0) await unit.dirty.mark(entities.map((entity) => entity.name));
}

async function owedBy(unit: UnitOfWork, openedBy: string): Promise<readonly BreakGlass[]> {
  const owed: BreakGlass[] = [];
  let after: string | undefined;
  do {
    const page = await unit.breakGlasses.list(
      { openedBy, open: true },
      { limit: PAGE, ...(after !== undefined && { after }) },
    );
    owed.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return owed;
}
