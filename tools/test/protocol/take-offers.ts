import type { LinkedSpoke } from './linked-spoke.js';

/** Takes and acknowledges offers; answers their ids. */
export async function takeOffers(spoke: LinkedSpoke, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const { order, acknowledge } = await spoke.order('plan.offer');
    ids.push(order.id);
    acknowledge();
  }
  return ids;
}

/** The ids of the first so many offers of a meeting, in order. */
export const offerIds = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `offer-${String(index + 1)}`);
