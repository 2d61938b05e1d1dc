import { type FileHandle, open, rm } from 'node:fs/promises';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';

/** What others than the owner of a file may do with it. */
const OTHERS = 0o077;
const MOST_BYTES = 65_536;

/** The text of a file with a secret. Ends the command if others may read it, or nobody can. */
export async function readPrivateFile(path: string): Promise<string> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw new CommandEnded(EXIT.unseen, `${path} cannot be read: ${messageOf(error)}`);
  });
  try {
    return await readWhole(path, file);
  } finally {
    await file.close();
  }
}

/**
 * Puts a secret that is about to be made into a new file that only its owner can read. The file is
 * there before the secret is, so that none is lost for want of a place; it goes again if none is made.
 */
export async function keepSecret<T>(
  path: string,
  make: () => Promise<{ readonly secret: string; readonly made: T }>,
): Promise<T> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw new CommandEnded(EXIT.unseen, `${path} cannot be made: ${messageOf(error)}`);
  });
  try {
    const { secret, made } = await make();
    await file.writeFile(`${secret}\n`);
    return made;
  } catch (error) {
    await rm(path);
    throw error;
  } finally {
    await file.close();
  }
}

async function readWhole(path: string, file: FileHandle): Promise<string> {
  const status = await file.stat();
  // A pipe is how a shell hands on what another program says.
  if (!status.isFile() && !status.isFIFO()) {
    throw new CommandEnded(EXIT.unseen, `${path} is no file`);
  }
  if ((status.mode & OTHERS) !== 0) {
    throw new CommandEnded(
      EXIT.unseen,
      `others than its owner may read or change ${path}; run chmod 600 on it, and revoke what is in it if somebody else was on this machine`,
    );
  }
  if (status.size > MOST_BYTES) {
    throw new CommandEnded(EXIT.unseen, `${path} has ${status.size} bytes, which is no secret`);
  }
  return file.readFile('utf8');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
