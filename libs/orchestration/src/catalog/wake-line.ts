import type { SlotHolders } from '../ports/plan-slots.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const NOBODY: SlotHolders = { environments: [], products: [], spokes: [] };
/** More than any line has. */
const EVERYBODY = 1_000_000;

/** Who has slots: one environment, one product or one spoke, by name. */
export type SlotHolder =
  { readonly environment: string } | { readonly product: string } | { readonly spoke: string };

/**
 * What one holder of slots allows at once has changed. Under another limit the evaluation of the first
 * who waits passes on all that is free; without a limit nothing is passed on, so all are looked at.
 */
export async function wakeLine(
  { plans, dirty }: UnitOfWork,
  holder: SlotHolder,
  maxConcurrent: number | undefined,
): Promise<void> {
  const most = maxConcurrent === undefined ? EVERYBODY : 1;
  const line = await plans.line(holdersOf(holder), NOBODY, most);
  if (line.length > 0) await dirty.mark(line.map(({ entity }) => entity));
}

function holdersOf(holder: SlotHolder): SlotHolders {
  if ('environment' in holder) return { ...NOBODY, environments: [holder.environment] };
  if ('product' in holder) return { ...NOBODY, products: [holder.product] };
  return { ...NOBODY, spokes: [holder.spoke] };
}
