import type { Json } from '@apollo-deploy/kernel';
import { chatMessage } from './chat-message.js';
import { cloudEvent, type ToldEvent } from './cloud-event.js';
import type { Webhook } from './webhook.js';

export type { ToldEvent } from './cloud-event.js';

/** An event in the form that a webhook reads. */
export function webhookBody(
  { kind }: Pick<Webhook, 'kind'>,
  told: ToldEvent,
): Readonly<Record<string, Json>> {
  return kind === 'slack' ? chatMessage(told) : cloudEvent(told);
}
