import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { openStore } from '@apollo-deploy/storage';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { PipelineHub } from './support/pipeline-hub.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** How many connections wait for a lock. */
async function waiting(database: TestDatabase): Promise<number> {
  const found = await database.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return found.length;
}

describe('fifty deployments asked for at once', () => {
  it('keep nobody else from the store while they wait for their environment, and are all made', async () => {
    const database = await testDatabase();
    ends.push(() => database.drop());
    const other = await openStore('database', { url: database.url });
    ends.push(() => other.close());
    const scene = await PipelineHub.start(await openStore('database', { url: database.url }));
    ends.push(() => scene.stop());
    const { hub } = scene;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    ends.push(() => Promise.resolve(release()));
    let holding: Promise<void> = Promise.resolve();
    await new Promise<void>((locked) => {
      holding = other.transact(async (unit) => {
        await unit.environments.lock('dev');
        locked();
        await released;
      });
    });
    const asked = Array.from({ length: 50 }, (_, index) =>
      hub.post(
        '/deploy',
        { service: 'web', version: index % 2 === 0 ? '1.0.0' : '1.1.0' },
        { prefer: 'wait=0' },
      ),
    );
    await eventually('one that waits for the environment', async () =>
      (await waiting(database)) > 0 ? true : undefined,
    );
    for (let times = 0; times < 20; times += 1) {
      expect(await hub.get('/status/web')).toMatchObject({ status: 200 });
    }
    // Of those that were asked for one alone, and what the engine does there.
    expect(await waiting(database)).toBeLessThan(5);
    release();
    await holding;
    const answers = await Promise.all(asked);
    // 200: another one took its place before it was answered.
    for (const { status } of answers) expect([200, 202]).toContain(status);
    expect(new Set(answers.map(({ body }) => body['deployment_id'])).size).toBe(50);
  }, 120_000);
});
