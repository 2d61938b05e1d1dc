import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { ComponentName } from './component-names.js';
import type { Command } from './components.js';
import { readIfThere } from './read-if-there.js';

export interface ComponentStart {
  readonly name: ComponentName;
  readonly command: Command;
  readonly logFile: string;
  readonly pidFile: string;
  /** The whole environment: what the user has set for Kubernetes or etcd is none of its business. */
  readonly env: Readonly<Record<string, string>>;
  /** The process is killed by the system when this one dies. */
  readonly dieWithParent: boolean;
}

const LAST_LINES = 6;

/**
 * One running process of a cluster, in a process group of its own, so that Ctrl-C in a terminal
 * reaches the launcher alone and the launcher stops things in order.
 */
export class ComponentProcess {
  /** How the process ended, or undefined while it runs. */
  private end: string | undefined;
  private readonly ended: Promise<void>;

  private constructor(
    readonly start: ComponentStart,
    private readonly child: ChildProcess,
  ) {
    this.ended = new Promise((resolve) => {
      const finish = (how: string): void => {
        this.end ??= how;
        resolve();
      };
      child.on('error', (error) => {
        // Also said of a signal that could not be sent; then the process runs on.
        if (child.pid === undefined) finish(error.message);
      });
      child.once('exit', (code, signal) => {
        finish(signal === null ? `exit code ${String(code)}` : signal);
      });
    });
  }

  /** Starts the process with a log begun anew; its pid is on disk before this returns. */
  static start(start: ComponentStart): ComponentProcess {
    return ComponentProcess.spawn(start, 'w');
  }

  /** The same again in place of a process that has ended, whose last words stay in the log. */
  static startAgain(start: ComponentStart): ComponentProcess {
    return ComponentProcess.spawn(start, 'a');
  }

  private static spawn(start: ComponentStart, logFlags: 'w' | 'a'): ComponentProcess {
    const log = openSync(start.logFile, logFlags);
    const { file, args } = start.dieWithParent ? tiedToParent(start.command) : start.command;
    const child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: start.env,
    });
    closeSync(log);
    if (child.pid !== undefined) writePid(start.pidFile, child.pid);
    child.unref();
    return new ComponentProcess(start, child);
  }

  get name(): ComponentName {
    return this.start.name;
  }

  /** How the process ended (`exit code 1`, `SIGKILL`), or undefined while it runs. */
  get howItEnded(): string | undefined {
    return this.end;
  }

  /** Calls back once when the process is gone, whoever ended it. */
  onEnd(listener: (how: string) => void): void {
    void this.ended.then(() => {
      listener(this.end ?? '');
    });
  }

  /** Asks the process to end, kills it when it takes longer, and returns when it is gone. */
  async stop(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    this.child.kill('SIGTERM');
    await this.gone();
    clearTimeout(timer);
  }

  /** Kills the process and returns when it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone();
  }

  /** The last lines the process wrote, for an error message. */
  async lastWords(): Promise<string> {
    const text = (await readIfThere(this.start.logFile)) ?? '';
    return text.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  }

  private async gone(): Promise<void> {
    this.child.ref();
    await this.ended;
    await rm(this.start.pidFile, { force: true });
  }
}

/** In one step: whoever looks for what a killed launcher left never finds a file without a pid. */
function writePid(file: string, pid: number): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, String(pid));
  renameSync(fresh, file);
}

/** `setpriv` replaces itself with the program, so pid and command line are the program's own. */
function tiedToParent({ file, args }: Command): Command {
  return { file: 'setpriv', args: ['--pdeathsig', 'KILL', '--', file, ...args] };
}
