import { type Webhook, webhookReceiver } from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Gives up what waits for a webhook that is off: once it is on again, that can be replayed. */
export function giveUpWaiting(
  unit: UnitOfWork,
  id: string,
  { at, reason }: NonNullable<Webhook['off']>,
): Promise<void> {
  return unit.notifications.giveUp(webhookReceiver(id), at, `its webhook is off: ${reason}`);
}

/** Switches a webhook off that wants nothing any more. Nothing if it is off, or gone, already. */
export async function switchOff(
  context: Context,
  unit: UnitOfWork,
  id: string,
  reason: string,
): Promise<void> {
  const webhook = await unit.webhooks.get(id);
  if (webhook === undefined || webhook.off !== undefined) return;
  const off = { at: context.clock.now().toISOString(), reason };
  // Somebody who changes it at this moment goes first; who is told next says so again.
  const saved = await unit.webhooks.save({ ...webhook, off });
  if (!saved.ok) return;
  await giveUpWaiting(unit, id, off);
  const subject = `webhook/${id}`;
  await record(context, unit, ENGINE, { action: 'webhook.off', subject, detail: { reason } });
}
