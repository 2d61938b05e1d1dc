import {
  newNotification,
  type ToldEvent,
  wantsToHear,
  type Webhook,
  WEBHOOK_EVENTS,
  webhookBody,
  type WebhookEvent,
  webhookReceiver,
} from '@apollo-deploy/domain';
import type { HearEvents } from '../events/event-drafts.js';
import type { Clock } from '../ports/clock.js';
import type { EventSubject, NewEvent } from '../ports/event-log.js';
import type { Ids } from '../ports/ids.js';
import type { NewNotification } from '../ports/notification-repository.js';

export interface TellWebhooksOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** The origin under which people reach the hub; absent = links have a path only. */
  readonly publicUrl?: string;
}

/** Who says so, where nobody has said under which address the hub is reached. */
const UNNAMED_HUB = 'urn:apollo:hub';

const PATHS: Readonly<Record<EventSubject['kind'], string>> = {
  plan: 'plans',
  entity: 'entities',
  spoke: 'spokes',
  schedule: 'schedules',
  'break-glass': 'break-glass',
  deployment: 'deployments',
};

/**
 * Writes what webhooks are to be told of events, in the transaction of what they tell of. Reads nothing
 * where nothing has happened that any webhook could be told of.
 */
export function tellWebhooks(options: TellWebhooksOptions): HearEvents {
  return async (unit, events) => {
    const told = events.flatMap((event) => toldEvent(event, options));
    if (told.length === 0) return;
    const webhooks = await unit.webhooks.listening();
    const now = options.clock.now();
    await unit.notifications.add(
      told.flatMap((event) =>
        webhooks
          .filter((webhook) => wantsToHear(webhook, { event: event.event, ...event.subject }))
          .map((webhook) => notificationFor(webhook, event, options.ids.next(), now)),
      ),
    );
  };
}

function notificationFor(
  webhook: Webhook,
  told: ToldEvent,
  id: string,
  now: Date,
): NewNotification {
  const { kind, name, environment } = told.subject;
  const notice = { receiver: webhookReceiver(webhook.id), body: webhookBody(webhook, told) };
  const about = { id, environment, ...(kind === 'deployment' && { deployment: name }) };
  return newNotification(notice, about, now);
}

function toldEvent(
  { type, at, subject, data }: NewEvent,
  { ids, publicUrl }: TellWebhooksOptions,
): readonly (ToldEvent & { readonly event: WebhookEvent })[] {
  const event = webhookEventOf(type, data);
  if (event === undefined) return [];
  const path = `/api/v1/${PATHS[subject.kind]}/${encodeURIComponent(subject.name)}`;
  const link = `${publicUrl ?? ''}${path}`;
  return [{ event, id: ids.next(), at, subject, data, source: publicUrl ?? UNNAMED_HUB, link }];
}

/** A plan that ended is worth telling where it failed. */
function webhookEventOf(type: string, data: NewEvent['data']): WebhookEvent | undefined {
  if (type === 'plan.ended') return data['state'] === 'FAILED' ? 'plan.failed' : undefined;
  return WEBHOOK_EVENTS.find((event) => event === type);
}
