import {
  type Plan,
  type Recall,
  RECALL_STRATEGIES,
  recallOf,
  type RecallStrategy,
  refusal,
  type Refusal,
  tellRecall,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import { checkRange, checkVersion, firstRefusal } from '../catalog/check-fields.js';
import { productNotFound } from '../catalog/register-release.js';
import { lockScope } from '../constraints/lock-scope.js';
import { withdrawOffers } from '../constraints/withdraw-offers.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { markTouched } from './mark-touched.js';

const REASON_MAX = 500;

export interface NewRecall {
  readonly product: string;
  readonly range: string;
  readonly strategy: RecallStrategy;
  /** The oldest version that a downgrade may go to; absent = any. Only with `downgrade`. */
  readonly minimum?: string;
  /** 1 to 500 characters, for whoever is stopped or moved by it. */
  readonly reason: string;
}

/**
 * Recalls the releases of a product in a range, those that are registered later too. From the instant
 * it is stored none of them is dispatched, on any replica; offers of them that no spoke has claimed
 * yet are taken back, and the entities that it concerns are evaluated with their neighbours.
 */
export async function addRecall(
  context: Context,
  principal: Principal,
  input: NewRecall,
): Promise<Result<Recall, Refusal>> {
  const bad = checkInput(input);
  if (bad !== undefined) return err(bad);
  const { minimum } = input;
  const recall: Recall = {
    id: context.ids.next(),
    product: input.product,
    range: input.range,
    strategy: input.strategy,
    ...(minimum !== undefined && { minimum }),
    reason: input.reason,
    createdBy: principal.name,
    createdAt: context.clock.now().toISOString(),
  };
  return context.store.transact(async (unit) => {
    const { id, product, range } = recall;
    if ((await unit.products.get(product)) === undefined) return err(productNotFound(product));
    // All of them: an entity of the product may come to any while this runs.
    const environments = await lockScope(unit, {});
    await unit.recalls.insert(recall);
    const why = `${product} ${range} is ${tellRecall(recall)}`;
    await voidProofs(unit, recall);
    await withdrawOffers(context, unit, environments, why, (plans) =>
      plans.filter((plan) => isToRecalled(plan, recall)),
    );
    await markTouched(unit, recall);
    await record(context, unit, principal, {
      action: 'recall.add',
      subject: `recall/${id}`,
      detail: {
        product,
        range,
        strategy: recall.strategy,
        ...(minimum !== undefined && { minimum }),
        reason: recall.reason,
      },
    });
    return ok(recall);
  });
}

/**
 * What is recalled has proven nothing by how it ran until now. That is so for good: once the recall is
 * withdrawn, a plan to it has to succeed again before it goes up to production.
 */
async function voidProofs(unit: UnitOfWork, recall: Recall): Promise<void> {
  const releases = await unit.releases.ofProducts([recall.product]);
  const recalled = releases.filter(({ version }) => recallOf([recall], version) !== undefined);
  await unit.runs.removeOfCharts(recalled.map(({ chart }) => chart.sha256));
}

function isToRecalled({ product, to }: Plan, recall: Recall): boolean {
  return product === recall.product && to !== null && recallOf([recall], to.version) !== undefined;
}

function checkInput({ range, strategy, minimum, reason }: NewRecall): Refusal | undefined {
  return firstRefusal([
    checkRange('range', range),
    RECALL_STRATEGIES.includes(strategy)
      ? undefined
      : invalid('strategy', `strategy is not one of ${RECALL_STRATEGIES.join(', ')}`),
    minimum === undefined ? undefined : checkVersion('minimum', minimum),
    minimum === undefined || strategy === 'downgrade'
      ? undefined
      : invalid(
          'minimum',
          'minimum is how far a downgrade may go; leave it out, or recall with strategy downgrade',
        ),
    reason.trim() !== '' && reason.length <= REASON_MAX
      ? undefined
      : invalid(
          'reason',
          `reason has ${String(reason.length)} characters; accepted are 1 to ${String(REASON_MAX)}, not all blank`,
        ),
  ]);
}

function invalid(field: string, detail: string): Refusal {
  return refusal('catalog/invalid_field', detail, { field });
}
