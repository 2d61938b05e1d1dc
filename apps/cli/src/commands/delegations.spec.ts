import { describe, expect, it } from '@jest/globals';
import { run } from '../testing/cli-run.js';

const LENT = {
  ...{ id: 'd-1', giver: 'ann', to: 'bob', roles: ['sre'], scope: { environment: 'prod' } },
  ...{ from: '2026-03-01T12:00:00.000Z', until: '2026-03-01T20:00:00.000Z' },
  givenAt: '2026-03-01T12:00:00.000Z',
};

describe('apolloctl delegate', () => {
  it('lends roles for a time', async () => {
    const hub = { 'POST /api/v1/delegations': { status: 201, body: LENT } };
    const line = 'delegate sre product-owner --to bob --until 8h --environment prod';
    const ran = await run(line, { hub });
    expect(ran.requests[0]?.body).toEqual({
      ...{ to: 'bob', roles: ['sre', 'product-owner'], scope: { environment: 'prod' } },
      until: '2026-03-01T20:00:00.000Z',
    });
    expect(ran.out).toBe(
      'lent (d-1): sre of ann to bob, for prod, from 2026-03-01T12:00:00Z until 2026-03-01T20:00:00Z',
    );
  });
});

describe('apolloctl delegations', () => {
  it('lists them', async () => {
    const hub = { 'GET /api/v1/delegations': { body: { items: [{ ...LENT, scope: {} }] } } };
    expect((await run('delegations', { hub })).out.split('\n')).toEqual([
      'ID    GIVER   TO    ROLES   FOR         FROM                   UNTIL',
      'd-1   ann     bob   sre     all plans   2026-03-01T12:00:00Z   2026-03-01T20:00:00Z',
    ]);
  });

  it('takes one back', async () => {
    const path = 'DELETE /api/v1/delegations/d-1';
    const ran = await run('delegations take-back d-1', { hub: { [path]: { status: 204 } } });
    expect(ran).toMatchObject({ code: 0, asked: [path], out: 'taken back: d-1' });
  });
});
