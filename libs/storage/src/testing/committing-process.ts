import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const SCRIPT = join(import.meta.dirname, 'commit-until-killed.mjs');

/** Another process that opens a folder and commits units of work into it until it is killed. */
export class CommittingProcess {
  /** The number of each unit of work that it said is kept. */
  readonly kept: number[] = [];
  private readonly child: ChildProcessByStdio<null, Readable, null>;
  private readonly said = new EventEmitter();
  private readonly ended: Promise<unknown>;

  constructor(directory: string) {
    this.child = spawn(process.execPath, [SCRIPT, directory], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(this.child.stdout);
    lines.on('line', (line) => {
      if (line !== 'open') this.kept.push(Number(line));
      this.said.emit('line', line);
    });
    this.ended = Promise.all([once(this.child, 'close'), once(lines, 'close')]);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Waits until it has said this many more lines. Throws if it ends by itself before that. */
  async says(lines: number): Promise<void> {
    const ended = this.ended.then(() => {
      throw new Error(`process ${this.pid} ended by itself; what it said of it stands above`);
    });
    for (let line = 0; line < lines; line += 1) {
      await Promise.race([once(this.said, 'line'), ended]);
    }
  }

  /** Stops it in the middle of whatever it does; it stays alive. */
  suspend(): void {
    this.child.kill('SIGSTOP');
  }

  /** `kill -9`, and waits until it is gone and all it said has been heard. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
