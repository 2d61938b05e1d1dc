import { resolve } from 'node:path';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import type { Surroundings } from '../surroundings.js';
import { exampleToken } from './example-token.js';
import { readPrivateFile } from './private-file.js';

/** What may stand in a header as a token, API tokens and JWTs alike. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

/** As whom apolloctl asks. */
export interface Account {
  /** Absent = without credentials. */
  readonly token?: string;
  /** Where that comes from, for people. */
  readonly origin: string;
}

export interface AccountOptions {
  readonly tokenFile?: string;
  readonly as?: string;
}

/**
 * The account that options and environment name; an option counts before the environment. Ends the
 * command where they contradict each other, or where a token is not usable. Never says a token.
 */
export async function readAccount(
  { tokenFile, as }: AccountOptions,
  surroundings: Surroundings,
): Promise<Account> {
  const { env, directory } = surroundings;
  const [file, token] = [env['APOLLO_TOKEN_FILE'], env['APOLLO_TOKEN']];
  if (tokenFile !== undefined && as !== undefined) throw twice('--as', '--token-file');
  if (as !== undefined) return exampleAccount(as, surroundings);
  if (tokenFile !== undefined) return fromFile('--token-file', resolve(directory, tokenFile));
  if (isSet(file) && isSet(token)) throw twice('APOLLO_TOKEN_FILE', 'APOLLO_TOKEN');
  if (isSet(file)) return fromFile('APOLLO_TOKEN_FILE', resolve(directory, file));
  if (isSet(token)) return { token: usable(token, 'APOLLO_TOKEN'), origin: 'APOLLO_TOKEN' };
  return { origin: 'no credentials' };
}

async function exampleAccount(name: string, surroundings: Surroundings): Promise<Account> {
  const { token, file } = await exampleToken(name, surroundings);
  return { token: usable(token, file), origin: `--as ${name}, by ${file}` };
}

async function fromFile(said: string, path: string): Promise<Account> {
  const origin = `${said} ${path}`;
  return { token: usable((await readPrivateFile(path)).trim(), origin), origin };
}

function usable(token: string, origin: string): string {
  if (TOKEN.test(token)) return token;
  throw new CommandEnded(
    EXIT.unusable,
    `${origin} holds no token: one line of visible ASCII characters without spaces is accepted`,
  );
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function twice(one: string, other: string): CommandEnded {
  return new CommandEnded(EXIT.unusable, `${one} and ${other} both say who you are; give one`);
}
