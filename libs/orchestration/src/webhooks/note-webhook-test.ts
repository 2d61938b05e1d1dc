import type { Refusal, Webhook } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { noWebhook } from './change-webhook.js';

/** Puts on record that somebody has a message sent that tells of nothing; answers to whom. */
export function noteWebhookTest(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Webhook, Refusal>> {
  return context.store.transact(async (unit) => {
    const webhook = await unit.webhooks.get(id);
    if (webhook === undefined) return err(noWebhook(id));
    const { name } = webhook;
    const subject = `webhook/${id}`;
    await record(context, unit, principal, { action: 'webhook.test', subject, detail: { name } });
    return ok(webhook);
  });
}
