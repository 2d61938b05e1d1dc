import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { markTouched } from './mark-touched.js';

/** Takes a recall back: what only it covered may run again, and whom it concerned is evaluated. */
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
    await markTouched(unit, recall);
    await record(context, unit, principal, {
      action: 'recall.withdraw',
      subject: `recall/${id}`,
      detail: { product, range, reason },
    });
    return ok(undefined);
  });
}
