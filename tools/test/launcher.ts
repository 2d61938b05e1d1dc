import { execFile, type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@apollo-deploy/local-cluster/testing';

const START = join(import.meta.dirname, '../start.mjs');
const PATIENCE_MS = 240_000;
/** What the launcher says about its parts while it starts and stops them. */
const PROGRESS = /^ *\d+\.\d s {2}/;
const run = promisify(execFile);

/** `npm start` as a terminal runs it: the first process of a group of its own. */
export class Launcher {
  output = '';
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
    this.child = spawn(process.execPath, [START, ...args], {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += String(chunk);
      });
    }
    this.closed = once(this.child, 'close');
  }

  /** The lines it printed that are no progress: refusals, tables, failures. */
  get words(): readonly string[] {
    return this.output.split('\n').filter((line) => line.trim() !== '' && !PROGRESS.test(line));
  }

  /** Waits until it has printed the text; throws when it ends without. */
  async says(text: string): Promise<void> {
    await eventually(
      `"${text}" in the launcher's output`,
      () => {
        if (this.output.includes(text)) return Promise.resolve(true);
        if (!this.running) throw new Error(`it ended:\n${this.output}`);
        return Promise.resolve(undefined);
      },
      PATIENCE_MS,
    );
  }

  /** Waits until it has ended by itself. Answers its exit code. */
  async end(): Promise<number | null> {
    await this.closed;
    return this.child.exitCode;
  }

  /** Sends the launcher alone a signal, as `kill` does, and waits for its end. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (this.running) this.child.kill(signal);
    return this.end();
  }

  /** Sends its whole process group a signal, as Ctrl-C in a terminal does, and waits for its end. */
  async interrupt(): Promise<number | null> {
    const { pid } = this.child;
    if (pid === undefined) throw new Error('the launcher was not started');
    process.kill(-pid, 'SIGINT');
    return this.end();
  }

  private get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
}

/** The living processes that have this folder in their command line or in their environment. */
export async function processesOf(folder: string): Promise<readonly string[]> {
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run('ps', ['axeww', '-o', 'stat=,command='], options);
  return stdout.split('\n').filter((line) => line.includes(folder) && !line.startsWith('Z'));
}
