import { describe, expect, it } from '@jest/globals';
import { aProblem, run } from '../testing/cli-run.js';

const UNUSED = '/api/v1/spokes/east/join-tokens';

describe('apolloctl join-token', () => {
  it('shows a new one alone', async () => {
    const body = { token: 'apollo-join_new', expiresAt: '2026-03-01T13:00:00.000Z' };
    const hub = { 'POST /api/v1/join-tokens': { status: 201, body } };
    const ran = await run('join-token east prod --cluster-uid u --max-concurrent 3', { hub });
    expect(ran).toMatchObject({
      ...{ code: 0, out: 'apollo-join_new' },
      err: 'join token of spoke east, until 2026-03-01T13:00:00Z; it is shown this once',
    });
    expect(ran.requests[0]?.body).toEqual({
      ...{ spoke: 'east', environment: 'prod', clusterUid: 'u', maxConcurrent: 3 },
    });
  });
});

describe('apolloctl join-tokens', () => {
  it('lists those that are still good, and for which cluster', async () => {
    const token = { createdAt: '2026-03-01T12:00:00.000Z', expiresAt: '2026-03-01T13:00:00.000Z' };
    const items = [token, { ...token, clusterUid: 'uid-1' }];
    const ran = await run('join-tokens list east', {
      hub: { [`GET ${UNUSED}`]: { body: { items } } },
    });
    expect(ran.out.split('\n')).toEqual([
      'MADE                   UNTIL                  FOR',
      '2026-03-01T12:00:00Z   2026-03-01T13:00:00Z   any cluster',
      '2026-03-01T12:00:00Z   2026-03-01T13:00:00Z   cluster uid-1',
    ]);
  });

  it('says that there is none', async () => {
    const hub = { [`GET ${UNUSED}`]: { body: { items: [] } } };
    expect(await run('join-tokens list east', { hub })).toMatchObject({ code: 0, out: 'none' });
  });

  it('ends them', async () => {
    const ran = await run('join-tokens end east', {
      hub: { [`DELETE ${UNUSED}`]: { status: 204 } },
    });
    expect(ran).toMatchObject({
      ...{ code: 0, asked: [`DELETE ${UNUSED}`] },
      out: 'ended: no join token of east is good any more',
    });
  });

  it('says that the hub knows no such spoke', async () => {
    const hub = { [`DELETE ${UNUSED}`]: aProblem(404, 'catalog/spoke_not_found') };
    expect(await run('join-tokens end east', { hub })).toMatchObject({
      code: 1,
      err: expect.stringContaining('catalog/spoke_not_found'),
    });
  });
});
