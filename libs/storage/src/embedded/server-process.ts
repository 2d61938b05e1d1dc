import { type ChildProcess, spawn } from 'node:child_process';
import { open, rename, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../error-code.js';
import { SERVER_ENVIRONMENT, type ServerSetup } from './cluster-data.js';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import { isServerOf } from './postmaster.js';
import { SOCKET_PORT } from './socket-folder.js';

/** How often a server that is no child of this process is looked at. */
const WATCH_MS = 1_000;
const LOG_BYTES_MAX = 8 * 1024 * 1024;

/** A server that was started or found running. */
export class ServerProcess {
  private over = false;

  private constructor(
    readonly pid: number,
    /** Resolves with how it ended: `signal SIGKILL`, `exit code 1`, `process 4711 is gone`. */
    readonly ended: Promise<string>,
    private readonly child?: ChildProcess,
  ) {
    const note = (): void => {
      this.over = true;
    };
    ended.then(note, note);
  }

  get hasEnded(): boolean {
    return this.over;
  }

  /** Cuts it short, which loses nothing, and waits until it has gone; leaves one that was found. */
  async abandon(): Promise<void> {
    if (this.child?.kill('SIGQUIT') === true) await this.ended;
  }

  /** A server that runs on a data folder and that this process has not started. */
  static found(pid: number, dataFolder: string): ServerProcess {
    return new ServerProcess(pid, untilGone(pid, dataFolder));
  }

  /** Detached: a Ctrl-C at the terminal is for the hub, which stops the server when it has drained. */
  static async spawn(setup: ServerSetup, socketFolder: string): Promise<ServerProcess> {
    const { binaries, dataFolder, logFile, account, durable } = setup;
    await keepOneOldLog(logFile);
    const log = await open(logFile, 'a', 0o600);
    try {
      const child = spawn(
        binaries.postgres,
        [
          ...['-D', dataFolder, '-k', socketFolder, '-p', String(SOCKET_PORT)],
          ...['-c', 'listen_addresses=', '-c', 'unix_socket_permissions=0700'],
          ...(durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off']),
        ],
        {
          detached: true,
          cwd: '/',
          env: SERVER_ENVIRONMENT,
          stdio: ['ignore', log.fd, log.fd],
          ...account,
        },
      );
      const ended = new Promise<string>((resolve) => {
        child.once('exit', (code, signal) => {
          resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
        });
      });
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      child.unref();
      return new ServerProcess(child.pid ?? 0, ended, child);
    } catch (cause) {
      throw new EmbeddedPostgresFailed(`${binaries.postgres} cannot be run: ${String(cause)}`, {
        cause,
      });
    } finally {
      await log.close();
    }
  }
}

async function untilGone(pid: number, dataFolder: string): Promise<string> {
  while (await isServerOf(pid, dataFolder)) await pause(WATCH_MS, undefined, { ref: false });
  return `process ${pid} is gone`;
}

async function keepOneOldLog(file: string): Promise<void> {
  try {
    if ((await stat(file)).size > LOG_BYTES_MAX) await rename(file, `${file}.old`);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
