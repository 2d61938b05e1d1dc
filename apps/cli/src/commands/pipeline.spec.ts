import { describe, expect, it } from '@jest/globals';
import { COMPLETED, DEPLOYMENT } from '../testing/canned.js';
import { aProblem, run } from '../testing/cli-run.js';

const SHOWN = 'GET /api/v1/deployments/deploy-1';
const ASKED = { deployment_id: 'deploy-1', status: 'pending', message: 'it is under way' };
const TIERS = { dev: 'development', staging: 'staging', prod: 'production' };
const LOOKS = ['GET /api/v1/environments?limit=200', 'GET /api/v1/entities?product=aria&limit=200'];

const runsIn = (environment: string, version: string | null) => ({
  ...{ name: `aria-${environment}`, environment, spoke: environment },
  ...{ status: 'up_to_date', why: 'as desired' },
  reported: version === null ? null : { version, health: 'Healthy' },
});
const PLACES = {
  [String(LOOKS[0])]: {
    body: { items: Object.entries(TIERS).map(([name, tier]) => ({ name, tier })) },
  },
  [String(LOOKS[1])]: { body: { items: [runsIn('dev', '1.1.0'), runsIn('prod', '1.0.0')] } },
};
const AWAY = new TypeError('fetch failed', {
  cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
});
const FAILED = {
  ...COMPLETED,
  ...{ status: 'rolled_back', rollbackVersion: '1.0.0', notes: 'crash loop' },
};

/** A hub that takes what is asked of one route, and shows the deployment like that, one after another. */
function hubThat(path: string, shows: readonly (object | Error)[], more: object = {}) {
  return {
    ...PLACES,
    [`POST ${path}`]: { status: 202, body: { ...ASKED, ...more } },
    [SHOWN]: shows.map((body) => (body instanceof Error ? body : { body })),
  };
}

describe('apolloctl deploy', () => {
  it.each([
    { line: 'deploy aria', body: { service: 'aria' } },
    {
      line: 'deploy aria --to staging --version 1.1.0 --strategy canary --reason tested',
      body: {
        ...{ service: 'aria', target_env: 'staging', version: '1.1.0' },
        ...{ strategy: 'canary', reason: 'tested' },
      },
    },
    {
      line: 'deploy aria --skip-backup --refuse',
      body: { service: 'aria', skip_backup: true, on_conflict: 'refuse' },
    },
  ])('asks for what it is told, and for no more: $line', async ({ line, body }) => {
    const ran = await run(line, { hub: hubThat('/deploy', [COMPLETED]) });
    expect(ran).toMatchObject({
      code: 0,
      asked: ['POST /deploy', SHOWN],
      requests: [{ body }, {}],
    });
    expect(ran.requests[0]?.headers.get('prefer')).toBe('wait=0');
  });

  it('shows at once how far it is, what it waits for, and how to go on', async () => {
    const ran = await run('deploy aria', { hub: hubThat('/deploy', [DEPLOYMENT]) });
    expect(ran.code).toBe(0);
    expect(ran.out.split('\n')).toEqual([
      'promote of aria to prod, 1.0.0 -> 1.1.0',
      '  deployment   deploy-1',
      '  status       pre_checks',
      '  says         tested',
      '  strategy     rolling',
      '  backup       required',
      '  by           ann',
      '  asked for    2026-03-01T12:00:00Z',
      '  ENTITY      SPOKE   STATE     PLAN   NOTE',
      '  aria-prod   prod    started   -      -',
      'waits for',
      '  approval: production wants an sre, until 2026-03-02T12:00:00Z',
      '    cure: let ann look at it',
      '    here: apolloctl plan plan-1, then apolloctl approve plan-1',
    ]);
    expect(ran.err).toBe('it is under way; apolloctl deployment deploy-1 --wait follows it');
  });

  it('shows how far a strategy is that goes by steps', async () => {
    const target = {
      ...{ entity: 'aria-prod', spoke: 'prod', state: 'deployed' },
      rollout: { step: 2, steps: 5, weight: 50 },
    };
    const shown = { ...DEPLOYMENT, strategy: 'canary', targets: [target] };
    const ran = await run('deploy aria', { hub: hubThat('/deploy', [shown]) });
    expect(ran.out).toContain('\n  aria-prod   prod    deployed, step 2 of 5 (50 %)   -      -\n');
  });

  it('follows it until its end, and says what it waits for whenever that changes', async () => {
    const executing = { ...DEPLOYMENT, status: 'deploying', waitsFor: [] };
    const shows = [DEPLOYMENT, DEPLOYMENT, executing, COMPLETED];
    const ran = await run('deploy aria --wait', { hub: hubThat('/deploy', shows) });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.asked).toEqual(['POST /deploy', SHOWN, SHOWN, SHOWN, SHOWN]);
    expect(ran.out.split('\n').slice(0, 7)).toEqual([
      'promote of aria to prod, 1.0.0 -> 1.1.0 (deploy-1)',
      'pre_checks',
      '  approval: production wants an sre, until 2026-03-02T12:00:00Z',
      '    cure: let ann look at it',
      '    here: apolloctl plan plan-1, then apolloctl approve plan-1',
      'deploying',
      'promote of aria to prod, 1.0.0 -> 1.1.0',
    ]);
    expect(ran.out).toContain('\n  took         4.5 s\n');
  });

  it('tells each step of a canary', async () => {
    const at = (step: number, weight: number) => ({
      ...{ ...DEPLOYMENT, status: 'deploying', waitsFor: [] },
      targets: [{ ...DEPLOYMENT.targets[0], rollout: { step, steps: 3, weight } }],
    });
    const shows = [at(1, 10), at(1, 10), at(2, 50), COMPLETED];
    const ran = await run('deploy aria --wait', { hub: hubThat('/deploy', shows) });
    expect(ran.out.split('\n').slice(1, 5)).toEqual([
      'deploying',
      '  aria-prod: step 1 of 3 (10 %)',
      'deploying',
      '  aria-prod: step 2 of 3 (50 %)',
    ]);
  });

  it('goes on where the hub was away for a moment, and says so', async () => {
    const shows = [DEPLOYMENT, AWAY, AWAY, COMPLETED];
    const ran = await run('deploy aria --wait', { hub: hubThat('/deploy', shows) });
    expect(ran).toMatchObject({ code: 0, asked: ['POST /deploy', SHOWN, SHOWN, SHOWN, SHOWN] });
    expect(ran.err).toBe(
      'the hub at http://127.0.0.1:8234 cannot be reached (ECONNREFUSED): is it running, and is --hub (or APOLLO_HUB) right?; asking again for a minute; apolloctl deployment deploy-1 --wait follows it',
    );
  });

  it('says how to follow it where the hub stays away', async () => {
    const ran = await run('deploy aria --wait', { hub: hubThat('/deploy', [DEPLOYMENT, AWAY]) });
    expect(ran.code).toBe(2);
    expect(ran.err.split('\n').at(-1)).toMatch(
      /^apolloctl: the hub at .* cannot be reached \(ECONNREFUSED\).*; nobody could look for a minute how deploy-1 goes on; apolloctl deployment deploy-1 --wait follows it$/,
    );
    expect(ran.asked).toHaveLength(63);
  });

  it('asks once where nothing is waited for', async () => {
    const ran = await run('deploy aria', { hub: hubThat('/deploy', [AWAY]) });
    expect(ran).toMatchObject({ code: 2, asked: ['POST /deploy', SHOWN] });
  });

  it('says that it has not ended in the time that was given it', async () => {
    const ran = await run('deploy aria --wait=2', { hub: hubThat('/deploy', [DEPLOYMENT]) });
    expect(ran.code).toBe(2);
    expect(ran.asked).toEqual(['POST /deploy', SHOWN, SHOWN, SHOWN]);
    expect(ran.err).toBe(
      'apolloctl: promote of aria to prod, 1.0.0 -> 1.1.0: has not ended within 2 s, and goes on; apolloctl deployment deploy-1 --wait follows it',
    );
  });

  it.each(['', ' --wait'])('ends with 1 where it was rolled back%s', async (wait) => {
    const ran = await run(`deploy aria${wait}`, { hub: hubThat('/deploy', [FAILED]) });
    expect(ran).toMatchObject({
      code: 1,
      err: 'apolloctl: promote of aria to prod, 1.0.0 -> 1.1.0: rolled_back: crash loop',
    });
    expect(ran.out).toContain('back to      1.0.0');
  });

  it('tells why it failed once in what is shown, and in brief where it ends', async () => {
    const stopped = `pod aria-1 is in CrashLoopBackOff: ${'x'.repeat(600)}`;
    const notes = `failed: aria-prod: ${stopped}`;
    const targets = [{ ...DEPLOYMENT.targets[0], state: 'failed', stopped }];
    const failed = { ...COMPLETED, status: 'failed', notes, targets };
    const ran = await run('deploy aria --wait', { hub: hubThat('/deploy', [failed]) });
    expect(ran.out.split('CrashLoopBackOff')).toHaveLength(2);
    expect(ran.out.split('\n').at(-1)).toBe('  aria-prod   prod    failed   -      as said above');
    expect(ran.err).toBe(
      `apolloctl: promote of aria to prod, 1.0.0 -> 1.1.0: ${notes.slice(0, 200)}...`,
    );
  });

  it('says which one took its place, and how to follow that', async () => {
    const notes = 'deployment deploy-2 took its place before anything of it had gone out';
    const gone = { ...COMPLETED, status: 'failed', supersededBy: 'deploy-2', notes };
    const ran = await run('deploy aria --wait', { hub: hubThat('/deploy', [gone]) });
    expect(ran).toMatchObject({
      code: 1,
      err: `apolloctl: promote of aria to prod, 1.0.0 -> 1.1.0: gave way: ${notes}; apolloctl deployment deploy-2 --wait follows that one; ask again if this is still wanted`,
    });
    expect(ran.out).toContain('superseded   by deploy-2');
  });

  it('as JSON prints the deployment alone, and its progress beside it', async () => {
    const hub = hubThat('/deploy', [DEPLOYMENT, COMPLETED]);
    const ran = await run('deploy aria --wait -o json', { hub });
    expect(ran.out).toBe(JSON.stringify(COMPLETED));
    expect(ran.err).toContain('production wants an sre');
  });

  it('tells a single fault of the request once, and several one by one', async () => {
    const one = { field: 'service', detail: 'service is missing' };
    const more = { field: 'version', detail: 'version is 7' };
    const first = { ...{ status: 400, code: 'http/invalid_request' }, ...one };
    const refusedWith = async (detail: string, errors: readonly object[]) => {
      const hub = { 'POST /deploy': aProblem(400, first.code, { ...first, detail, errors }) };
      return (await run('deploy aria', { hub })).err.split('\n').slice(0, -1);
    };
    expect(await refusedWith(one.detail, [one])).toEqual([
      'apolloctl: It said no: service is missing',
      '  field: service',
    ]);
    expect(await refusedWith(`${one.detail} (and 1 more, see errors)`, [one, more])).toEqual([
      'apolloctl: It said no: service is missing (and 1 more, see errors)',
      '  service: service is missing',
      '  version: version is 7',
    ]);
  });

  it.each([
    {
      name: 'nothing ran before',
      gone: 'fromVersion',
      says: 'none: nothing is known to have run before',
    },
    { name: 'nothing of it went out', gone: 'reason', says: 'none: it ended without needing one' },
  ])('tells of no backup that is not there: $name', async ({ gone, says }) => {
    const all = { ...COMPLETED, backup: 'required' };
    const shown = Object.fromEntries(Object.entries(all).filter(([member]) => member !== gone));
    const ran = await run('deploy aria', { hub: hubThat('/deploy', [shown]) });
    expect(ran.out).toContain(`\n  backup       ${says}\n`);
  });

  it('tells why it is refused', async () => {
    const detail = 'Direct deployment to PROD is forbidden.';
    const refused = aProblem(403, 'deployment/direct_to_production', { detail });
    const ran = await run('deploy aria --to prod', { hub: { 'POST /deploy': refused } });
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(detail) });
  });

  it('takes no time that is none', async () => {
    const ran = await run('deploy aria --wait=soon');
    expect(ran).toMatchObject({ code: 3, asked: [] });
    expect(ran.err).toContain('It has to be a whole number of seconds.');
  });
});

describe('what goes to production', () => {
  const ROUTES = [
    {
      line: 'promote aria --from dev --to prod --reason tested',
      path: '/promote',
      body: { service: 'aria', from_env: 'dev', to_env: 'prod', reason: 'tested' },
      says: [
        'promotes aria',
        '  from     dev (development), where 1.1.0 runs',
        '  to       prod (production), where 1.0.0 runs',
        '  reason   tested',
      ],
    },
    {
      line: 'promote aria --from dev --to prod --strategy canary --reason tested',
      path: '/promote',
      body: {
        ...{ service: 'aria', from_env: 'dev', to_env: 'prod' },
        ...{ strategy: 'canary', reason: 'tested' },
      },
      says: [
        'promotes aria',
        '  from       dev (development), where 1.1.0 runs',
        '  to         prod (production), where 1.0.0 runs',
        '  strategy   canary',
        '  reason     tested',
      ],
    },
    {
      line: 'hotfix aria --reason urgent-enough',
      path: '/hotfix',
      body: { service: 'aria', reason: 'urgent-enough' },
      says: [
        'hotfix of aria, past the pipeline',
        '  version   the newest that completed below production and stands there; apolloctl history aria tells what did, and --version names one',
        '  below     dev (development), where 1.1.0 runs; staging (staging), where it does not run',
        '  to        prod (production), where 1.0.0 runs',
        '  reason    urgent-enough',
        '  owes      a review by somebody else, and a deployment to the environments below',
      ],
    },
    {
      line: 'rollback aria --reason broken',
      path: '/rollback',
      body: { service: 'aria', reason: 'broken' },
      says: [
        'rolls aria back',
        '  in       prod (production), where 1.0.0 runs',
        '  to       what completed there before',
        '  reason   broken',
      ],
    },
  ];

  it.each(ROUTES)('is told before it is asked for: $line', async ({ line, path, body, says }) => {
    const ran = await run(line, { hub: hubThat(path, [COMPLETED]) });
    expect(ran).toMatchObject({ code: 0, err: '', asked: [...LOOKS, `POST ${path}`, SHOWN] });
    expect(ran.requests[2]?.body).toEqual(body);
    expect(ran.out.split('\n').slice(0, says.length)).toEqual(says);
  });

  it.each(ROUTES)(
    'is asked for only once a person at it says yes: $path',
    async ({ line, path }) => {
      const hub = hubThat(path, [COMPLETED]);
      const no = await run(line, { hub, terminal: { input: true }, says: 'n' });
      expect(no).toMatchObject({ code: 1, asked: LOOKS });
      expect(no.err).toMatch(/production.*\? \[y\/N\] \napolloctl: nothing was done$/);
      const yes = await run(line, { hub, terminal: { input: true }, says: 'y' });
      expect(yes).toMatchObject({ code: 0, asked: [...LOOKS, `POST ${path}`, SHOWN] });
      const unasked = await run(`${line} --yes`, { hub, terminal: { input: true } });
      expect(unasked).toMatchObject({ code: 0, err: '' });
    },
  );

  it('by a rollback says which values go back', async () => {
    const changes = [{ path: 'replicas', change: 'changed', before: 3, after: 2 }];
    const back = { ...COMPLETED, restoredValues: [{ entity: 'aria-prod', changes, more: 1 }] };
    const ran = await run('rollback aria --reason broken', { hub: hubThat('/rollback', [back]) });
    expect(ran.out).toContain(
      '\nvalues that go back at aria-prod\n  replicas: 3 -> 2\n  and 1 more',
    );
  });

  it('is refused with each reason that the hub has', async () => {
    const detail = 'Service aria is not healthy in dev. Fix it before promoting.';
    const because = [
      'aria-dev: 1.2.0 runs, and 1.1.0 is what completed here last',
      'aria-dev-2: gone',
    ];
    const refused = aProblem(400, 'promotion/source_not_healthy', { detail, data: { because } });
    const ran = await run('promote aria --from dev --to prod --reason tested', {
      hub: { ...PLACES, 'POST /promote': refused },
    });
    expect(ran.code).toBe(1);
    expect(ran.err.split('\n')).toEqual([
      `apolloctl: It said no: ${detail}`,
      ...because.map((reason) => `  because ${reason}`),
      '  (promotion/source_not_healthy, request req-1)',
    ]);
  });

  it('by a rollback says where the version never completed', async () => {
    const hub = hubThat('/rollback', [COMPLETED], { unproven_on: ['aria-prod'] });
    const ran = await run('rollback aria --to 1.0.0 --reason broken --wait', { hub });
    expect(ran.err).toBe(
      'warning: that version is not known to have done well at aria-prod; apolloctl history aria tells which did',
    );
  });

  it('is not asked about where it is staging', async () => {
    const line = 'promote aria --from dev --to staging --reason tested';
    const hub = hubThat('/promote', [COMPLETED]);
    const ran = await run(line, { hub, terminal: { input: true } });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('  to       staging (staging), where it does not run\n');
  });

  it.each([
    {
      line: 'hotfix aria --reason urgent-enough --version 1.0.2 --environment prod-eu',
      path: '/hotfix',
      body: { service: 'aria', reason: 'urgent-enough', version: '1.0.2', environment: 'prod-eu' },
      says: '  version   1.0.2\n  to        prod-eu\n',
    },
    {
      line: 'promote aria --from dev --to prod --reason tested --strategy canary',
      path: '/promote',
      body: {
        ...{ service: 'aria', from_env: 'dev', to_env: 'prod' },
        ...{ reason: 'tested', strategy: 'canary' },
      },
      says: 'promotes aria\n',
    },
    {
      line: 'rollback aria --reason broken --to 1.0.0 --environment dev',
      path: '/rollback',
      body: { service: 'aria', reason: 'broken', environment: 'dev', target_version: '1.0.0' },
      says: '  in       dev (development), where 1.1.0 runs\n  to       1.0.0\n',
    },
  ])('is what the command line names: $line', async ({ line, path, body, says }) => {
    const ran = await run(line, { hub: hubThat(path, [COMPLETED]) });
    expect(ran.code).toBe(0);
    expect(ran.requests[2]?.body).toEqual(body);
    expect(ran.out).toContain(says);
  });

  it('by a hotfix says what it goes past, and what is owed for that', async () => {
    const more = {
      ...{ warning: 'Please backport to DEV.', waives: ['approval', 'window'] },
      ...{ break_glass: 'g-1', not_waived: 'you may not waive health' },
      not_immediate: 'pods are replaced as the chart of aria 1.0.1 says',
    };
    const hub = hubThat('/hotfix', [COMPLETED], more);
    const ran = await run('hotfix aria --reason urgent-enough --wait', { hub });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.err.split('\n')).toEqual([
      'warning: Please backport to DEV.',
      'it goes past approval, window',
      'you may not waive health',
      'pods are replaced as the chart of aria 1.0.1 says',
      'somebody else has to review that: apolloctl break-glass review g-1',
    ]);
  });

  it.each([
    { told: 'opened when it leaves the line, if that is before 2026-03-01T16:00:00Z' },
    { refused: 'ann may not waive that', told: 'ann may not waive that' },
  ])('by a hotfix in line says what becomes of its break-glass: $told', async (one) => {
    const waits = 'it waits in line: its break-glass is opened when it leaves that';
    const { told, ...refused } = one;
    const breakGlassGrant = { waives: ['window'], until: '2026-03-01T16:00:00.000Z', ...refused };
    const hub = hubThat('/hotfix', [{ ...COMPLETED, breakGlassGrant }], {
      ...{ waives: ['window'], break_glass_waits: waits },
    });
    const ran = await run('hotfix aria --reason urgent-enough --wait', { hub });
    expect(ran.err.split('\n')).toEqual(['it goes past window', waits]);
    expect(ran.out).toContain(`\n  break-glass   ${told}\n`);
  });

  it.each(['promote aria', 'hotfix aria', 'rollback aria'])('needs a reason: %s', async (line) => {
    const ran = await run(`${line} --from dev --to prod`);
    expect(ran).toMatchObject({ code: 3, asked: [] });
  });
});
