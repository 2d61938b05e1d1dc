import type { Deployment } from '@apollo-deploy/domain';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * The status of a kept request that has made its deployment and has no answer yet. A replica of a
 * version that does not look for the deployment sends record and status as they are: they refuse the
 * repetition, which may come again.
 */
const REQUEST_UNDER_WAY = 409;

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
  const { key, requestDigest, refusal } = once;
  const inserted = await unit.idempotency.insert({
    ...{ principal, key, requestDigest, createdAt },
    status: REQUEST_UNDER_WAY,
    body: { ...refusal, deployment: id },
  });
  if (!inserted.ok) throw new RequestRepeated(key);
}
