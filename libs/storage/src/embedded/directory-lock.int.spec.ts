import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { PostgresFolder } from '../testing/postgres-folder.js';
import { ServingProcess } from '../testing/serving-process.js';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import { shortHash } from './short-hash.js';

let folder: PostgresFolder;
beforeEach(async () => {
  folder = await PostgresFolder.create();
});
afterEach(() => folder.dispose());

describe('a directory of the embedded PostgreSQL', () => {
  it('is refused to a second process until the first has stopped', async () => {
    const first = await ServingProcess.start(folder.path);
    const pid = await folder.pid();
    await expect(folder.start()).rejects.toThrow(
      `the PostgreSQL in ${folder.path} is in use by process ${first.pid}; stop that process first, ` +
        'or set APOLLO_DATA_DIR to another folder',
    );
    expect(await folder.pid()).toBe(pid);

    await first.stop();
    expect(await folder.runs()).toBe(false);
    await folder.start();
  });

  it('is free when its process was killed, and the server that is left is taken over', async () => {
    const killed = await ServingProcess.start(folder.path);
    const pid = await folder.pid();
    await killed.kill();
    expect(await folder.pid()).toBe(pid);

    const server = await folder.start();
    expect(server.url).toBe(killed.url);
    expect(folder.lines).toEqual([`PostgreSQL is running already (process ${pid})`]);
    await server.stop();
    expect(await folder.runs()).toBe(false);
  });

  it('goes to one process at a time also where its path is too long for a socket', async () => {
    const directory = folder.file('a-folder-with-a-long-name'.repeat(4));
    const first = await ServingProcess.start(directory);
    await expect(folder.start({ directory })).rejects.toThrow(`is in use by process ${first.pid};`);
    await first.kill();
    const second = await folder.start({ directory });
    expect(second.url).toBe(first.url);
    await second.stop();

    const socketFolder = decodeURIComponent(/host=([^&]+)/.exec(second.url)?.[1] ?? '');
    await rm(socketFolder, { recursive: true });
    await rm(`/tmp/apollo-lock-${shortHash(directory)}`, { recursive: true });
  });

  it('goes to one at most of two that start at once on an empty one', async () => {
    const starts = await Promise.allSettled([folder.start(), folder.start()]);
    const refusals = starts.flatMap((one): unknown[] =>
      one.status === 'rejected' ? [one.reason] : [],
    );
    expect(refusals.length).toBeGreaterThan(0);
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(EmbeddedPostgresFailed);
      expect(String(refusal)).toContain(`in use by process ${process.pid};`);
    }
  });
});
