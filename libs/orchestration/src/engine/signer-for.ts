import { type Plan, refusal, type Refusal, type Violation } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { KeyTrust } from '../ports/key-sets.js';
import type { PlanSigner } from '../ports/plan-signer.js';
import type { SpokeHello } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { wantsSignedPlans } from '../spokes/capabilities.js';

type SentPlan = Pick<Plan, 'id' | 'spoke'>;

/**
 * Who signs a plan on this replica so that its spoke, which said this of itself, carries it out. Refused
 * with `plan/not_signed` where there is no key, or too few by which that spoke goes.
 */
export function signerFor(
  { signer }: Pick<Context, 'signer'>,
  plan: SentPlan,
  { trusts }: Pick<SpokeHello, 'trusts'>,
  now: Date,
): Result<PlanSigner, Refusal> {
  if (signer === undefined) return err(notSigned(plan));
  const objection = objectionTo(signer, plan, trusts, now);
  return objection === null ? ok(signer) : err(objection);
}

/** What keeps this replica from sending a plan for lack of a key; of other replicas it knows nothing. */
export async function heldBySigning(
  context: Pick<Context, 'signer' | 'clock'>,
  unit: UnitOfWork,
  plan: SentPlan,
): Promise<readonly Violation[]> {
  const hello = (await unit.spokes.get(plan.spoke))?.hello;
  if (hello === undefined || !wantsSignedPlans(hello)) return [];
  const found = signerFor(context, plan, hello, context.clock.now());
  if (found.ok) return [];
  const data = { spoke: plan.spoke, keySet: hello.trusts?.version ?? null };
  return [{ code: 'not_signed', message: found.error.detail, data }];
}

/** Why what this replica signs would count for nothing; a spoke of before does not say what does. */
function objectionTo(
  { keyIds }: PlanSigner,
  { id, spoke }: SentPlan,
  trusts: KeyTrust | undefined,
  now: Date,
): Refusal | null {
  if (trusts === undefined) return null;
  const { version, threshold, expiresAt } = trusts;
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime()) {
    return refusal(
      'plan/not_signed',
      `spoke ${spoke} goes by key set ${version}, which counted until ${expiresAt}, so plan ${id} is not sent; sign the next key set (POST /api/v1/key-sets)`,
    );
  }
  const held = trusts.keyIds.filter((keyId) => keyIds.includes(keyId)).length;
  if (held >= threshold) return null;
  return refusal(
    'plan/not_signed',
    `spoke ${spoke} goes by key set ${version}, which needs ${threshold} of its keys, and this replica has ${held} of them for plan ${id}; a replica that has them sends the plan by itself, or give this one the keys (APOLLO_SIGNING_KEY_FILE)`,
  );
}

function notSigned({ id, spoke }: SentPlan): Refusal {
  return refusal(
    'plan/not_signed',
    `spoke ${spoke} carries out signed plans only, and this replica has no key to sign plan ${id}; a replica that has it sends the plan by itself, or give this one APOLLO_SIGNING_KEY_FILE`,
  );
}
