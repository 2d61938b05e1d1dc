import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FilesystemStore } from '@apollo-deploy/storage';
import { FailingJournalFile } from '@apollo-deploy/storage/testing';
import { JsonLogger } from '../src/platform/json-logger.js';
import { TestHub } from '../src/testing/test-hub.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apollo-full-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function environmentsOf(hub: TestHub): Promise<readonly string[]> {
  const { body } = await hub.get('/api/v1/environments?limit=200');
  return (body['items'] as readonly { readonly name: string }[]).map(({ name }) => name);
}

describe('a hub whose disk is full', () => {
  it('says so, takes no more, and has all that it took after a restart with room', async () => {
    let disk: FailingJournalFile | undefined;
    const openJournal = async (path: string): Promise<FailingJournalFile> =>
      (disk = await FailingJournalFile.open(path));
    const lines: string[] = [];
    const logger = new JsonLogger('warn', { write: (line) => lines.push(line) });
    const store = await FilesystemStore.open({ directory, openJournal });
    const hub = await TestHub.start({}, { store, logger });
    const taken: string[] = [];
    disk?.fail({ roomBytes: 4000 });
    let refused: Awaited<ReturnType<TestHub['post']>> | undefined;
    for (let number = 0; refused === undefined; number += 1) {
      const name = `e${String(number).padStart(3, '0')}`;
      const answer = await hub.post('/api/v1/environments', { name, tier: 'development' });
      if (answer.status === 201) taken.push(name);
      else refused = answer;
    }

    expect(taken.length).toBeGreaterThan(0);
    expect(refused).toMatchObject({ status: 503, body: { code: 'http/unavailable' } });
    expect(lines.join('')).toMatch(/journal-1 could not be written.*ENOSPC.*then restart the hub/);
    disk?.fail({});
    const later = await hub.post('/api/v1/environments', { name: 'later', tier: 'staging' });
    expect(later.status).toBe(503);
    expect(await environmentsOf(hub)).toEqual(taken);
    expect((await hub.get('/readyz')).body).toMatchObject({ store: 'does_not_answer' });
    await hub.stop();

    const roomy = await TestHub.start({}, { store: await FilesystemStore.open({ directory }) });
    expect(await environmentsOf(roomy)).toEqual(taken);
    expect((await roomy.get('/readyz')).status).toBe(200);
    await roomy.stop();
  });
});
