import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../error-code.js';

const OPTIONS = 'size=512k,mode=700';
const BLOCK = Buffer.alloc(4096);

/**
 * A disk for one test, with room for little and soon full. Where this process may not mount one there are
 * substitutes: the folder that Helm works in is taken away in place of being filled, and a program that is
 * at work may write to no file any more (RLIMIT_FSIZE).
 */
export class SmallDisk {
  readonly isMounted: boolean;
  private readonly mountPoint = mkdtempSync(join(tmpdir(), 'apollo-disk-'));

  constructor() {
    this.isMounted = mount(this.mountPoint);
    mkdirSync(this.path);
  }

  /** For a spoke to work in. */
  get path(): string {
    return join(this.mountPoint, 'work');
  }

  /** What Helm remembers of the cluster from one run to the next: it has to write that anew. */
  forgetDiscovery(): void {
    rmSync(join(this.helmFolder, 'discovery'), { recursive: true });
  }

  /** How many bytes of that there are. */
  remembered(): number {
    const folder = join(this.helmFolder, 'discovery');
    if (!existsSync(folder)) return 0;
    const files = readdirSync(folder, { recursive: true, withFileTypes: true });
    return files
      .filter((file) => file.isFile())
      .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
  }

  /** From now on nobody can write to it. */
  fill(): void {
    if (this.isMounted) return this.takeAllRoom();
    renameSync(this.helmFolder, this.away);
    writeFileSync(this.helmFolder, '');
  }

  /** From now on this program, which is at work on it, cannot write to it. */
  fillUnder(pid: number): void {
    if (this.isMounted) return this.takeAllRoom();
    execFileSync('prlimit', ['--pid', String(pid), '--fsize=0']);
  }

  /** After `fill`. */
  makeRoom(): void {
    rmSync(this.isMounted ? this.filler : this.helmFolder);
    if (!this.isMounted) renameSync(this.away, this.helmFolder);
  }

  close(): void {
    if (this.isMounted) execFileSync('umount', [this.mountPoint]);
    rmSync(this.mountPoint, { recursive: true });
  }

  private takeAllRoom(): void {
    try {
      for (;;) appendFileSync(this.filler, BLOCK);
    } catch (error) {
      if (errorCode(error) !== 'ENOSPC') throw error;
    }
  }

  private get filler(): string {
    return join(this.mountPoint, 'filler');
  }

  private get helmFolder(): string {
    return join(this.path, 'helm');
  }

  private get away(): string {
    return `${this.helmFolder}-away`;
  }
}

/** False: this process may not, or there is no such program. */
function mount(mountPoint: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', OPTIONS, 'tmpfs', mountPoint]).status === 0;
}
