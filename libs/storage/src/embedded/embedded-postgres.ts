import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureClusterData, type ServerSetup } from './cluster-data.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { findPostmaster, stopServerOf } from './postmaster.js';
import { readableBinaries } from './readable-binaries.js';
import { accountToDropTo } from './server-account.js';
import { ensureDatabase, socketUrl } from './server-connection.js';
import { dataFolderIn, serverPlace } from './server-place.js';
import { runServer } from './server-process.js';
import { openSocketFolder } from './socket-folder.js';

export interface EmbeddedPostgresOptions {
  /** Where its data and log go; made if absent. For one hub at a time. */
  readonly directory: string;
  /** Told, in sentences, what a person may want to know of the start. */
  readonly onLog?: (line: string) => void;
  /** False: faster, and a power failure may destroy the data. For tests; default true. */
  readonly durable?: boolean;
}

export interface EmbeddedPostgres {
  /** For `DatabaseStore.open`; a socket, so it works on this machine and for this user only. */
  readonly url: string;
  /** Stops the server and waits until it has gone. The data stays. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that comes with Apollo, or takes over the one that a killed hub left running
 * on the same directory. It listens on a socket that only its account can reach. Started by root, it
 * runs as `postgres` or `nobody`, from a system folder if that account cannot get at `directory`.
 * Throws `EmbeddedPostgresFailed` with a sentence that says what to do.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const log = options.onLog ?? (() => undefined);
  await mkdir(options.directory, { recursive: true });
  const directory = await realpath(options.directory);
  const account = await accountToDropTo();
  const place = await serverPlace(directory, account);
  if (place !== directory) {
    log(`PostgreSQL keeps its data in ${place}, because its account cannot get at ${directory}`);
  }
  const dataFolder = dataFolderIn(place);

  const survivor = await findPostmaster(dataFolder);
  if (survivor !== undefined) log(`PostgreSQL is running already (process ${survivor.pid})`);
  const socketFolder =
    survivor?.socketFolder ??
    (await start({
      binaries: await readableBinaries(await findPostgresBinaries(), account),
      dataFolder,
      logFile: join(place, 'postgres.log'),
      account,
      durable: options.durable ?? true,
    }));
  await ensureDatabase(socketFolder);

  let stopped: Promise<void> | undefined;
  return {
    url: socketUrl(socketFolder),
    stop: () => (stopped ??= stopServerOf(dataFolder)),
  };
}

/** Answers the folder of its socket. */
async function start(setup: ServerSetup): Promise<string> {
  await ensureClusterData(setup);
  const socketFolder = await openSocketFolder(setup);
  await runServer(setup, socketFolder);
  return socketFolder;
}
