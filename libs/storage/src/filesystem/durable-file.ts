import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/** What is needed of a file to write to it. */
export interface WritableFile {
  /** May write less than it was given. */
  write(bytes: Uint8Array): Promise<{ readonly bytesWritten: number }>;
}

/**
 * Makes a file with this content, readable by this account only, in place of any file of that name.
 * When the promise resolves it will outlast a loss of power; until then the name holds what it held.
 * A crash may leave a file behind whose name goes on with `.new-` and 32 hexadecimal digits.
 */
export async function createDurably(path: string, content: Iterable<Uint8Array>): Promise<void> {
  const draft = `${path}.new-${randomBytes(16).toString('hex')}`;
  const file = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      for (const bytes of content) await writeAll(file, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

export async function writeAll(file: WritableFile, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) {
    const { bytesWritten } = await file.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}

/** Makes what was created, renamed and removed in the folder outlast a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Makes a folder, and those above it that are missing, for this account only. */
export async function createFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const stop = dirname(resolve(first));
  for (let made = resolve(path); made !== stop; made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}
