import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { Type } from 'typebox';
import type { Call } from '../call.js';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import { route } from '../hub/route.js';
import { columns, listed } from '../output/columns.js';
import { second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { listeningAddress } from '../webhooks/listening-address.js';
import { findWebhook, inWords, WebhookView } from '../webhooks/webhook-view.js';
import { addGroup, calling, given, namesIn } from './define.js';
import { showSecret, WRITE } from './show-secret.js';
import { addWebhookChanges, WEBHOOK } from './webhook-changes.js';

const NewSecretView = Type.Intersect([WebhookView, Type.Object({ secret: Type.String() })]);
const TestView = Type.Object({
  delivered: Type.Boolean(),
  status: Type.Optional(Type.Number()),
  detail: Type.Optional(Type.String()),
});

interface WriteOption {
  readonly write?: string;
}

interface NewWebhookOptions extends WriteOption {
  readonly kind: 'standard' | 'slack';
  readonly urlFile?: string;
  readonly events?: readonly string[];
  readonly environments?: readonly string[];
  readonly products?: readonly string[];
}

interface RotateOptions extends WriteOption {
  readonly overlapHours?: string;
}

/** Those outside who are told of what happens. */
export function addWebhooks(program: Command, surroundings: Surroundings): void {
  const { directory } = surroundings;
  const { group, list } = addGroup(program, 'webhooks', 'whom the hub tells of what happens');
  list.description('list them').action(calling(surroundings, listWebhooks));
  group
    .command('create')
    .argument('<name>', 'what you call it; it stays')
    .argument('[url]', 'where it listens, https://…')
    .description(
      'have somebody outside told; the secret that messages are signed with is shown once',
    )
    .addOption(
      new Option('--kind <kind>', 'what is sent: signed CloudEvents, or a message for Slack')
        .choices(['standard', 'slack'])
        .default('standard'),
    )
    .option('--url-file <file>', 'where it listens, in a file: the address of Slack is a secret')
    .option('--events <events>', 'of which it is told, by commas; else of all', namesIn)
    .option('--environments <names>', 'only of these, by commas', namesIn)
    .option('--products <names>', 'only of these, by commas', namesIn)
    .option(...WRITE)
    .action(
      calling<NewWebhookOptions>(surroundings, (call, options, name = '', url) =>
        create(call, { name, url }, options, directory),
      ),
    );
  addWebhookChanges(group, surroundings);
  group
    .command('test')
    .argument(...WEBHOOK)
    .description('send it a message that tells of nothing, and say what came back')
    .action(calling(surroundings, (call, _, word = '') => test(call, word)));
  group
    .command('rotate-secret')
    .argument(...WEBHOOK)
    .description('have messages signed with another secret, which is shown once')
    .option('--overlap-hours <number>', 'so long they are by the one of before as well (24)')
    .option(...WRITE)
    .action(
      calling<RotateOptions>(surroundings, (call, options, word = '') =>
        rotate(call, word, options, directory),
      ),
    );
  group
    .command('delete')
    .argument(...WEBHOOK)
    .description('tell it nothing more, and give up what waits for it')
    .action(calling(surroundings, (call, _, word = '') => remove(call, word)));
}

async function listWebhooks(call: Call): Promise<void> {
  call.showPage(await call.hub.list(route`webhooks`, WebhookView), (webhooks) =>
    columns(
      ['ID', 'NAME', 'KIND', 'EVENTS', 'ABOUT', 'STATE', 'URL'],
      webhooks.map((webhook) => [
        ...[webhook.id, webhook.name, webhook.kind, listed(webhook.events ?? ['all'])],
        ...[aboutOf(webhook), stateOf(webhook), webhook.url],
      ]),
    ),
  );
}

async function create(
  call: Call,
  { name, url }: { readonly name: string; readonly url: string | undefined },
  { kind, urlFile, events, environments, products, write }: NewWebhookOptions,
  directory: string,
): Promise<void> {
  const limits = given({ events, environments, products });
  const listens = await listeningAddress({ kind, url, urlFile, directory });
  if (listens === undefined) {
    throw new CommandEnded(
      EXIT.unusable,
      'say where it listens: a URL or --url-file, and not both',
    );
  }
  const sending = { body: { name, kind, url: listens, ...limits } };
  if (kind === 'slack') {
    refuseForSlack(write);
    const answer = await call.hub.send('POST', route`webhooks`, WebhookView, sending);
    call.show(answer, (made) => `made: ${inWords(made)}`);
    return;
  }
  const make = () => call.hub.send('POST', route`webhooks`, NewSecretView, sending);
  await showSecret(call, make, {
    ...{ secret: 'secret' as const, ...fileOf(write, directory) },
    inWords: (made) => `secret of ${inWords(made)}`,
  });
}

/** Its address is its secret: there is no other. */
function refuseForSlack(write: string | undefined): void {
  if (write === undefined) return;
  const cure = 'leave --write out';
  throw new CommandEnded(EXIT.unusable, `messages for Slack are not signed: ${cure}`);
}

async function test(call: Call, word: string): Promise<void> {
  const { id, name } = await findWebhook(call, word);
  const answer = await call.hub.send('POST', route`webhooks/${id}/test`, TestView, { body: {} });
  const { delivered, status = '', detail = '' } = answer.body;
  call.show(answer, () =>
    delivered ? `delivered: ${plain(name)} answered ${status}` : `not delivered to ${plain(name)}`,
  );
  if (!delivered) throw new CommandEnded(EXIT.refused, plain(detail));
}

async function rotate(
  call: Call,
  word: string,
  { overlapHours, write }: RotateOptions,
  directory: string,
): Promise<void> {
  const { id, version } = await findWebhook(call, word);
  const body = overlapHours === undefined ? {} : { overlapHours: Number(overlapHours) };
  const sending = { body, seen: version };
  const make = () => call.hub.send('POST', route`webhooks/${id}/secret`, NewSecretView, sending);
  await showSecret(call, make, {
    ...{ secret: 'secret' as const, ...fileOf(write, directory) },
    inWords: (made) => {
      const until = made.formerSecretUntil;
      const former =
        until === undefined ? '' : `, by the former one as well until ${plain(second(until))}`;
      return `secret of ${inWords(made)}${former}`;
    },
  });
}

async function remove(call: Call, word: string): Promise<void> {
  const webhook = await findWebhook(call, word);
  const answer = await call.hub.remove(route`webhooks/${webhook.id}`, webhook.version);
  call.show(answer, () => `deleted: ${inWords(webhook)}`);
}

function fileOf(write: string | undefined, directory: string): { readonly file?: string } {
  return write === undefined ? {} : { file: resolve(directory, write) };
}

function aboutOf({ environments, products }: WebhookView): string {
  const words = [...(environments ?? []), ...(products ?? [])];
  return words.length === 0 ? 'everything' : words.join(' · ');
}

function stateOf({ on, offReason }: WebhookView): string {
  return on ? 'on' : `off: ${offReason ?? ''}`;
}
