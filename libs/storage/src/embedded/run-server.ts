import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServerSetup } from './cluster-data.js';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import { findPostmaster } from './postmaster.js';
import { whyNoAnswer } from './server-connection.js';
import { ServerProcess } from './server-process.js';

const POLL_MS = 20;
/** Recovery after a crash replays what was written since the last checkpoint. */
const START_MS = 60_000;
const LOG_LINES_SHOWN = 6;

/** What a server says that came before the last processes of a killed one have noticed. */
const OLD_SERVER_STILL_GOING = 'pre-existing shared memory block';

/**
 * Finds the server that runs on the data folder, or starts it, and waits until it answers. Throws
 * `EmbeddedPostgresFailed` if it does not, and the signal's reason if that comes first; what it has
 * started is gone then.
 */
export async function runServer(
  setup: ServerSetup,
  socketFolder: string,
  signal?: AbortSignal,
): Promise<ServerProcess> {
  const until = Date.now() + START_MS;
  let server = (await running(setup)) ?? (await ServerProcess.spawn(setup, socketFolder));
  try {
    for (;;) {
      signal?.throwIfAborted();
      const problem = await whyNoAnswer(socketFolder);
      if (problem === undefined && !server.hasEnded) return server;
      if (Date.now() > until) throw noAnswer(setup, problem);
      if (server.hasEnded) {
        const other = await running(setup);
        if (other === undefined) await assertWorthAnotherTry(setup);
        server = other ?? (await ServerProcess.spawn(setup, socketFolder));
      }
      await pause(POLL_MS);
    }
  } catch (error) {
    await server.abandon();
    throw error;
  }
}

async function running({ dataFolder }: ServerSetup): Promise<ServerProcess | undefined> {
  const postmaster = await findPostmaster(dataFolder);
  return postmaster && ServerProcess.found(postmaster.pid, dataFolder);
}

async function assertWorthAnotherTry({ logFile }: ServerSetup): Promise<void> {
  const words = await lastLines(logFile);
  if (words.includes(OLD_SERVER_STILL_GOING)) return;
  throw new EmbeddedPostgresFailed(`PostgreSQL ended at its start (log: ${logFile}):\n${words}`);
}

function noAnswer({ logFile }: ServerSetup, cause: unknown): EmbeddedPostgresFailed {
  return new EmbeddedPostgresFailed(
    `PostgreSQL does not answer after ${START_MS / 1000} s; look into its log ${logFile}`,
    { cause },
  );
}

async function lastLines(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
}
