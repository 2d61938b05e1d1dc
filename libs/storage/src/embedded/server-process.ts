import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../error-code.js';
import { SERVER_ENVIRONMENT, type ServerSetup } from './cluster-data.js';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import { findPostmaster } from './postmaster.js';
import { whyNoAnswer } from './server-connection.js';
import { SOCKET_PORT } from './socket-folder.js';

const POLL_MS = 20;
/** Recovery after a crash replays what was written since the last checkpoint. */
const START_MS = 60_000;
const LOG_BYTES_MAX = 8 * 1024 * 1024;
const LOG_LINES_SHOWN = 6;

/** What a server says that came before the last processes of a killed one have noticed. */
const OLD_SERVER_STILL_GOING = 'pre-existing shared memory block';

/** Starts the server and waits until it answers. Throws `EmbeddedPostgresFailed` if it does not. */
export async function runServer(setup: ServerSetup, socketFolder: string): Promise<void> {
  const until = Date.now() + START_MS;
  let child = await spawnServer(setup, socketFolder);
  for (;;) {
    const problem = await whyNoAnswer(socketFolder);
    if (problem === undefined) return;
    if (hasEnded(child) && (await findPostmaster(setup.dataFolder)) === undefined) {
      const words = await lastLines(setup.logFile);
      if (!words.includes(OLD_SERVER_STILL_GOING) || Date.now() > until) {
        throw new EmbeddedPostgresFailed(
          `PostgreSQL ended at its start (log: ${setup.logFile}):\n${words}`,
        );
      }
      await pause(POLL_MS);
      child = await spawnServer(setup, socketFolder);
    }
    if (Date.now() > until) {
      throw new EmbeddedPostgresFailed(
        `PostgreSQL does not answer after ${START_MS / 1000} s; look into its log ${setup.logFile}`,
        { cause: problem },
      );
    }
    await pause(POLL_MS);
  }
}

/** Detached: a Ctrl-C at the terminal is for the hub, which stops the server when it has drained. */
async function spawnServer(setup: ServerSetup, socketFolder: string): Promise<ChildProcess> {
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
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return child;
  } catch (cause) {
    throw new EmbeddedPostgresFailed(`${binaries.postgres} cannot be run: ${String(cause)}`, {
      cause,
    });
  } finally {
    await log.close();
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function lastLines(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
}

async function keepOneOldLog(file: string): Promise<void> {
  try {
    if ((await stat(file)).size > LOG_BYTES_MAX) await rename(file, `${file}.old`);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
