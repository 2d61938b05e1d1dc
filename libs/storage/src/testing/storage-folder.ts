import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FilesystemSettings, FilesystemStore } from '../filesystem/filesystem-store.js';

/** A folder for one test, and the stores that were opened in it. */
export class StorageFolder {
  private readonly opened: FilesystemStore[] = [];

  private constructor(readonly path: string) {}

  /** Its path is short, because a socket lives in it. */
  static async create(): Promise<StorageFolder> {
    return new StorageFolder(await mkdtemp(join(tmpdir(), 'apollo-fs-')));
  }

  async open(settings: Partial<FilesystemSettings> = {}): Promise<FilesystemStore> {
    const store = await FilesystemStore.open({ directory: this.path, ...settings });
    this.opened.push(store);
    return store;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** The snapshots and journals, by name. */
  async files(): Promise<readonly string[]> {
    return (await readdir(this.path)).filter((name) => /^(journal|snapshot)/.test(name)).sort();
  }

  bytes(name: string): Promise<Buffer> {
    return readFile(this.file(name));
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await writeFile(this.file(name), bytes);
  }

  async cut(name: string, length: number): Promise<void> {
    await truncate(this.file(name), length);
  }

  async remove(name: string): Promise<void> {
    await rm(this.file(name));
  }

  /** Closes what was opened in it, and removes it. */
  async dispose(): Promise<void> {
    for (const store of this.opened) await store.close();
    await rm(this.path, { recursive: true, force: true });
  }
}
