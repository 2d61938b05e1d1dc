import { describe, expect, it } from '@jest/globals';
import { run } from '../testing/cli-run.js';

const KEY = {
  publicKey: 'K'.repeat(43),
  clusterUid: 'uid-1',
  joinedAt: '2026-03-01T11:00:00.000Z',
};
const SPOKE = {
  ...{ id: 'prod', name: 'prod', environment: 'prod', status: 'pending', simulated: false },
  ...{ key: { ...KEY, acceptedAt: null }, alarm: null, revocation: null, trustedKeys: null },
  ...{ agentVersion: '0.1.0', kubernetesVersion: 'v1.36.3', lastSeenAt: null },
};
const ACCEPTED = { ...SPOKE, key: { ...KEY, acceptedAt: KEY.joinedAt } };
const AT = '/api/v1/spokes/prod';
const SHOWN = { [`GET ${AT}`]: { body: SPOKE } };
const ACCEPTS = {
  ...SHOWN,
  [`POST ${AT}/accept`]: { body: { ...SPOKE, status: 'disconnected' } },
};

describe('apolloctl spokes', () => {
  it.each([
    { name: 'one that waits', spoke: SPOKE, look: 'waits to be accepted' },
    { name: 'one that has not joined', spoke: { ...SPOKE, key: null }, look: 'has not joined' },
    {
      name: 'one with an alarm',
      spoke: { ...SPOKE, alarm: { kind: 'clone', at: '2026-03-01T11:00:00Z', message: 'two' } },
      look: 'alarm clone at 2026-03-01T11:00:00Z: two',
    },
    {
      name: 'one that was revoked',
      spoke: { ...SPOKE, revocation: { by: 'ann', reason: 'stolen\u001b[5m', at: '' } },
      look: 'revoked by ann: stolen\\u{1b}[5m',
    },
    {
      name: 'one by whose keys nobody signs',
      spoke: { ...ACCEPTED, trustedKeys: { version: 2, warning: 'key set 2 needs 1 of its keys' } },
      look: 'key set 2 needs 1 of its keys',
    },
    {
      name: 'one as it should be',
      spoke: { ...ACCEPTED, trustedKeys: { version: 2, warning: null } },
      look: '-',
    },
  ])('says what has to be looked at: $name', async ({ spoke, look }) => {
    const ran = await run('spokes', {
      hub: { 'GET /api/v1/spokes': { body: { items: [spoke] } } },
    });
    expect(ran.out.split('\n')[1]).toBe(
      `prod   prod          pending   -           0.1.0   v1.36.3      ${look}`,
    );
  });

  it.each([
    { name: 'the key that was looked at', words: `--key ${KEY.publicKey}`, person: false },
    { name: '--yes', words: '--yes', person: false },
    { name: 'a yes of the person who is asked', words: '', person: true },
  ])('accepts the key that it has shown: $name', async ({ words, person }) => {
    const line = `spokes accept prod ${words}`.trim();
    const ran = await run(line, { hub: ACCEPTS, terminal: { input: person }, says: 'y' });
    expect(ran.code).toBe(0);
    expect(ran.requests.at(-1)?.body).toEqual({ publicKey: KEY.publicKey });
    expect(ran.out).toContain(`public key   ${KEY.publicKey}`);
  });

  it.each([
    { name: 'another key', words: ' --key other', spoke: SPOKE, code: 1, says: 'not other' },
    { name: 'nobody to ask', words: '', spoke: SPOKE, code: 3, says: '--key' },
    {
      name: 'nothing to accept',
      words: ' --yes',
      spoke: { ...SPOKE, key: null },
      code: 1,
      says: 'has not joined',
    },
  ])('accepts nothing with $name', async ({ words, spoke, code, says }) => {
    const ran = await run(`spokes accept prod${words}`, {
      hub: { [`GET ${AT}`]: { body: spoke } },
    });
    expect(ran).toMatchObject({ code, asked: [`GET ${AT}`], err: expect.stringContaining(says) });
  });

  it('revokes, with a reason', async () => {
    const path = `POST ${AT}/revoke`;
    const ran = await run('spokes revoke prod --reason stolen', {
      hub: { [path]: { body: SPOKE } },
    });
    expect(ran).toMatchObject({ code: 0, asked: [path], out: 'revoked: prod' });
    expect(ran.requests[0]?.body).toEqual({ reason: 'stolen' });
  });
});
