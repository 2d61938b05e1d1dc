import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import type { Surroundings } from '../surroundings.js';
import { readPrivateFile } from './private-file.js';

const TOKENS = 'tokens.json';
/** There as long as `npm start` runs from that folder. */
const LAUNCHER = join('run', 'launcher.pid');

/** The token of an account that `npm start` has made on this machine. */
export async function exampleToken(
  name: string,
  { env, directory }: Pick<Surroundings, 'env' | 'directory'>,
): Promise<{ readonly token: string; readonly file: string }> {
  const file = join(homeOf(env['APOLLO_HOME'], directory), TOKENS);
  const tokens = tokensIn(await readPrivateFile(file), file);
  const token = Object.hasOwn(tokens, name) ? tokens[name] : undefined;
  if (typeof token === 'string') return { token, file };
  throw new CommandEnded(
    EXIT.unusable,
    `${file} has no account ${JSON.stringify(name)}; it has ${Object.keys(tokens).join(', ')}`,
  );
}

/** The folder of `npm start`: that which it runs from now, if there are several. */
function homeOf(set: string | undefined, directory: string): string {
  const places =
    set === undefined || set === ''
      ? above(directory).map((folder) => join(folder, '.apollo'))
      : [resolve(directory, set)];
  const homes = places
    .flatMap((place) => [place, `${place}-simulated`])
    .filter((home) => existsSync(join(home, TOKENS)));
  const home = homes.find((one) => existsSync(join(one, LAUNCHER))) ?? homes[0];
  if (home !== undefined) return home;
  throw new CommandEnded(
    EXIT.unseen,
    `--as takes an example account of npm start, and there is no ${places[0] ?? ''}/${TOKENS}; run npm start in this repository, or give your token by --token-file`,
  );
}

/** A folder and all that it is in, the nearest first. */
function above(folder: string): readonly string[] {
  const next = dirname(folder);
  return next === folder ? [folder] : [folder, ...above(next)];
}

function tokensIn(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const tokens: unknown = JSON.parse(text);
    if (typeof tokens === 'object' && tokens !== null) return tokens as Record<string, unknown>;
  } catch (error) {
    // What the parser says would quote the secrets.
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CommandEnded(EXIT.unseen, `${file} is not the file of npm start; start it anew`);
}
