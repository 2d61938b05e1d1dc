import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const SCRIPT = join(import.meta.dirname, 'drain-until-killed.mjs');

/** Another replica's process, which stops in the middle of the first batch that it evaluates. */
export class DrainingProcess {
  private constructor(
    private readonly child: ChildProcessByStdio<null, Readable, null>,
    private readonly ended: Promise<unknown>,
  ) {}

  /** Resolves when so many plans of its batch are written, and none is committed. */
  static async inTheMiddle(url: string, plans: number): Promise<DrainingProcess> {
    const child = spawn(process.execPath, [SCRIPT, url, String(plans)], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    const failed = ended.then(() => {
      throw new Error(`process ${child.pid} ended by itself; what it said of it stands above`);
    });
    await Promise.race([once(createInterface(child.stdout), 'line'), failed]);
    // It will end, when the test says so.
    failed.catch((error: unknown) => error);
    return new DrainingProcess(child, ended);
  }

  /** `kill -9`, and waits until it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
