import {
  type NamedReceiver,
  type Notification,
  notificationReplayed,
  notificationStatusOf,
  refusal,
  type Refusal,
  webhookOf,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Whom the hub does not tell, each with the setting that would say where they are. */
export type UnsetReceivers = Readonly<Partial<Record<NamedReceiver, string>>>;

/**
 * Has a notification told once more that was given up, or delivered to somebody who lost it, before all
 * that came after it. Refuses `notification/not_found`, `notification/nobody_listens` for one whose webhook
 * is off or gone, or whose receiver is `unset`, and `notification/waiting` for one that is told anyway.
 */
export function replayNotification(
  context: Context,
  principal: Principal,
  id: string,
  unset: UnsetReceivers,
): Promise<Result<Notification, Refusal>> {
  return context.store.transact(async (unit) => {
    const notification = await unit.notifications.lock(id);
    if (notification === undefined) {
      const detail = `there is no notification ${JSON.stringify(id)}; what was delivered is kept for a week`;
      return err(refusal('notification/not_found', detail));
    }
    const nowhere = isNowhere(notification, unset);
    if (nowhere !== undefined) return err(nowhere);
    const status = notificationStatusOf(notification);
    if (status === 'waiting') {
      const detail = `notification ${id} waits to be told; it is tried at ${notification.nextAttemptAt ?? 'once'}, so wait for that`;
      return err(refusal('notification/waiting', detail));
    }
    const silent = await nobodyListens(unit, notification);
    if (silent !== undefined) return err(silent);
    const again = notificationReplayed(notification, context.clock.now());
    await unit.notifications.save(again);
    const { receiver, deployment } = notification;
    await record(context, unit, principal, {
      action: 'notification.replay',
      subject: `notification/${id}`,
      detail: { receiver, was: status, ...(deployment !== undefined && { deployment }) },
    });
    return ok(again);
  });
}

function isNowhere(notification: Notification, unset: UnsetReceivers): Refusal | undefined {
  const { id, receiver } = notification;
  const [, setting] = Object.entries(unset).find(([one]) => one === receiver) ?? [];
  if (setting === undefined) return undefined;
  const waits = notificationStatusOf(notification) === 'waiting';
  const then = waits ? 'and it is told' : 'and replay it then';
  const detail = `notification ${id} is for ${receiver}, and where that is nobody has said: set ${setting} at all replicas, ${then}`;
  return refusal('notification/nobody_listens', detail, { data: { receiver, setting } });
}

async function nobodyListens(
  unit: UnitOfWork,
  { id, receiver }: Notification,
): Promise<Refusal | undefined> {
  const webhookId = webhookOf(receiver);
  if (webhookId === undefined) return undefined;
  const webhook = await unit.webhooks.get(webhookId);
  if (webhook !== undefined && webhook.off === undefined) return undefined;
  const cure =
    webhook === undefined
      ? 'was removed, so nobody can be told'
      : `is off (${webhook.off?.reason ?? ''}); switch it on (PUT /api/v1/webhooks/${webhookId}) and replay it then`;
  const detail = `notification ${id} is for webhook ${webhookId}, which ${cure}`;
  return refusal('notification/nobody_listens', detail);
}
