import { acceptSpoke, revokeSpoke } from '@apollo-deploy/orchestration';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ListeningHub, PERSON } from '../src/testing/spokes/listening-hub.js';
import { SpokeClient } from '../src/testing/spokes/spoke-client.js';
import { HELLO } from '../src/testing/spokes/spoke-scene.js';

let hub: ListeningHub;
beforeEach(async () => {
  hub = await ListeningHub.start();
});
afterEach(() => hub.stop());

const upgradeWith = (token: string) => hub.upgrade({ Authorization: `Bearer ${token}` });
const problemOf = (body: Buffer) => JSON.parse(body.toString()) as Record<string, unknown>;
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);

describe('the token of an upgrade', () => {
  it('is good once', async () => {
    const token = hub.tokenOf('dev');
    expect((await upgradeWith(token)).status).toBe(101);
    const again = await upgradeWith(token);
    expect(again.status).toBe(401);
    expect(problemOf(again.body)).toMatchObject({ code: 'spoke/token_used' });
  });

  it.each([
    { name: 'that has ended', seconds: -120 },
    { name: 'that has not begun', seconds: 60 },
  ])('$name is refused with the time it is here', async ({ seconds }) => {
    const answer = await upgradeWith(hub.tokenOf('dev', inSeconds(seconds)));
    expect(answer.status).toBe(401);
    expect(problemOf(answer.body)).toMatchObject({
      code: 'spoke/token_untimely',
      detail: expect.stringContaining('clocks may differ by 30 s'),
      data: { serverTime: expect.any(String) },
    });
    const hubTime = Date.parse(answer.headers.date ?? '');
    expect(Math.abs(hubTime - Date.now())).toBeLessThan(10_000);
  });

  it('is not stored in words: what was shown stays out of the log', async () => {
    const token = hub.tokenOf('dev');
    await upgradeWith(token);
    await upgradeWith(token);
    expect(JSON.stringify(hub.logger)).not.toContain(token.split('.')[2]);
  });
});

describe('a next key', () => {
  it('is kept beside the one of before, and ends it with its first session', async () => {
    const before = hub.credentialOf('dev');
    const { offer, credential } = before.next();
    const spoke = await hub.connect();
    const ids = [spoke.say('credential.next', offer), spoke.say('credential.next', offer)];
    for (const id of ids) expect((await spoke.next('ack')).re).toBe(id);
    expect((await upgradeWith(before.token())).status).toBe(101);
    const next = await SpokeClient.connect(hub.port, credential);
    expect((await upgradeWith(before.token())).status).toBe(401);
    expect((await upgradeWith(credential.token())).status).toBe(101);
    expect(await hub.store.auditOf('spoke/dev')).toEqual(
      expect.arrayContaining(['spoke.next_key', 'spoke.key_changed']),
    );
    next.socket.terminate();
  });

  it('that another key has offered ends the session, and nothing changes', async () => {
    const before = await hub.store.spoke();
    const spoke = await hub.connect();
    spoke.say('credential.next', hub.credentialOf('dev-2').next().offer);
    expect((await spoke.closed).code).toBe(4401);
    expect((await hub.store.spoke())?.credential).toEqual(before?.credential);
  });
});

describe('a spoke that is revoked', () => {
  it('loses its connection at once, and what waits for it stays where it is', async () => {
    const spoke = await hub.connect();
    const other = await hub.connect('dev-2');
    await revokeSpoke(hub.context, PERSON, { name: 'dev', reason: 'its key was copied' });
    expect(await spoke.closed).toEqual({ code: 4403, reason: 'spoke dev is revoked' });
    expect((await hub.upgrade()).status).toBe(403);
    await other.caughtUp();
    other.socket.terminate();
  });
});

describe('two agents with one key', () => {
  it('that keep taking the session from each other are both shut out until a person looks', async () => {
    const credential = hub.credentialOf('dev');
    const connect = async (agentInstance: string): Promise<SpokeClient> => {
      const client = await SpokeClient.dial(hub.port, credential);
      client.say('hello', { ...HELLO, agentInstance, clock: new Date().toISOString() });
      return client;
    };
    for (const agentInstance of ['one', 'two', 'one']) {
      await (await connect(agentInstance)).next('welcome');
    }
    expect((await (await connect('two')).closed).code).toBe(4401);
    expect((await hub.upgrade()).status).toBe(409);
    expect(await hub.store.spoke()).toMatchObject({ alarm: { kind: 'clone' }, connected: false });
    await acceptSpoke(hub.context, PERSON, { name: 'dev' });
    await (await connect('one')).next('welcome');
  });
});
