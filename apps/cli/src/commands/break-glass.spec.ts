import { describe, expect, it } from '@jest/globals';
import { run } from '../testing/cli-run.js';

const GLASS = {
  ...{ id: 'g-1', service: 'aria', environment: 'prod', waives: ['approval', 'window'] },
  ...{ reason: 'customers cannot log in', openedBy: 'ann' },
  openedAt: '2026-03-01T12:00:00.000Z',
  ...{ until: '2026-03-01T14:00:00.000Z', inForce: true },
  ...{ dueAt: '2026-03-02T12:00:00.000Z', overdue: false, uses: 0, plans: [], version: 1 },
};
const REVIEW = { by: 'bob', at: '2026-03-01T13:00:00.000Z', verdict: 'objected', comment: 'why' };
const AT = '/api/v1/break-glass';

describe('apolloctl break-glass', () => {
  it('opens one, and says what is owed for it', async () => {
    const hub = { [`POST ${AT}`]: { status: 201, body: GLASS } };
    const line = ['break-glass', 'open', 'aria', 'prod', '--waives', 'approval,window'];
    const words = [...line, '--until', '2h', '--reason', GLASS.reason];
    const ran = await run(words, { hub });
    expect(ran.requests[0]?.body).toEqual({
      ...{ service: 'aria', environment: 'prod', waives: ['approval', 'window'] },
      ...{ reason: GLASS.reason, until: GLASS.until },
    });
    expect(ran.out.split('\n')).toEqual([
      'break-glass   g-1',
      'where         aria in prod',
      'waives        approval, window',
      'reason        customers cannot log in',
      'opened        2026-03-01T12:00:00Z by ann',
      'until         2026-03-01T14:00:00Z',
      'plans         none went by it',
      'review        owed until 2026-03-02T12:00:00Z',
      'somebody other than ann has to review it until 2026-03-02T12:00:00Z: apolloctl break-glass review g-1',
    ]);
  });

  it.each([
    { name: 'owed', more: {}, review: 'owed until 2026-03-02T12:00:00Z' },
    { name: 'overdue', more: { overdue: true }, review: 'overdue since 2026-03-02T12:00:00Z' },
    {
      name: 'nothing, where nothing went by it',
      more: { unusedAt: '2026-03-01T13:00:00.000Z' },
      review: 'none owed, as nothing went by it',
    },
    { name: 'reviewed', more: { review: REVIEW }, review: 'objected by bob: why' },
  ])('lists what is owed: $name', async ({ more, review }) => {
    const path = `GET ${AT}?environment=prod&open=true`;
    const hub = { [path]: { body: { items: [{ ...GLASS, ...more, inForce: false }] } } };
    const ran = await run('break-glass --environment prod --unreviewed', { hub });
    expect(ran.out.split('\n')[1]).toBe(
      `g-1   aria      prod          approval, window   ann   over    0       ${review}`,
    );
  });

  it('shows what is reviewed before it is', async () => {
    const used = { ...GLASS, deployment: 'deploy-1', uses: 2, plans: ['p-1', 'p-2'] };
    const hub = {
      [`GET ${AT}/g-1`]: { body: used },
      [`POST ${AT}/g-1/review`]: { body: { ...used, review: REVIEW } },
    };
    const line = 'break-glass review g-1 --verdict objected --comment why';
    const ran = await run(line, { hub });
    expect(ran.requests[1]?.body).toEqual({ verdict: 'objected', comment: 'why' });
    expect(ran.out).toContain('only for      deploy-1');
    expect(ran.out).toContain('plans         2: p-1, p-2');
    expect(ran.out).toContain('\nreviewed: objected by bob: why');
  });

  it('ends the one that it has seen', async () => {
    const hub = { [`GET ${AT}/g-1`]: { body: GLASS }, [`DELETE ${AT}/g-1`]: { status: 204 } };
    const ran = await run('break-glass end g-1', { hub });
    expect(ran.requests[1]?.headers.get('if-match')).toBe('"1"');
    expect(ran.out).toContain('ended; somebody other than ann has to review it');
  });
});
