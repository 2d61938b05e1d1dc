import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FullPostgres } from '@apollo-deploy/storage/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SpokeClient } from '../../../apps/hub/src/testing/spokes/spoke-client.js';
import { aReport } from '../../../apps/hub/src/testing/spokes/spoke-scene.js';
import { aFullState } from '../../../apps/hub/src/testing/spokes/state-payloads.js';
import type { TestCredential } from '../../../apps/hub/src/testing/spokes/test-credential.js';
import { Replica } from './replica.js';

const possible = await FullPostgres.possible();
/** Elsewhere it is skipped and says why. */
const withSmallDisk = possible ? it : it.skip;
const MOST_POSTS = 2000;

const why = possible ? '' : ' (skipped: the tests may not mount a disk here)';

describe(`a hub whose database has no room on its disk${why}`, () => {
  let folder: string;
  let database: FullPostgres;
  let hub: Replica;
  let credential: TestCredential;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-full-'));
    database = await FullPostgres.start();
    hub = await Replica.start(folder, database.url);
    await hub.client.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    credential = await hub.joined();
  });
  afterEach(async () => {
    await hub.process.stop();
    await database.dispose();
    await rm(folder, { recursive: true });
  });

  const created = (name: string): Promise<Response> =>
    hub.client.request('POST', '/api/v1/environments', { name, tier: 'development' });

  /** Makes environments until one is refused; answers that and how many there were. */
  async function firstRefusal(): Promise<{ readonly refused: Response; readonly taken: number }> {
    for (let taken = 0; taken < MOST_POSTS; taken += 1) {
      const answer = await created(`e${String(taken)}`);
      if (answer.status !== 201) return { refused: answer, taken };
    }
    throw new Error(`${String(MOST_POSTS)} environments had room on a full disk`);
  }

  withSmallDisk('says so, keeps what it has taken, and goes on by itself with room', async () => {
    const spoke = await SpokeClient.connect(hub.port, credential);
    await database.fill();
    const { refused, taken } = await firstRefusal();
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.json()).toMatchObject({ code: 'http/unavailable' });

    const releases = Array.from({ length: 100 }, (_, at) =>
      aReport(`release-${String(at)}`, 'x'.repeat(2000)),
    );
    spoke.say('state.full', { ...aFullState(1), releases });
    expect((await spoke.closed).code).toBe(1013);
    expect(spoke.all('ack')).toEqual([]);

    await database.makeRoom();
    expect((await created(`e${String(taken)}`)).status).toBe(201);
    const again = await SpokeClient.connect(hub.port, credential);
    const id = again.say('state.full', { ...aFullState(1), releases });
    expect((await again.next('ack')).re).toBe(id);
    again.socket.terminate();
    const page = await hub.client.list<{ name: string }>('/api/v1/environments?limit=200');
    const names = ['dev', ...Array.from({ length: taken + 1 }, (_, at) => `e${String(at)}`)];
    expect(page.items.map(({ name }) => name).sort()).toEqual(names.sort().slice(0, 200));
  });
});
