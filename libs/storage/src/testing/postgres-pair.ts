import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { ensureClusterData, type ServerSetup } from '../embedded/cluster-data.js';
import { findPostgresBinaries } from '../embedded/postgres-binaries.js';
import { stopServerOf } from '../embedded/postmaster.js';
import { readableBinaries } from '../embedded/readable-binaries.js';
import { runServer } from '../embedded/run-server.js';
import { accountToDropTo } from '../embedded/server-account.js';
import { ensureDatabase, socketUrl } from '../embedded/server-connection.js';
import { dataFolderIn } from '../embedded/server-place.js';
import { openSocketFolder, SOCKET_PORT } from '../embedded/socket-folder.js';

const POLL_MS = 20;

interface Server {
  readonly setup: ServerSetup;
  readonly socketFolder: string;
  readonly pid: number;
}

/** A PostgreSQL server and an asynchronous standby of it, both without anybody who starts them again. */
export class PostgresPair {
  private constructor(
    private readonly folder: string,
    private readonly primary: Server,
    private readonly standby: Server,
  ) {}

  /** Resolves when the standby receives what the primary writes. */
  static async start(): Promise<PostgresPair> {
    const folder = await mkdtemp(join(tmpdir(), 'apollo-pair-'));
    await chmod(folder, 0o711);
    const first = await setupIn(folder, 'one');
    await ensureClusterData(first);
    const second = await setupIn(folder, 'two');
    // A server that has never run may be copied as it lies there.
    await promisify(execFile)('cp', ['-a', first.dataFolder, second.dataFolder]);
    const primary = await run(first);
    await follow(second, primary);
    const pair = new PostgresPair(folder, primary, await run(second));
    await ensureDatabase(primary.socketFolder);
    await pair.caughtUp();
    return pair;
  }

  get primaryUrl(): string {
    return socketUrl(this.primary.socketFolder);
  }

  get standbyUrl(): string {
    return socketUrl(this.standby.socketFolder);
  }

  /** Waits until the standby has all that was committed, and lets it receive nothing from then on. */
  async stopReplication(): Promise<void> {
    await this.caughtUp();
    await query(this.standby, `ALTER SYSTEM SET primary_conninfo = ''`);
    await query(this.standby, 'SELECT pg_reload_conf()');
    while ((await query(this.primary, 'SELECT FROM pg_stat_replication')).length > 0) {
      await pause(POLL_MS);
    }
  }

  /** `kill -9` of the primary; the standby takes over with what it has. */
  async failOver(): Promise<void> {
    process.kill(this.primary.pid, 'SIGKILL');
    await query(this.standby, 'SELECT pg_promote(true)');
  }

  async dispose(): Promise<void> {
    for (const { setup } of [this.standby, this.primary]) await stopServerOf(setup.dataFolder);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Waits until the standby has replayed all that the primary has written. */
  async caughtUp(): Promise<void> {
    const [written] = await query(this.primary, 'SELECT pg_current_wal_lsn()::text AS lsn');
    const statement = `SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS done`;
    while ((await query(this.standby, statement, [written?.['lsn']]))[0]?.['done'] !== true) {
      await pause(POLL_MS);
    }
  }
}

async function setupIn(folder: string, name: string): Promise<ServerSetup> {
  const account = await accountToDropTo();
  const place = join(folder, name);
  await mkdir(place);
  await chmod(place, 0o711);
  return {
    binaries: await readableBinaries(await findPostgresBinaries(), account),
    dataFolder: dataFolderIn(place),
    logFile: join(place, 'postgres.log'),
    account,
    durable: false,
  };
}

/** Has a copy of a server's data follow that server. */
async function follow({ dataFolder }: ServerSetup, primary: Server): Promise<void> {
  const source = `host=${primary.socketFolder} port=${SOCKET_PORT} user=postgres`;
  await appendFile(join(dataFolder, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
  await writeFile(join(dataFolder, 'standby.signal'), '');
}

async function run(setup: ServerSetup): Promise<Server> {
  const socketFolder = await openSocketFolder(setup);
  const { pid } = await runServer(setup, socketFolder);
  return { setup, socketFolder, pid };
}

async function query(
  { socketFolder }: Server,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: socketUrl(socketFolder, 'postgres') });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement, [...parameters])).rows;
  } finally {
    await client.end();
  }
}
