import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  ownTestCluster,
  sharedTestCluster,
} from '@apollo-deploy/local-cluster/testing';
import { packChart } from '../../../tools/pack-chart.mjs';
import { says, StandIn } from '../src/testing/stand-in.js';
import type { Answered } from './support/pipeline-bodies.js';
import { PipelineSystem } from './support/pipeline-system.js';
import { testChart } from './support/test-chart.js';

const BROKEN = join(import.meta.dirname, '../../../examples/broken');
const PATIENCE_MS = 240_000;
const DIRECT =
  'Direct deployment to PROD is forbidden. Use /promote to move from DEV to PROD, or /hotfix for emergencies.';
const SHORT = 'Hotfix requires a detailed reason (min 10 characters)';

describe('the pipeline, on three clusters', () => {
  let chronos: StandIn;
  let system: PipelineSystem;
  beforeAll(async () => {
    chronos = await StandIn.start();
    const [shared, second, third] = await Promise.all([
      sharedTestCluster(),
      ownTestCluster(),
      ownTestCluster(),
    ]);
    system = await PipelineSystem.start(
      [
        { name: 'dev', tier: 'development', cluster: shared },
        { name: 'staging', tier: 'staging', cluster: second },
        { name: 'prod', tier: 'production', cluster: third },
      ],
      { APOLLO_SETTLING_SECONDS: '2', CHRONOS_URL: chronos.url },
    );
  }, PATIENCE_MS);
  afterAll(async () => {
    await system.stop();
    await chronos.stop();
  });

  /** A service whose pods get ready, that runs its first version in dev. */
  async function runningInDev(service: string, ...versions: readonly string[]): Promise<void> {
    const charts: Record<string, Uint8Array> = {};
    for (const version of versions) charts[version] = await testChart(service, version);
    await system.service(service, charts);
    expect(await deploy(service, 'dev', versions[0])).toMatchObject(COMPLETED);
  }

  function deploy(service: string, stage: string, version?: string): Promise<Answered> {
    return system.ask('/deploy', { service, target_env: stage, version });
  }

  it(
    'promotes what completed, takes back by itself what fails, and rolls back to what completed before',
    async () => {
      const service = 'fragile-service';
      await system.service(service, {
        '1.0.0': packChart(join(BROKEN, 'good')),
        '1.1.0': packChart(join(BROKEN, 'crash-looping')),
        '1.3.0': packChart(join(BROKEN, 'slow')),
        '1.4.0': packChart(join(BROKEN, 'failing-hook')),
      });
      expect(await deploy(service, 'dev', '1.0.0')).toEqual({
        status: 200,
        body: {
          ...{ deployment_id: expect.any(String), status: 'completed' },
          message: 'Deployment to dev completed',
        },
      });
      const promotion = { service, from_env: 'dev', to_env: 'staging', reason: 'Tested' };
      const promoted = await system.ask('/promote', promotion);
      expect(promoted).toMatchObject({
        status: 200,
        body: { status: 'completed', promoted_from: 'dev', promoted_to: 'staging' },
      });
      expect(await system.deployment(idOf(promoted))).toMatchObject({
        proof: { environment: 'dev', version: '1.0.0', chartSha256: expect.any(String) },
      });
      expect(await system.runs('staging', service)).toEqual({ tag: '1.0.0', ready: 1 });

      const failed = await deploy(service, 'staging', '1.1.0');
      expect(failed).toMatchObject({
        status: 200,
        body: { status: 'rolled_back', message: 'Deployment to staging failed' },
      });
      const taken = await system.deployment(idOf(failed));
      expect(taken).toMatchObject({
        ...{ status: 'rolled_back', toVersion: '1.1.0', rollbackVersion: '1.0.0' },
        notes: expect.stringContaining('CrashLoopBackOff'),
      });
      expect(taken.steps.map(({ status }) => status)).toEqual([
        ...['pending', 'pre_checks', 'backing_up', 'deploying', 'rolled_back'],
      ]);
      expect(await system.client.get(`/status/${service}`)).toMatchObject({
        ...{ status: 'rolled_back', version: '1.1.0', environment: 'staging' },
      });
      expect(await system.runs('staging', service)).toEqual({ tag: '1.0.0', ready: 1 });
      expect(await system.history('staging', service)).toEqual([
        expect.stringMatching(/^1 superseded fragile-service-1\.0\.0$/),
        expect.stringMatching(/^2 \w+ fragile-service-1\.1\.0$/),
        expect.stringMatching(/^3 deployed fragile-service-1\.0\.0$/),
      ]);

      // 1.0.0 runs there and nothing completed before it: what failed never was the current version.
      expect(await system.ask('/rollback', { service })).toMatchObject({
        status: 404,
        body: { detail: `No previous deployment found for ${service}` },
      });

      expect(await deploy(service, 'staging', '1.3.0')).toMatchObject(COMPLETED);
      const hookFailed = await deploy(service, 'staging', '1.4.0');
      expect(hookFailed).toMatchObject({ status: 200, body: { status: 'rolled_back' } });
      expect(await system.runs('staging', service)).toEqual({ tag: '1.3.0', ready: 1 });

      // 1.3.0 runs, and 1.0.0 completed before it; not what was taken back, and nothing further back.
      expect(await system.ask('/rollback', { service, reason: 'It is slow' })).toMatchObject({
        status: 200,
        body: { status: 'rolled_back', rolled_back_to: '1.0.0', environment: 'staging' },
      });
      expect(await system.runs('staging', service)).toEqual({ tag: '1.0.0', ready: 1 });
    },
    PATIENCE_MS,
  );

  it('refuses with the specified texts what goes past it, and does nothing', async () => {
    const service = 'direct';
    await runningInDev(service, '1.0.0');

    expect(await deploy(service, 'prod')).toMatchObject({ status: 403, body: { detail: DIRECT } });
    for (const reason of ['nine char', '   nine char   ', '']) {
      expect(await system.ask('/hotfix', { service, reason })).toMatchObject({
        status: 400,
        body: { detail: SHORT },
      });
    }

    // It completed in dev, and is not healthy any more.
    await system.behave('dev', service, undefined, 'degrade');
    await eventually('dev to be seen unhealthy', async () => {
      const { reported } = await system.client.entity(`${service}-dev`);
      return reported?.health === 'Healthy' ? undefined : reported;
    });
    for (const to of ['staging', 'prod']) {
      const promotion = { service, from_env: 'dev', to_env: to };
      expect(await system.ask('/promote', promotion)).toMatchObject({
        status: 400,
        body: { detail: `Service ${service} is not healthy in dev. Fix it before promoting.` },
      });
    }
    const { total_deployments: total } = await system.client.get(`/history/${service}`);
    expect(total).toBe(1);
    expect(await system.history('staging', service)).toEqual([]);
    expect(await system.history('prod', service)).toEqual([]);
  });

  it('deploys nothing to prod while CHRONOS makes no backup', async () => {
    const service = 'guarded';
    await runningInDev(service, '1.0.0', '1.1.0');
    const promote = (): Promise<string> =>
      system.begun('/promote', { service, from_env: 'dev', to_env: 'prod' });
    const first = await promote();
    await system.agree(first);
    await system.untilIs(first, 'completed');
    expect(await deploy(service, 'dev', '1.1.0')).toMatchObject(COMPLETED);
    const before = await system.history('prod', service);
    expect(before).toEqual([`1 deployed ${service}-1.0.0`]);

    chronos.reply = says(500, 'no disk');
    const second = await promote();
    await system.agree(second);
    const refused = await system.untilIs(second, 'failed');
    await chronos.stop();
    // What was agreed to is agreed to until it has gone out.
    const unheard = await system.untilIs(await promote(), 'failed');

    expect(refused.notes).toContain(
      'the backup by CHRONOS failed, so nothing was deployed: CHRONOS answered 500: no disk',
    );
    expect(unheard.notes).toContain(
      'the backup by CHRONOS failed, so nothing was deployed: CHRONOS did not answer POST /backup',
    );
    for (const { steps } of [refused, unheard]) {
      expect(steps.map(({ status }) => status)).toEqual(ABORTED);
    }
    expect(await system.history('prod', service)).toEqual(before);
    expect(await system.runs('prod', service)).toEqual({ tag: '1.0.0', ready: 1 });

    chronos = await StandIn.start(chronos.port);
    await system.untilIs(await promote(), 'completed');
    expect(chronos.heard).toMatchObject([
      { path: '/backup', text: `{"service":"${service}","reason":"pre-deployment"}` },
    ]);
    expect(await system.history('prod', service)).toEqual([
      `1 superseded ${service}-1.0.0`,
      `2 deployed ${service}-1.1.0`,
    ]);
    const sent = (await system.client.plans(`${service}-prod`)).filter(
      ({ startedAt }) => startedAt !== undefined,
    );
    expect(sent.map(({ type, state }) => `${type} ${state}`)).toEqual([
      'install SUCCEEDED',
      'upgrade SUCCEEDED',
    ]);
  });

  it('has one deployment of a service at a time, and tells both ends of two', async () => {
    const service = 'busy';
    const held = await testChart(service, '1.0.0', { behaviour: 'never-ready' });
    await system.service(service, {
      '1.0.0': held,
      '1.1.0': await testChart(service, '1.1.0'),
      '1.2.0': await testChart(service, '1.2.0'),
    });
    const first = await system.begun('/deploy', { service, version: '1.0.0' });
    await system.untilIs(first, 'deploying');

    const both = Promise.all(['1.1.0', '1.2.0'].map((version) => deploy(service, 'dev', version)));
    const waiting = await eventually('one to wait and one to give way', async () => {
      const list = `/api/v1/deployments?service=${service}`;
      const { items } = await system.client.list<{ id: string; status: string }>(list);
      const [failed] = items.filter(({ status }) => status === 'failed');
      const [next] = items.filter(({ status }) => status === 'pending');
      return failed && next && { failed: failed.id, next: next.id };
    });
    expect(await system.deployment(waiting.next)).toMatchObject({
      waitsFor: [
        {
          code: 'queued',
          message: expect.stringMatching(
            `^deployment ${first} of the same service is under way there: plan \\S+ is executing$`,
          ),
        },
      ],
    });
    expect(await system.deployment(waiting.failed)).toMatchObject({
      ...{ status: 'failed', supersededBy: waiting.next },
      notes: expect.stringContaining(`deployment ${waiting.next} took its place`),
    });
    const third = { service, version: '1.2.0', on_conflict: 'refuse' };
    expect(await system.ask('/deploy', third)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('is under way') },
    });

    await system.behave('dev', service, 'never-ready', null);
    const told = (await both).map(({ status, body }) => [
      status,
      body['deployment_id'],
      body['status'],
    ]);
    expect(told.sort()).toEqual(
      [
        [200, waiting.failed, 'failed'],
        [200, waiting.next, 'completed'],
      ].sort(),
    );
    const [ran, waited] = [await system.deployment(first), await system.deployment(waiting.next)];
    expect(ran.status).toBe('completed');
    const begun = waited.steps.find(({ status }) => status === 'deploying')?.at ?? '';
    expect(begun >= (ran.steps.at(-1)?.at ?? '')).toBe(true);
    expect(await system.history('dev', service)).toHaveLength(2);
  });

  it('tells the same of everything after kill -9', async () => {
    const shown = await everything();
    await system.killHub();
    expect(await everything()).toEqual(shown);
    expect(Object.keys(shown).length).toBeGreaterThan(20);
  });

  /** What every deployment, and every service, is said to be. */
  async function everything(): Promise<Readonly<Record<string, unknown>>> {
    const { client } = system;
    const list = '/api/v1/deployments?limit=200';
    const { items } = await client.list<{ id: string; service: string }>(list);
    const services = [...new Set(items.map(({ service }) => service))];
    const paths = [
      list,
      ...items.map(({ id }) => `/api/v1/deployments/${id}`),
      ...services.flatMap((one) => [`/history/${one}?limit=200`, `/status/${one}`]),
    ];
    const bodies = await Promise.all(paths.map((path) => client.get(path)));
    return Object.fromEntries(paths.map((path, index) => [path, bodies[index]]));
  }
});

const COMPLETED = { status: 200, body: { status: 'completed' } };
const ABORTED = ['pending', 'pre_checks', 'backing_up', 'failed'];

function idOf({ body }: Answered): string {
  return String(body['deployment_id']);
}
