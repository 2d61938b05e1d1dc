import type { Deployment } from '@apollo-deploy/domain';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** The status of a kept request that has made its deployment and has no answer yet. */
export const REQUEST_UNDER_WAY = 102;

/** The same request has made its deployment at another replica, in the same moment. */
export class RequestRepeated extends Error {
  override readonly name = 'RequestRepeated';

  constructor(key: string) {
    super(`the request under key ${key} is under way at another replica; ask again in a second`);
  }
}

/**
 * Keeps along with a deployment that it was made by a request under a key, so that a repetition finds
 * it, whatever becomes of this replica before the answer is kept. Throws `RequestRepeated`.
 */
export async function keepRequest(
  unit: UnitOfWork,
  { name: principal, once }: Principal,
  { id, deployedAt: createdAt }: Pick<Deployment, 'id' | 'deployedAt'>,
): Promise<void> {
  if (once === undefined) return;
  const kept = { principal, ...once, status: REQUEST_UNDER_WAY, body: { deployment: id } };
  const inserted = await unit.idempotency.insert({ ...kept, createdAt });
  if (!inserted.ok) throw new RequestRepeated(once.key);
}
