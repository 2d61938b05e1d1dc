import { type Command, Option } from 'commander';
import type { Call } from '../call.js';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import { route } from '../hub/route.js';
import type { Surroundings } from '../surroundings.js';
import { listeningAddress } from '../webhooks/listening-address.js';
import { findWebhook, inWords, WebhookView } from '../webhooks/webhook-view.js';
import { calling, given, namesIn } from './define.js';

const LIMITS = ['events', 'environments', 'products'] as const;
type Limits = Readonly<Partial<Record<(typeof LIMITS)[number], readonly string[]>>>;

interface ChangeOptions extends Limits {
  readonly url?: string;
  readonly urlFile?: string;
  readonly all?: readonly string[];
}

/** Which webhook a command is about. */
export const WEBHOOK = ['<webhook>', 'its name or id'] as const;

/** What becomes of a webhook that there is: where it listens, what it is told of, and whether. */
export function addWebhookChanges(group: Command, surroundings: Surroundings): void {
  const { directory } = surroundings;
  group
    .command('change')
    .argument(...WEBHOOK)
    .description('have it listen elsewhere, or told of something else; what is not named stays')
    .option('--url <url>', 'where it listens, https://…')
    .option('--url-file <file>', 'where it listens, in a file: the address of Slack is a secret')
    .option('--events <events>', 'of which it is told, by commas', namesIn)
    .option('--environments <names>', 'only of these, by commas', namesIn)
    .option('--products <names>', 'only of these, by commas', namesIn)
    .addOption(
      new Option('--all <limits>', `of all ${LIMITS.join(', ')} again, by commas`).argParser(
        namesIn,
      ),
    )
    .action(
      calling<ChangeOptions>(surroundings, (call, options, word = '') =>
        change(call, word, options, directory),
      ),
    );
  group
    .command('disable')
    .argument(...WEBHOOK)
    .description('tell it nothing until it is enabled again, and give up what waits for it')
    .action(calling(surroundings, (call, _, word = '') => turn(call, word, false)));
  group
    .command('enable')
    .argument(...WEBHOOK)
    .description('tell it again of what happens from then on')
    .action(calling(surroundings, (call, _, word = '') => turn(call, word, true)));
}

async function change(
  call: Call,
  word: string,
  { url, urlFile, all = [], events, environments, products }: ChangeOptions,
  directory: string,
): Promise<void> {
  const limits = given({ events, environments, products });
  refuseLimits(limits, all);
  if (Object.keys(limits).length + all.length === 0 && (url ?? urlFile) === undefined) {
    const what = '--url, --url-file, --events, --environments, --products or --all';
    throw new CommandEnded(EXIT.unusable, `say what is to be changed: ${what}`);
  }
  const webhook = await findWebhook(call, word);
  const listens = await listeningAddress({ kind: webhook.kind, url, urlFile, directory });
  const kept = Object.fromEntries(
    Object.entries({ ...limitsOf(webhook), ...limits }).filter(([limit]) => !all.includes(limit)),
  );
  const { on } = webhook;
  await put(call, webhook, { ...kept, on, ...given({ url: listens }) }, 'changed');
}

function refuseLimits(limits: Limits, all: readonly string[]): void {
  const unknown = all.find((one) => !(LIMITS as readonly string[]).includes(one));
  if (unknown !== undefined) {
    throw new CommandEnded(EXIT.unusable, `--all takes ${LIMITS.join(', ')}, by commas`);
  }
  const twice = all.find((one) => one in limits);
  if (twice === undefined) return;
  throw new CommandEnded(EXIT.unusable, `say --${twice}, or ${twice} with --all, and not both`);
}

/** As it is, but for whether it is told anything. */
async function turn(call: Call, word: string, on: boolean): Promise<void> {
  const webhook = await findWebhook(call, word);
  await put(call, webhook, { ...limitsOf(webhook), on }, on ? 'on' : 'off');
}

/** The hub changes a webhook as a whole: whatever is left out of its limits is gone. */
async function put(call: Call, seen: WebhookView, body: object, done: string): Promise<void> {
  const sending = { body, seen: seen.version };
  const answer = await call.hub.send('PUT', route`webhooks/${seen.id}`, WebhookView, sending);
  call.show(answer, (changed) => `${done}: ${inWords(changed)}`);
}

function limitsOf({ events, environments, products }: WebhookView): Limits {
  return given({ events, environments, products });
}
