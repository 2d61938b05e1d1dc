import { resolve } from 'node:path';
import { readPrivateFile } from '../account/private-file.js';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';

/** Where a webhook listens, as the command line says it. */
export interface GivenAddress {
  /** Its kind: the address of Slack is a secret. */
  readonly kind: string;
  readonly url: string | undefined;
  readonly urlFile: string | undefined;
  /** Files are named from here. */
  readonly directory: string;
}

/** What two ways to say one address come to: `undefined` = neither. Ends the command where it is said twice. */
export async function listeningAddress(given: GivenAddress): Promise<string | undefined> {
  const { kind, url, urlFile, directory } = given;
  if (url !== undefined && urlFile !== undefined) {
    throw unusable('say where it listens: a URL or --url-file, and not both');
  }
  if (url !== undefined && kind === 'slack') {
    const cure = 'put it in a file that only you can read, and name that with --url-file';
    throw unusable(`the address of Slack is a secret: ${cure}`);
  }
  if (urlFile === undefined) return url;
  return (await readPrivateFile(resolve(directory, urlFile))).trim();
}

function unusable(why: string): CommandEnded {
  return new CommandEnded(EXIT.unusable, why);
}
