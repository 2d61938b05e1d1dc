import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ListeningHub } from '../src/testing/spokes/listening-hub.js';
import type { SpokeClient } from '../src/testing/spokes/spoke-client.js';
import { HELLO } from '../src/testing/spokes/spoke-scene.js';

let hub: ListeningHub;
beforeEach(async () => {
  hub = await ListeningHub.start();
});
afterEach(() => hub.stop());

/** A spoke that can do this besides, with an open session. */
async function connected(spoke: string, ...capabilities: readonly string[]): Promise<SpokeClient> {
  const client = await hub.dial(spoke);
  const clock = new Date().toISOString();
  client.say('hello', { ...HELLO, capabilities: [...HELLO.capabilities, ...capabilities], clock });
  client.epoch = (await client.next('welcome')).p.epoch;
  return client;
}

describe('a hub that tells spokes how far its audit trail reaches', () => {
  it('tells the head that its export proves, in each session of a spoke that keeps it', async () => {
    for (let session = 1; session <= 2; session += 1) {
      const spoke = await connected('dev', 'audit_heads');
      const { number, hash, at } = (await spoke.next('audit.head')).p;
      const { body } = await hub.get('/api/v1/audit/export');
      const line = body.toString().split('\n')[number - 1] ?? '';
      expect(JSON.parse(line)).toMatchObject({ number, hash });
      expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
      spoke.socket.terminate();
      await spoke.closed;
    }
  });

  it('tells nothing of it to a spoke that knows nothing of heads', async () => {
    const before = await connected('dev-2');
    const spoke = await connected('dev', 'audit_heads');
    await spoke.next('audit.head');
    await before.caughtUp();
    expect(before.all('audit.head')).toEqual([]);
    for (const { socket } of [before, spoke]) socket.terminate();
  });
});
