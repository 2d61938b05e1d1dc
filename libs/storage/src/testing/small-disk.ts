import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../error-code.js';
import { accountToDropTo } from '../embedded/server-account.js';

const run = promisify(execFile);
const BLOCK_BYTES = 4096;

/** A disk of a few megabytes, in memory. Only root can have one, and not in every container. */
export class SmallDisk {
  private constructor(private readonly mountPoint: string) {}

  /** Whether this process may make one. */
  static async possible(): Promise<boolean> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
    const [made] = await Promise.allSettled([SmallDisk.make(1)]);
    if (made.status === 'rejected') return false;
    await made.value.remove();
    return true;
  }

  static async make(megabytes: number): Promise<SmallDisk> {
    const mountPoint = await mkdtemp(join(tmpdir(), 'apollo-disk-'));
    const options = `size=${megabytes}m,mode=755`;
    try {
      await run('mount', ['-t', 'tmpfs', '-o', options, 'apollo-test', mountPoint]);
      return new SmallDisk(mountPoint);
    } catch (error) {
      await rm(mountPoint, { recursive: true });
      throw error;
    }
  }

  /** An empty folder on it, which belongs to the account that PostgreSQL runs as. */
  async folder(name: string): Promise<string> {
    const path = join(this.mountPoint, name);
    await mkdir(path, { mode: 0o700 });
    const account = await accountToDropTo();
    if (account !== undefined) await chown(path, account.uid, account.gid);
    return path;
  }

  /** Leaves not one block of it free. */
  async fill(): Promise<void> {
    const file = await open(this.filler, 'a');
    try {
      for (;;) await file.appendFile(Buffer.alloc(BLOCK_BYTES));
    } catch (error) {
      if (errorCode(error) !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  /** Takes back what `fill` has put there. */
  async makeRoom(): Promise<void> {
    await rm(this.filler);
  }

  /** Nothing may be at work on it any more. */
  async remove(): Promise<void> {
    await run('umount', [this.mountPoint]);
    await rm(this.mountPoint, { recursive: true });
  }

  private get filler(): string {
    return join(this.mountPoint, 'filler');
  }
}
