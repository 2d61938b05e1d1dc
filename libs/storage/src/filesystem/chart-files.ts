import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error-code.js';
import { digestOf } from './checksum.js';
import { createDurably, createFolder } from './durable-file.js';
import { damaged } from './storage-folder-refused.js';

/** Chart archives, each a file that is named for the SHA-256 of its bytes. */
export class ChartFiles {
  private constructor(private readonly folder: string) {}

  static async open(directory: string): Promise<ChartFiles> {
    const folder = join(directory, 'charts');
    await createFolder(folder);
    return new ChartFiles(folder);
  }

  /** Keeps the bytes, durably, before the promise resolves. */
  async put(bytes: Uint8Array): Promise<void> {
    await createDurably(join(this.folder, digestOf(bytes)), [bytes]);
  }

  /** Throws `StorageFolderRefused` if the file is missing or holds anything else. */
  async get(digest: string): Promise<Uint8Array> {
    const file = join(this.folder, digest);
    const bytes = await readChart(file);
    if (digestOf(bytes) !== digest) {
      throw damaged({ file, offset: 0 }, 'its bytes do not match its name, which is their SHA-256');
    }
    return bytes;
  }

  /** Removes every file but these: what units of work left that did not commit. */
  async removeAllBut(digests: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(this.folder)) {
      if (!digests.has(name)) await rm(join(this.folder, name), { recursive: true });
    }
  }
}

async function readChart(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw damaged({ file, offset: 0 }, 'the file is missing, and a release names its chart');
  }
}
