import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

/** A spoke as people run it: a process of its own, to be killed at any moment. */
export class SpokeProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** `environment` is all it gets. Needs the built package. */
  static start(environment: Readonly<Record<string, string>>): SpokeProcess {
    const env = { ...environment };
    return new SpokeProcess(spawn(process.execPath, [MAIN], { env, stdio: 'ignore' }));
  }

  /** By SIGKILL; resolves when it is dead, and does not look after its helm. */
  async kill(): Promise<void> {
    const dead = this.child.exitCode ?? this.child.signalCode;
    if (dead !== null) throw new Error(`the spoke ended by itself (${dead})`);
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}
