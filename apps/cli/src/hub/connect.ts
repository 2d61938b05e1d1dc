import { type Account, type AccountOptions, readAccount } from '../account/read-account.js';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import type { Surroundings } from '../surroundings.js';
import { HubClient } from './hub-client.js';
import { hubUrl, isThisMachine } from './hub-url.js';

export interface ConnectionOptions extends AccountOptions {
  readonly hub?: string;
}

/** The hub to ask, and as whom. Asks nothing yet. */
export async function connect(
  options: ConnectionOptions,
  surroundings: Surroundings,
): Promise<{ readonly hub: HubClient; readonly account: Account }> {
  const url = hubUrl(options.hub, surroundings.env['APOLLO_HUB']);
  const isHere = isThisMachine(url);
  if (options.as !== undefined && !isHere) {
    throw new CommandEnded(
      EXIT.unusable,
      `--as takes an account of npm start on this machine, and ${url} is elsewhere; give your token by --token-file`,
    );
  }
  const account = await readAccount(options, surroundings);
  if (account.token !== undefined && !isHere && !url.startsWith('https:')) {
    throw new CommandEnded(
      EXIT.unusable,
      `a token is not sent over a network in plain text, as to ${url}; use https`,
    );
  }
  return { hub: new HubClient(url, account.token, surroundings.fetch), account };
}
