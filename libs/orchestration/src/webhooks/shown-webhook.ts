import type { Webhook } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';

/** Where a webhook leads, as far as it may be shown: of a chat's address whoever knows it may post there. */
export function shownUrl({ kind, url }: Pick<Webhook, 'kind' | 'url'>): string {
  return kind === 'slack' ? `${new URL(url).origin}/…` : url;
}

/** A webhook for the record, without anything that lets somebody send in the place of the hub. */
export function shownWebhook(webhook: Webhook): Readonly<Record<string, Json>> {
  const { name, kind, events, environments, products, off } = webhook;
  return {
    ...{ name, kind, url: shownUrl(webhook), on: off === undefined },
    ...(events !== undefined && { events }),
    ...(environments !== undefined && { environments }),
    ...(products !== undefined && { products }),
  };
}
