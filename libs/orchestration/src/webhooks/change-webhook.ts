import { refusal, type Refusal, type Webhook, webhookReceiver } from '@apollo-deploy/domain';
import { err, type Json, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { checkLimits } from './check-limits.js';
import { shownWebhook } from './shown-webhook.js';
import { giveUpWaiting } from './switch-off.js';

/** What is to become of a webhook as a whole: limits that are left out are gone. */
export interface WebhookChange extends Pick<Webhook, 'events' | 'environments' | 'products'> {
  /** Absent = it stays where it is. */
  readonly url?: string;
  /** Off: nobody is told there, and what waits is given up. */
  readonly on: boolean;
}

/** The webhook that somebody means, and the version of it that they saw; absent = any. */
export interface SeenWebhook {
  readonly id: string;
  readonly version?: number | undefined;
}

/** Changes where a webhook is, what it is told of, and whether. Its name, kind and secrets stay. */
export function changeWebhook(
  context: Context,
  principal: Principal,
  seen: SeenWebhook,
  { on, url, ...limits }: WebhookChange,
): Promise<Result<Webhook, Refusal>> {
  return changed(context, principal, seen, {
    action: 'webhook.change',
    after: ({ events: _, environments: __, products: ___, off, ...kept }, now) => ({
      ...{ ...kept, ...limits, ...(url !== undefined && { url }) },
      ...(!on && {
        off: off ?? { at: now.toISOString(), reason: `${principal.name} switched it off` },
      }),
    }),
    check: (unit) => checkLimits(unit, limits),
    detailOf: (before, after) => ({ from: shownWebhook(before), to: shownWebhook(after) }),
  });
}

/** Has messages signed by another secret from now on, and for `overlapMs` by the one of before as well. */
export function rotateWebhookSecret(
  context: Context,
  principal: Principal,
  seen: SeenWebhook,
  { secret, overlapMs }: { readonly secret: string; readonly overlapMs: number },
): Promise<Result<Webhook, Refusal>> {
  return changed(context, principal, seen, {
    action: 'webhook.rotate_secret',
    after: ({ formerSecret: _, ...kept }, now) => {
      const until = new Date(now.getTime() + overlapMs).toISOString();
      const former =
        kept.secret === undefined ? {} : { formerSecret: { secret: kept.secret, until } };
      return { ...kept, secret, ...former };
    },
    check: (_, webhook) => Promise.resolve(refuseUnsigned(webhook)),
    detailOf: (_, { formerSecret }) => ({ formerUntil: formerSecret?.until ?? null }),
  });
}

/** Tells nobody there any more; what waits is given up. */
export function removeWebhook(
  context: Context,
  principal: Principal,
  { id, version }: SeenWebhook,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const webhook = await unit.webhooks.get(id);
    if (webhook === undefined) return err(noWebhook(id));
    if (version !== undefined && version !== webhook.version) return err(otherVersion(id));
    if (!(await unit.webhooks.remove(id))) return err(noWebhook(id));
    const at = context.clock.now().toISOString();
    await unit.notifications.giveUp(webhookReceiver(id), at, 'its webhook was removed');
    await record(context, unit, principal, {
      action: 'webhook.remove',
      subject: `webhook/${id}`,
      detail: shownWebhook(webhook),
    });
    return ok(undefined);
  });
}

function refuseUnsigned({ id, kind }: Webhook): Refusal | undefined {
  if (kind === 'standard') return undefined;
  const detail = `webhook ${id} is of kind ${kind}, whose messages are not signed; ask for a new address at the chat, and change url`;
  return refusal('catalog/invalid_field', detail);
}

interface Change {
  readonly action: string;
  readonly after: (before: Webhook, now: Date) => Webhook;
  readonly check: (unit: UnitOfWork, before: Webhook) => Promise<Refusal | undefined>;
  readonly detailOf: (before: Webhook, after: Webhook) => Readonly<Record<string, Json>>;
}

function changed(
  context: Context,
  principal: Principal,
  { id, version }: SeenWebhook,
  { action, after, check, detailOf }: Change,
): Promise<Result<Webhook, Refusal>> {
  return context.store.transact(async (unit) => {
    const before = await unit.webhooks.get(id);
    if (before === undefined) return err(noWebhook(id));
    const refused = await check(unit, before);
    if (refused !== undefined) return err(refused);
    const next = after(before, context.clock.now());
    const saved = await unit.webhooks.save({ ...next, version: version ?? before.version });
    if (!saved.ok) return err(otherVersion(id));
    const { off } = saved.value;
    if (off !== undefined && before.off === undefined) await giveUpWaiting(unit, id, off);
    const detail = detailOf(before, saved.value);
    await record(context, unit, principal, { action, subject: `webhook/${id}`, detail });
    return ok(saved.value);
  });
}

/** The refusal of a webhook that there is not. */
export function noWebhook(id: string): Refusal {
  const detail = `there is no webhook ${JSON.stringify(id)}; GET /api/v1/webhooks lists them`;
  return refusal('webhook/not_found', detail);
}

function otherVersion(id: string): Refusal {
  const detail = `webhook ${id} is not as you saw it any more; read it again and repeat the change`;
  return refusal('catalog/version_conflict', detail, { field: 'If-Match' });
}
