import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { markWithNeighbours } from '../engine/mark-neighbours.js';
import type { Principal } from '../ports/principal.js';

/** Takes a recall back: what only it covered may run again, and the product is evaluated. */
export async function withdrawRecall(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const recall = await unit.recalls.get(id);
    if (recall === undefined || !(await unit.recalls.remove(id))) {
      return err(
        refusal(
          'recall/not_found',
          `there is no recall ${JSON.stringify(id)}; it may have been withdrawn already, see GET /api/v1/recalls`,
        ),
      );
    }
    const { product, range, reason } = recall;
    await markWithNeighbours(unit, await unit.entities.ofProduct(product));
    await record(context, unit, principal, {
      action: 'recall.withdraw',
      subject: `recall/${id}`,
      detail: { product, range, reason },
    });
    return ok(undefined);
  });
}
