import {
  type Notification,
  notificationReplayed,
  notificationStatusOf,
  refusal,
  type Refusal,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';

/**
 * Has a notification told once more that was given up, or delivered to somebody who lost it, before all
 * that came after it. Refuses `notification/not_found`, and `notification/waiting` for one that is told
 * anyway.
 */
export function replayNotification(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Notification, Refusal>> {
  return context.store.transact(async (unit) => {
    const notification = await unit.notifications.lock(id);
    if (notification === undefined) {
      const detail = `there is no notification ${JSON.stringify(id)}; what was delivered is kept for a week`;
      return err(refusal('notification/not_found', detail));
    }
    const status = notificationStatusOf(notification);
    if (status === 'waiting') {
      const detail = `notification ${id} waits to be told; it is tried at ${notification.nextAttemptAt ?? 'once'}, so wait for that`;
      return err(refusal('notification/waiting', detail));
    }
    const again = notificationReplayed(notification, context.clock.now());
    await unit.notifications.save(again);
    const { receiver, deployment } = notification;
    await record(context, unit, principal, {
      action: 'notification.replay',
      subject: `notification/${id}`,
      detail: { receiver, deployment, was: status },
    });
    return ok(again);
  });
}
