import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writePidFile } from './process-table.mjs';
import { say } from './terminal.mjs';

const QUICK_ENDS_MAX = 5;
const QUICK_END_MS = 20_000;

/**
 * A Node program that is kept running: its output goes to a log file, its pid to a pid file, and an
 * unexpected end starts it again, up to five quick ends in a row. It has a process group of its own,
 * so that Ctrl-C in the terminal reaches only the launcher, which stops things in order.
 */
export class Program {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  #stopping = false;
  #quickEnds = 0;

  /**
   * @param {{ name: string, script: string, env: Record<string, string>, folders: { logs: string, run: string },
   *   onGivenUp: (reason: string) => void, ready?: () => Promise<void> }} options `ready` settles once a
   *   program that was started again does its work; without it, it is enough that its process runs
   */
  constructor(options) {
    this.options = options;
    this.pidFile = join(options.folders.run, `${options.name}.pid`);
    this.logFile = join(options.folders.logs, `${options.name}.log`);
  }

  async start() {
    const { name, script, env, folders } = this.options;
    await mkdir(folders.logs, { recursive: true });
    if (this.#stopping) return;
    const log = createWriteStream(this.logFile, { flags: 'a' });
    const startedAt = performance.now();
    const child = spawn(process.execPath, ['--enable-source-maps', script], {
      // APOLLO_HOME is a setting of the launcher only.
      env: { ...process.env, APOLLO_HOME: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => {
        log.end();
        resolve(signal ?? `exit code ${String(code)}`);
      });
    });
    this.ended
      .then((how) => this.#afterEnd(how, performance.now() - startedAt))
      .catch((error) => this.options.onGivenUp(`${name} could not be kept running: ${error}`));
    if (child.pid !== undefined) await writePidFile(this.pidFile, child.pid);
  }

  async stop() {
    this.#stopping = true;
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const polite = await Promise.race([this.ended, delay(40_000, undefined, { ref: false })]);
      if (polite === undefined) child.kill('SIGKILL');
      await this.ended;
    }
    await rm(this.pidFile, { force: true });
  }

  /**
   * @param {string} how
   * @param {number} livedMs
   */
  async #afterEnd(how, livedMs) {
    if (this.#stopping) return;
    this.#quickEnds = livedMs < QUICK_END_MS ? this.#quickEnds + 1 : 1;
    if (this.#quickEnds > QUICK_ENDS_MAX) {
      this.options.onGivenUp(
        `${this.options.name} ended ${String(this.#quickEnds)} times in a row (${how}); see ${this.logFile}`,
      );
      return;
    }
    say(this.options.name, `ended (${how}); starting it again`);
    await delay(200 * this.#quickEnds);
    if (this.#stopping) return;
    await this.start();
    await this.#tellAgain(this.#child);
  }

  /**
   * Says that it is up again, unless it has ended once more meanwhile.
   * @param {import('node:child_process').ChildProcess | undefined} child
   */
  async #tellAgain(child) {
    const { name, ready } = this.options;
    const [outcome] = await Promise.allSettled([ready?.()]);
    if (this.#stopping || this.#child !== child || child?.exitCode !== null) return;
    if (outcome.status === 'fulfilled') say(name, 'is up again');
    // Where the whole start was called off, nobody waits for that any more.
    else if (outcome.reason.name !== 'AbortError')
      say(name, `runs again, and is not ready: see ${this.logFile}`);
  }
}
