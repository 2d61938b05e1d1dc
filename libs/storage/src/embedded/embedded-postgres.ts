import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessLock } from '../process-lock.js';
import { ensureClusterData } from './cluster-data.js';
import { lockDirectory } from './directory-lock.js';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { findPostmaster, stopServerOf } from './postmaster.js';
import { readableBinaries } from './readable-binaries.js';
import { runServer } from './run-server.js';
import { accountToDropTo } from './server-account.js';
import { ensureDatabase, socketUrl } from './server-connection.js';
import { dataFolderIn, serverPlace } from './server-place.js';
import type { ServerProcess } from './server-process.js';
import { ServerWatch } from './server-watch.js';
import { openSocketFolder } from './socket-folder.js';

export interface EmbeddedPostgresOptions {
  /** Where its data and log go; made if absent. For one process at a time. */
  readonly directory: string;
  /** Told, in sentences, what a person may want to know of the start and of restarts. */
  readonly onLog?: (line: string) => void;
  /** Called once at most, when the server has ended too often in a row: it is started no more. */
  readonly onGivenUp?: (failure: EmbeddedPostgresFailed) => void;
  /** False: faster, and a power failure may destroy the data. For tests; default true. */
  readonly durable?: boolean;
}

export interface EmbeddedPostgres {
  /** For `DatabaseStore.open`; a socket, so it works on this machine and for this user only. */
  readonly url: string;
  /** Stops the server, waits until it has gone and gives the directory free. The data stays. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that comes with Apollo, or takes over the one that a killed hub left running
 * on the same directory, and starts it again at the same URL whenever it ends. It listens on a socket
 * that only its account can reach. Started by root, it runs as `postgres` or `nobody`, from a system
 * folder if that account cannot get at `directory`. Throws `EmbeddedPostgresFailed` with a sentence
 * that says what to do, also while another process uses the directory.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  await mkdir(options.directory, { recursive: true });
  const directory = await realpath(options.directory);
  const lock = await lockDirectory(directory);
  try {
    return await startLocked({ ...options, directory }, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked(
  { directory, durable = true, onLog = ignore, onGivenUp = ignore }: EmbeddedPostgresOptions,
  lock: ProcessLock,
): Promise<EmbeddedPostgres> {
  const account = await accountToDropTo();
  const place = await serverPlace(directory, account);
  if (place !== directory) {
    onLog(`PostgreSQL keeps its data in ${place}, because its account cannot get at ${directory}`);
  }
  const dataFolder = dataFolderIn(place);
  const binaries = await readableBinaries(await findPostgresBinaries(), account);
  const setup = { binaries, dataFolder, logFile: join(place, 'postgres.log'), account, durable };

  const survivor = await findPostmaster(dataFolder);
  if (survivor !== undefined) onLog(`PostgreSQL is running already (process ${survivor.pid})`);
  await ensureClusterData(setup);
  const socketFolder = survivor?.socketFolder ?? (await openSocketFolder(setup));
  const server = await runServer(setup, socketFolder);
  await ensureDatabase(socketFolder).catch(async (error: unknown) => {
    await stopServerOf(dataFolder);
    throw error;
  });

  const run = async (signal: AbortSignal): Promise<ServerProcess> => {
    if (await lock.isHeld()) return runServer(setup, socketFolder, signal);
    throw new EmbeddedPostgresFailed(`${directory} was removed while it was in use`);
  };
  const watch = new ServerWatch(server, { run, onLog, onGivenUp });
  const stop = async (): Promise<void> => {
    await watch.stop();
    await stopServerOf(dataFolder).finally(() => lock.release());
  };
  let stopped: Promise<void> | undefined;
  return { url: socketUrl(socketFolder), stop: () => (stopped ??= stop()) };
}

function ignore(): void {
  // Whoever does not ask is not told.
}
