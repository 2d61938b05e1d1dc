import { readFile, stat } from 'node:fs/promises';
import { errorCode } from '../error-code.js';
import type { TokenSource } from '../spoke-config.js';

/** The token is not to be had as things are; a person has to do what the message says. */
export class TokenUnreadable extends Error {
  override readonly name = 'TokenUnreadable';
  /** True: the file is read anew for the next attempt. */
  readonly retryable = true;
}

const LONGEST_TOKEN = 4096;

/**
 * The join token; null where there is none, or its file is gone. Throws `TokenUnreadable` for a file that
 * others may read, or without a token in it.
 */
export async function readToken(source: TokenSource | null): Promise<string | null> {
  if (source === null) return null;
  if (source.kind === 'value') return source.token;
  const { path } = source;
  const text = await readPrivateFile(path);
  if (text === null) return null;
  const token = text.trim();
  if (token === '' || token.length > LONGEST_TOKEN || /\s/.test(token)) {
    throw new TokenUnreadable(
      `${path} does not hold a token; write the spoke's join token into it, or delete it`,
    );
  }
  return token;
}

async function readPrivateFile(path: string): Promise<string | null> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new TokenUnreadable(`${path} may be read by others; run chmod 600 ${path}`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof TokenUnreadable) throw error;
    if (errorCode(error) === 'ENOENT') return null;
    const message = `the token file ${path} cannot be read; check APOLLO_SPOKE_TOKEN_FILE`;
    throw new TokenUnreadable(message, { cause: error });
  }
}
