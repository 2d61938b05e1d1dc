import { describe, expect, it } from '@jest/globals';
import { COMPLETED, DEPLOYMENT } from '../testing/canned.js';
import { run } from '../testing/cli-run.js';

const SHOWN = 'GET /api/v1/deployments/deploy-1';
const STATUS = {
  ...{ service: 'aria', status: 'completed', version: '1.1.0', environment: 'prod' },
  ...{ deployed_at: '2026-03-01T12:00:00.000Z', duration_seconds: 4.5 },
  ...{ deployment_id: 'deploy-1', pinned: true },
};
const ENTITIES = 'GET /api/v1/entities?product=aria&limit=200';
const runsIn = (environment: string) => ({
  ...{ name: `aria-${environment}`, environment, spoke: environment },
  ...{ status: 'up_to_date', why: '1.1.0 runs as desired' },
  reported: { version: '1.1.0', health: 'Healthy' },
});
const RUNNING = { [ENTITIES]: { body: { items: [runsIn('dev'), runsIn('prod')] } } };

describe('apolloctl status', () => {
  it('shows the newest deployment of a service, and what runs where', async () => {
    const hub = { ...RUNNING, 'GET /status/aria': { body: STATUS }, [SHOWN]: { body: COMPLETED } };
    const ran = await run('status aria', { hub });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out.split('\n').slice(-4)).toEqual([
      '  goes by   this version: pinned, the channel is not followed',
      'RUNS IN   SPOKE   VERSION   HEALTH    STATUS       WHY',
      'dev       dev     1.1.0     Healthy   up_to_date   1.1.0 runs as desired',
      'prod      prod    1.1.0     Healthy   up_to_date   1.1.0 runs as desired',
    ]);
    expect(ran.out).toContain('  status       completed\n');
  });

  it('tells what it waits for, of one environment', async () => {
    const hub = {
      ...RUNNING,
      'GET /status/aria?environment=prod': { body: { ...STATUS, pinned: false } },
      [SHOWN]: { body: DEPLOYMENT },
    };
    const ran = await run('status aria --environment prod', { hub });
    expect(ran.out).toContain('  approval: production wants an sre, until 2026-03-02T12:00:00Z\n');
    expect(ran.out).toContain('  goes by   its channel\n');
    expect(ran.out).not.toContain('dev ');
  });

  it('tells which hotfixes are still to be brought back', async () => {
    const owed = { deployment_id: 'deploy-0', version: '1.0.1', missing_in: ['dev', 'staging'] };
    const hub = {
      ...RUNNING,
      'GET /status/aria': { body: { ...STATUS, back_ports: [{ ...owed, since: '' }] } },
      [SHOWN]: { body: COMPLETED },
    };
    expect((await run('status aria', { hub })).out).toContain(
      '\n  hotfix 1.0.1 is still to be brought to dev, staging\n',
    );
  });

  it('tells which break-glasses are still to be reviewed', async () => {
    const review = { break_glass: 'glass-1', environment: 'prod', opened_by: 'ann' };
    const due = '2026-03-02T12:00:00.000Z';
    const hub = {
      ...RUNNING,
      'GET /status/aria': { body: { ...STATUS, reviews: [{ ...review, due_at: due }] } },
      [SHOWN]: { body: COMPLETED },
    };
    expect((await run('status aria', { hub })).out).toContain(
      '\n  break-glass glass-1 by ann in prod is still to be reviewed by somebody else, due 2026-03-02T12:00:00Z\n',
    );
  });

  it('says that nothing was ever deployed', async () => {
    const message = 'No deployment history found';
    const hub = {
      'GET /status/aria': { body: { service: 'aria', status: 'unknown', message } },
      [ENTITIES]: { body: { items: [] } },
    };
    const ran = await run('status aria', { hub });
    expect(ran).toMatchObject({ code: 0, out: message });
  });

  it('ends as refused where nobody has registered the service', async () => {
    const [message, warning] = ['No deployment history found', 'there is no service "arai"'];
    const body = { service: 'arai', status: 'unknown', message, warning };
    const ran = await run('status arai', { hub: { 'GET /status/arai': { body } } });
    expect(ran).toMatchObject({ code: 1, out: '', err: `apolloctl: ${warning}` });
  });

  it('as JSON prints the answer of the hub', async () => {
    const hub = { ...RUNNING, 'GET /status/aria': { body: STATUS }, [SHOWN]: { body: COMPLETED } };
    expect((await run('status aria -o json', { hub })).out).toBe(JSON.stringify(STATUS));
  });
});

describe('apolloctl history', () => {
  const ENTRY = {
    ...{ id: 'deploy-1', from_version: null, to_version: '1.1.0', environment: 'prod' },
    ...{ status: 'completed', deployed_at: '2026-03-01T12:00:00.000Z', duration_seconds: 4.5 },
    ...{ notes: 'tested\u001b[2K', deployed_by: 'ann', rollback_version: null },
    ...{ kind: 'promote', went_out_at: '2026-03-01T12:00:02.000Z' },
  };

  it('lists deployments, and says that there are more', async () => {
    const path = 'GET /history/aria?environment=prod&limit=1';
    const body = { service: 'aria', total_deployments: 3, history: [ENTRY] };
    const ran = await run('history aria --environment prod --limit 1', {
      hub: { [path]: { body } },
    });
    expect(ran).toMatchObject({
      code: 0,
      err: 'there are 3 in all: --limit shows more, up to 200',
    });
    expect(ran.out.split('\n')).toEqual([
      'ASKED FOR              WENT OUT               ENVIRONMENT   KIND      CHANGE          STATUS      SECONDS   BY    ID         SAYS',
      '2026-03-01T12:00:00Z   2026-03-01T12:00:02Z   prod          promote   none -> 1.1.0   completed   4.5       ann   deploy-1   tested\\u{1b}[2K',
    ]);
  });

  it('ends as refused where nobody has registered the service', async () => {
    const warning = 'there is no service "arai"';
    const body = { service: 'arai', total_deployments: 0, history: [], warning };
    const ran = await run('history arai', { hub: { 'GET /history/arai': { body } } });
    expect(ran).toMatchObject({ code: 1, out: '', err: `apolloctl: ${warning}` });
  });

  it('says that there is none', async () => {
    const body = { service: 'aria', total_deployments: 0, history: [] };
    const ran = await run('history aria', { hub: { 'GET /history/aria': { body } } });
    expect(ran).toMatchObject({ code: 0, out: 'none', err: '' });
  });
});

describe('apolloctl deployment', () => {
  it('shows one, and follows it if asked to', async () => {
    expect(
      await run('deployment deploy-1', { hub: { [SHOWN]: { body: DEPLOYMENT } } }),
    ).toMatchObject({ code: 0, asked: [SHOWN] });
    const hub = { [SHOWN]: [{ body: DEPLOYMENT }, { body: COMPLETED }] };
    const followed = await run('deployment deploy-1 --wait', { hub });
    expect(followed).toMatchObject({ code: 0, asked: [SHOWN, SHOWN] });
  });

  it('names the plan of each entity, also once it waits for nothing', async () => {
    const [target] = COMPLETED.targets;
    const body = {
      ...COMPLETED,
      targets: [
        { ...target, planId: 'plan-1' },
        { ...target, entity: 'aria-far', note: 'it ran there already' },
      ],
    };
    const { out } = await run('deployment deploy-1', { hub: { [SHOWN]: { body } } });
    expect(out.split('\n').slice(-3)).toEqual([
      '  ENTITY      SPOKE   STATE     PLAN     NOTE',
      '  aria-prod   prod    healthy   plan-1   -',
      '  aria-far    prod    healthy   -        it ran there already',
    ]);
  });
});

describe('apolloctl rules', () => {
  it('tells them', async () => {
    const body = {
      rules: ['Health checks must pass after every deployment'],
      valid_promotion_paths: ['DEV → STAGING'],
      strategies: [{ name: 'rolling', description: 'Gradual container replacement' }],
    };
    const ran = await run('rules', { hub: { 'GET /rules': { body } } });
    expect(ran.out.split('\n')).toEqual([
      'Health checks must pass after every deployment',
      'promotions',
      '  DEV → STAGING',
      'strategies',
      '  rolling   Gradual container replacement',
    ]);
  });
});
