import { type Static, Type } from 'typebox';
import type { Call } from '../call.js';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import { route } from '../hub/route.js';
import { plain } from '../output/plain.js';

const Text = Type.String();
const Names = Type.Optional(Type.Array(Text));

/** The parts of a webhook that people are shown. */
export const WebhookView = Type.Object({
  ...{ id: Text, name: Text, kind: Text, url: Text },
  ...{ events: Names, environments: Names, products: Names },
  ...{ on: Type.Boolean(), offReason: Type.Optional(Text) },
  formerSecretUntil: Type.Optional(Text),
  version: Type.Number(),
});
export type WebhookView = Static<typeof WebhookView>;

/** A webhook in one line, without what it is told of. */
export function inWords({ id, name, kind, url }: WebhookView): string {
  return plain(`webhook ${name} (${id}), ${kind}, at ${url}`);
}

/** The webhook of this id or name; there are few. Ends the command where there is none. */
export async function findWebhook(call: Call, word: string): Promise<WebhookView> {
  const { items } = (await call.hub.list(route`webhooks`, WebhookView)).body;
  const webhook = items.find(({ id, name }) => id === word || name === word);
  if (webhook !== undefined) return webhook;
  const cure = 'apolloctl webhooks lists those that there are';
  throw new CommandEnded(EXIT.refused, `there is no webhook ${plain(word)}; ${cure}`);
}
