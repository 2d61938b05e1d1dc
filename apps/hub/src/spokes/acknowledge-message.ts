import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Context, SpokeSession } from '@apollo-deploy/orchestration';

/** Takes a message out of the outbox for good; refused to a session that is not the newest. */
export async function acknowledgeMessage(
  { store }: Context,
  { spoke, epoch }: SpokeSession,
  messageId: string,
): Promise<Result<void, Refusal>> {
  return store.transact(async (unit) => {
    const stored = await unit.spokes.lock(spoke);
    if (stored?.epoch !== epoch) {
      return err(refusal('spoke/superseded', `a newer session of spoke ${spoke} has taken over`));
    }
    if (stored.revoked) return err(refusal('spoke/revoked', `spoke ${spoke} is revoked`));
    await unit.outbox.acknowledge(spoke, messageId);
    return ok(undefined);
  });
}
