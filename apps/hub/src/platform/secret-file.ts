import { open } from 'node:fs/promises';

/** Longer than any secret, and not so long that a wrong file fills the memory. */
const READ_BYTES_MAX = 1024;
/** What others than its owner may do with a file. */
const OTHERS = 0o077;

/** Makes the error of a file that cannot be used, from the reason and what to do about it. */
type Refuse = (why: string, cause?: unknown) => Error;

/** The one secret in a file that its owner alone may read, without blanks around it. */
export async function readSecretFile(path: string, refuse: Refuse): Promise<string> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw refuse('it cannot be read; put the secret there for the hub alone to read', error);
  });
  try {
    const status = await file.stat();
    if (!status.isFile()) throw refuse('it is no file; name the file with the secret');
    if ((status.mode & OTHERS) !== 0) {
      throw refuse('others than its owner may read or change it; chmod 600 it');
    }
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(READ_BYTES_MAX) });
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}
