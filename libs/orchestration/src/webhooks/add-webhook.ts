import { refusal, type Refusal, type Webhook, WEBHOOKS_MAX } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { checkLimits } from './check-limits.js';
import { shownWebhook } from './shown-webhook.js';

/** What somebody says of a webhook. Whoever calls has looked at where it leads. */
export type NewWebhook = Pick<
  Webhook,
  'name' | 'kind' | 'url' | 'secret' | 'events' | 'environments' | 'products'
>;

/** Has somebody outside told of what happens from now on. */
export function addWebhook(
  context: Context,
  principal: Principal,
  input: NewWebhook,
): Promise<Result<Webhook, Refusal>> {
  const createdAt = context.clock.now().toISOString();
  const id = context.ids.next();
  const webhook = { ...input, id, createdBy: principal.name, createdAt, version: 1 };
  return context.store.transact(async (unit) => {
    const refused = await checkLimits(unit, input);
    if (refused !== undefined) return err(refused);
    if ((await unit.webhooks.all()).length >= WEBHOOKS_MAX) {
      const detail = `there are ${String(WEBHOOKS_MAX)} webhooks already; remove one that nobody needs (DELETE /api/v1/webhooks/{id})`;
      return err(refusal('webhook/too_many', detail));
    }
    const inserted = await unit.webhooks.insert(webhook);
    if (!inserted.ok) {
      const detail = `a webhook named ${JSON.stringify(input.name)} exists already; choose another name, or change that one`;
      return err(refusal('catalog/already_exists', detail, { field: 'name' }));
    }
    await record(context, unit, principal, {
      action: 'webhook.add',
      subject: `webhook/${id}`,
      detail: shownWebhook(inserted.value),
    });
    return ok(inserted.value);
  });
}
