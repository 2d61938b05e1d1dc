import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { aProduct } from '@apollo-deploy/orchestration/testing';
import { DatabaseStore } from '../database/database-store.js';
import { PostgresFolder } from '../testing/postgres-folder.js';
import { ServingProcess } from '../testing/serving-process.js';
import type { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';

let folder: PostgresFolder;
beforeEach(async () => {
  folder = await PostgresFolder.create();
});
afterEach(() => folder.dispose());

async function killServer(): Promise<number> {
  const pid = await folder.pid();
  process.kill(pid, 'SIGKILL');
  return pid;
}

/** Starts a server that is given up when it cannot be started again, and answers that failure. */
async function givenUp(): Promise<{ readonly failure: Promise<EmbeddedPostgresFailed> }> {
  let tell: (failure: EmbeddedPostgresFailed) => void = () => undefined;
  const failure = new Promise<EmbeddedPostgresFailed>((resolve) => (tell = resolve));
  await folder.start({
    onGivenUp: (one) => {
      tell(one);
    },
  });
  return { failure };
}

describe('the embedded PostgreSQL, when its server is killed', () => {
  it('keeps what was committed, and the same store goes on by itself', async () => {
    const { url } = await folder.start();
    const store = await DatabaseStore.open({ url });
    try {
      await store.transact((unit) => unit.products.insert(aProduct()));
      const open = store.transact(async (unit) => {
        await unit.products.insert(aProduct({ name: 'never-committed' }));
        await killServer();
        // Its processes notice and end; then no statement is answered.
        for (;;) await unit.products.get('test-service');
      });
      await expect(open).rejects.toMatchObject({ name: 'StoreUnavailable', retryable: true });

      await folder.says('runs again');
      expect(folder.lines).toEqual([
        'PostgreSQL ended (signal SIGKILL); starting it again',
        `PostgreSQL runs again (process ${await folder.pid()})`,
      ]);
      expect(await store.ready()).toBe(true);
      expect(await store.transact((unit) => unit.products.list({ limit: 10 }))).toEqual({
        items: [aProduct()],
      });
    } finally {
      await store.close();
    }
  });

  it('starts it again also where it had taken it over', async () => {
    const killed = await ServingProcess.start(folder.path);
    await killed.kill();
    const server = await folder.start();
    expect(server.url).toBe(killed.url);
    const pid = await killServer();
    await folder.says('runs again');
    expect(folder.lines).toContain(`PostgreSQL ended (process ${pid} is gone); starting it again`);
    const store = await DatabaseStore.open(server);
    expect(await store.ready()).toBe(true);
    await store.close();
  });

  it('leaves no server when it is stopped after a restart', async () => {
    const server = await folder.start();
    await killServer();
    await folder.says('runs again');
    await server.stop();
    expect(await folder.runs()).toBe(false);
  });

  it('leaves no server when it is stopped during a restart', async () => {
    const server = await folder.start();
    await killServer();
    await folder.says('starting it again');
    await server.stop();
    expect(await folder.runs()).toBe(false);
    await folder.start();
    expect(folder.lines.filter((line) => line.includes('running already'))).toEqual([]);
  });

  it('gives up after five failures in a row, and says what to do', async () => {
    const { failure } = await givenUp();
    await writeFile(folder.file('data', 'postgresql.conf'), 'nonsense\n');
    await killServer();

    const { message } = await failure;
    expect(message).toMatch(/^PostgreSQL could not be started: PostgreSQL ended at its start/);
    expect(message).toMatch(
      /This was failure 5 in a row, so it is not tried again; look into postgres\.log .* start the hub again$/,
    );
  });

  it('does not start it in a directory that was removed and may be somebody else’s now', async () => {
    const { failure } = await givenUp();
    await rm(folder.file('lock'), { recursive: true });
    await killServer();

    expect((await failure).message).toContain(`${folder.path} was removed while it was in use`);
    expect(await folder.runs()).toBe(false);
  });
});
