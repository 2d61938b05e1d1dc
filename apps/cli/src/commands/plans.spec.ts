import { describe, expect, it } from '@jest/globals';
import { APPROVED, DIFF, PLAN } from '../testing/canned.js';
import { run } from '../testing/cli-run.js';

const UNMET = {
  code: 'approval',
  message: 'production wants an sre',
  cure: 'let ann look at it and approve its digest',
  earliestAt: '2026-03-07T02:00:00.000Z',
};
const WAITS = {
  'GET /api/v1/plans/plan-1': { body: PLAN },
  'GET /api/v1/plans/plan-1/explain': { body: { state: 'BLOCKED', unmet: [UNMET] } },
  'GET /api/v1/plans/plan-1/diff': { body: DIFF },
};

describe('apolloctl plans', () => {
  it('lists plans in columns, with what they wait for', async () => {
    const path = 'GET /api/v1/plans?entity=aria-prod&state=BLOCKED&limit=1';
    const hub = { [path]: { body: { items: [PLAN], next: 'p 2' } } };
    const ran = await run('plans --entity aria-prod --state blocked --limit 1', { hub });
    expect(ran).toMatchObject({ code: 0, asked: [path], err: 'there are more: --after p 2' });
    expect(ran.out.split('\n')).toEqual([
      'ID       ENTITY      TYPE      CHANGE           STATE     CREATED                WAITS FOR',
      'plan-1   aria-prod   upgrade   1.0.0 -> 1.1.0   BLOCKED   2026-03-01T11:00:00Z   approval',
    ]);
  });

  it('says that there are none', async () => {
    const hub = { 'GET /api/v1/plans': { body: { items: [] } } };
    expect(await run('plans', { hub })).toMatchObject({ code: 0, out: 'none' });
    expect((await run('plans -o json', { hub })).out).toBe('{"items":[]}');
  });
});

describe('apolloctl plan', () => {
  it('shows what it would run, who is missing, and what can be done', async () => {
    const ran = await run('plan plan-1', { hub: WAITS });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out.split('\n')).toEqual([
      'upgrade of aria-prod, 1.0.0 -> 1.1.0',
      '  plan      plan-1',
      '  product   aria',
      '  where     environment prod, spoke prod',
      '  state     BLOCKED',
      '  change    1.0.0 -> 1.1.0',
      `  chart     ${PLAN.to.chartSha256}`,
      `  values    ${PLAN.to.valuesDigest}`,
      `  digest    ${PLAN.digest}`,
      '  reason    the desired version is 1.1.0',
      '  created   2026-03-01T11:00:00Z',
      'must agree',
      '  RULE         LEVEL   ROLES   PEOPLE   MISSING',
      '  production   1       sre     1        sre',
      'values, against what runs now (1.0.0, revision 3)',
      '  image.tag: "1" -> "2"',
      'manifest not shown: nothing here renders charts',
      'waits for',
      '  approval: production wants an sre',
      '    cure: let ann look at it and approve its digest',
      '    at the earliest: 2026-03-07T02:00:00Z',
      '    here: apolloctl approve plan-1',
    ]);
  });

  it('names those who have agreed, and what of it does not count', async () => {
    const gate = { ...APPROVED.approval.gates[0], setAside: [{ by: 'bob', message: 'no sre' }] };
    const body = { ...APPROVED, approval: { ...APPROVED.approval, gates: [gate] } };
    const ran = await run('plan plan-1', {
      hub: { ...WAITS, 'GET /api/v1/plans/plan-1': { body } },
    });
    expect(ran.out).toContain('  ann   sre     2026-03-01T12:00:00Z   -       -');
    expect(ran.out).toContain('  does not count: bob: no sre');
  });

  it('shows which deployment asked for it, by whom and why', async () => {
    const deployment = { id: 'deploy-1', kind: 'promote', by: 'ann', reason: 'tested' };
    const body = { ...PLAN, deployment };
    const ran = await run('plan plan-1', {
      hub: { ...WAITS, 'GET /api/v1/plans/plan-1': { body } },
    });
    const lines = ran.out.split('\n');
    const at = lines.findIndex((line) => line.startsWith('  reason '));
    expect(lines.slice(at, at + 5)).toEqual([
      '  reason       the desired version is 1.1.0',
      '  deployment   deploy-1 (promote)',
      '  asked by     ann',
      '  because      tested',
      '  created      2026-03-01T11:00:00Z',
    ]);
  });

  it('shows by which break-glass it went, and past what', async () => {
    const noted = [{ code: 'approval', message: 'waits for sre', effect: 'waived' }];
    const gone = { ...APPROVED, state: 'SUCCEEDED', violations: [], noted, breakGlass: ['g-1'] };
    const why = { state: 'SUCCEEDED', unmet: [], noted };
    const ran = await run('plan plan-1', {
      hub: {
        ...WAITS,
        'GET /api/v1/plans/plan-1': { body: gone },
        'GET /api/v1/plans/plan-1/explain': { body: why },
      },
    });
    expect(ran.out).toContain('\n  went by   break-glass g-1\n');
    expect(ran.out.match(/waived: approval: waits for sre/g)).toHaveLength(1);
  });

  it('names the command for what a debt waits for', async () => {
    const debt = { code: 'break_glass_debt', message: 'overdue', cure: 'let somebody review it' };
    const hub = {
      ...WAITS,
      'GET /api/v1/plans/plan-1/explain': { body: { state: 'BLOCKED', unmet: [debt] } },
    };
    expect((await run('plan plan-1', { hub })).out).toContain(
      '    here: apolloctl break-glass --unreviewed',
    );
  });

  it.each([
    { name: 'what the hub cannot do', id: '..', code: 3 },
    { name: 'nothing', id: '', code: 3 },
  ])('does not take $name for an id', async ({ id, code }) => {
    expect(await run(['plan', id])).toMatchObject({ code, asked: [] });
  });

  it('takes any other id for a name, whatever it is made of', async () => {
    expect((await run(['plan', 'a/../b?c#d'])).asked[0]).toBe(
      'GET /api/v1/plans/a%2F..%2Fb%3Fc%23d',
    );
  });
});
