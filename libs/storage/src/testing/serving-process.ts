import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const SCRIPT = join(import.meta.dirname, 'serve-until-killed.mjs');

/** Another process that runs the embedded PostgreSQL on a directory. */
export class ServingProcess {
  private constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, null>,
    private readonly ended: Promise<unknown>,
    readonly url: string,
  ) {}

  /** Resolves when its server answers. */
  static async start(directory: string): Promise<ServingProcess> {
    const child = spawn(process.execPath, [SCRIPT, directory], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    const failed = ended.then(() => {
      throw new Error(`process ${child.pid} ended by itself; what it said of it stands above`);
    });
    const said = once(createInterface(child.stdout), 'line') as Promise<[string]>;
    const [url] = await Promise.race([said, failed]);
    // It will end, when the test says so.
    failed.catch((error: unknown) => error);
    return new ServingProcess(child, ended, url);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** `kill -9`, and waits until it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Lets it stop its server and end. */
  async stop(): Promise<void> {
    this.child.stdin.end();
    await this.ended;
  }
}
