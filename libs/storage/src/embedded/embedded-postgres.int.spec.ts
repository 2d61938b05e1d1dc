import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { aProduct } from '@apollo-deploy/orchestration/testing';
import { DatabaseStore } from '../database/database-store.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { findPostmaster } from './postmaster.js';
import { shortHash } from './short-hash.js';

const isRoot = process.getuid?.() === 0;

/** Tests of what only root meets; as another user they are skipped and say why. */
const asRoot = isRoot ? it : it.skip;
const why = isRoot ? '' : ' (skipped: the tests do not run as root)';

let root: string;
const running: EmbeddedPostgres[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'apollo-pg-'));
  await chmod(root, 0o755);
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  await rm(root, { recursive: true, force: true });
});

async function start(directory: string, onLog?: (line: string) => void): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    directory,
    durable: false,
    ...(onLog !== undefined && { onLog }),
  });
  running.push(server);
  return server;
}

function socketFolderOf({ url }: EmbeddedPostgres): string {
  return decodeURIComponent(/host=([^&]+)/.exec(url)?.[1] ?? '');
}

async function postmasterPid(dataFolder: string): Promise<number> {
  const postmaster = await findPostmaster(dataFolder);
  if (postmaster === undefined) throw new Error(`no server runs on ${dataFolder}`);
  return postmaster.pid;
}

/** Whether the process is still there; a zombie counts as gone. */
async function runs(dataFolder: string, pid: number): Promise<boolean> {
  return (await findPostmaster(dataFolder))?.pid === pid;
}

async function withStore<T>(url: string, use: (store: DatabaseStore) => Promise<T>): Promise<T> {
  const store = await DatabaseStore.open({ url });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

describe('the embedded PostgreSQL', () => {
  it('makes its data on the first start, keeps it over a stop, and stops when told', async () => {
    const directory = join(root, 'not', 'there', 'yet');
    const first = await start(directory);
    await withStore(first.url, (store) =>
      store.transact((unit) => unit.products.insert(aProduct())),
    );
    const pid = await postmasterPid(join(directory, 'data'));
    await Promise.all([first.stop(), first.stop()]);
    expect(await runs(join(directory, 'data'), pid)).toBe(false);

    const second = await start(directory);
    expect(second.url).toBe(first.url);
    const read = await withStore(second.url, (store) =>
      store.transact((unit) => unit.products.get('test-service')),
    );
    expect(read).toEqual(aProduct());
  });

  it('does not mistake another process for the server of a stale process number', async () => {
    const first = await start(root);
    const pidFile = join(root, 'data', 'postmaster.pid');
    const lines = (await readFile(pidFile, 'utf8')).split('\n');
    await first.stop();
    await writeFile(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'));
    expect(await findPostmaster(join(root, 'data'))).toBeUndefined();
  });

  it('runs in a process group of its own, so that a Ctrl-C at the terminal misses it', async () => {
    await start(root);
    const pid = await postmasterPid(join(root, 'data'));
    expect(() => process.kill(-pid, 0)).not.toThrow();
  });

  it('listens on a socket that no other user can reach, and on no port', async () => {
    const server = await start(root);
    const settings = await withStore(server.url, (store) => store.ready());
    expect(settings).toBe(true);
    const lines = (await readFile(join(root, 'data', 'postmaster.pid'), 'utf8')).split('\n');
    expect(lines[4]).toBe(socketFolderOf(server));
    expect(lines[5]?.trim()).toBe('');
  });

  it('puts its socket elsewhere where the path of its directory is too long for one', async () => {
    const directory = join(root, 'a-folder-with-a-long-name'.repeat(4));
    const server = await start(directory);
    expect(socketFolderOf(server)).toMatch(/\/apollo-pg-[0-9a-f]{16}$/);
    expect(await withStore(server.url, (store) => store.ready())).toBe(true);
    await server.stop();
    await rm(socketFolderOf(server), { recursive: true });
    await rm(`/tmp/apollo-lock-${shortHash(directory)}`, { recursive: true });
  });

  it('says what to do on a platform without binaries', async () => {
    await expect(findPostgresBinaries('plan9-mips')).rejects.toThrow(
      'there is no PostgreSQL for plan9-mips among the installed packages ' +
        '(@embedded-postgres/plan9-mips); set DATABASE_URL to a PostgreSQL server of your own, ' +
        'or use APOLLO_STORAGE=memory',
    );
  });

  asRoot(`serves root from a folder that only root can enter${why}`, async () => {
    await chmod(root, 0o700);
    const directory = join(root, 'checkout', '.apollo', 'postgres');
    const lines: string[] = [];
    const first = await start(directory, (line) => lines.push(line));
    const place = dirname(socketFolderOf(first));
    try {
      expect(lines).toEqual([
        `PostgreSQL keeps its data in ${place}, because its account cannot get at ${directory}`,
      ]);
      await withStore(first.url, (store) =>
        store.transact((unit) => unit.products.insert(aProduct())),
      );
      await first.stop();
      const second = await start(directory);
      expect(second.url).toBe(first.url);
      expect(
        await withStore(second.url, (store) =>
          store.transact((unit) => unit.products.get('test-service')),
        ),
      ).toEqual(aProduct());

      // Somebody starts over by removing the directory, with the server still running.
      await rm(directory, { recursive: true });
      const third = await start(directory);
      expect(
        await withStore(third.url, (store) =>
          store.transact((unit) => unit.products.get('test-service')),
        ),
      ).toBeUndefined();
      await third.stop();
    } finally {
      for (const server of running.splice(0)) await server.stop();
      await rm(place, { recursive: true, force: true });
      await rm(`${place}.old`, { recursive: true, force: true });
    }
  });
});
