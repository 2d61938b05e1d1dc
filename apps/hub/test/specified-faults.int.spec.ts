import { afterEach, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '@apollo-deploy/kernel';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { openStore } from '@apollo-deploy/storage';
import { testDatabase } from '@apollo-deploy/storage/testing';
import { says } from '../src/testing/stand-in.js';
import { TestHub } from '../src/testing/test-hub.js';
import type { Body } from './support/hub-client.js';
import { Outside } from './support/outside.js';
import { PipelineHub } from './support/pipeline-hub.js';
import { PipelineScene } from './support/pipeline-scene.js';

/**
 * The pipeline was specified by a program that has faults. Each of them has a test here by its name, by
 * the API. The rules behind them have tables of their own: version-before, promotion-source, health-verdict,
 * deployment-lifecycle (libs/domain/src/pipeline), notification (libs/domain/src/notifications),
 * promotions-in-engine (libs/orchestration/src/pipeline), notification-line
 * (libs/orchestration/src/notifications), and what becomes of calls outside, outside-systems.int.spec.ts.
 */

let ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

async function start(...given: Parameters<typeof PipelineScene.start>): Promise<PipelineScene> {
  const scene = await PipelineScene.start(...given);
  ends.push(() => scene.stop());
  await scene.service('aria', '1.0.0', '1.1.0', '1.2.0');
  return scene;
}

async function post(
  { client }: PipelineScene,
  path: string,
  body: object = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: Body }> {
  const response = await fetch(`${client.url}${path}`, {
    ...{ method: 'POST', headers, body: JSON.stringify({ service: 'aria', ...body }) },
  });
  return { status: response.status, body: (await response.json()) as Body };
}

describe('a rollback lands one version too far', () => {
  it('never: after two that completed and one that failed it goes to the first of the two', async () => {
    const scene = await start({}, { settlingMs: 0 });
    for (const version of ['1.0.0', '1.1.0']) {
      expect(await scene.deploy('aria', version)).toMatchObject({ status: 'completed' });
    }
    scene.spoke('dev').sick.add('1.2.0');
    expect(await scene.deploy('aria', '1.2.0')).toMatchObject({
      ...{ status: 'rolled_back', rollbackVersion: '1.1.0' },
    });
    expect(await post(scene, '/rollback')).toMatchObject({
      status: 200,
      body: { status: 'rolled_back', rolled_back_to: '1.0.0', environment: 'dev' },
    });
    expect(scene.spoke('dev').done.at(-1)).toBe('aria 1.0.0 rollback');
  });

  it('never: each one goes one version further back, and none goes forth again', async () => {
    const scene = await start({}, { settlingMs: 0 });
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await scene.deploy('aria', version);
    for (const version of ['1.1.0', '1.0.0']) {
      expect(await post(scene, '/rollback')).toMatchObject({
        status: 200,
        body: { status: 'rolled_back', rolled_back_to: version },
      });
    }
    expect(await post(scene, '/rollback')).toMatchObject({
      status: 404,
      body: { detail: 'No previous deployment found for aria' },
    });
  });
});

describe('something else is promoted than what was tested', () => {
  it('never: what completed goes on, to the byte, whatever is newer', async () => {
    const scene = await start({}, { settlingMs: 0 });
    await scene.deploy('aria', '1.0.0');
    const asked = post(scene, '/promote', { reason: 'Tested and verified' });
    await scene.agree();
    const { body } = await asked;
    const chart = sha256Hex(new TextEncoder().encode('aria 1.0.0'));
    const made = await scene.client.get(`/api/v1/deployments/${String(body['deployment_id'])}`);
    expect(made).toMatchObject({
      ...{ status: 'completed', toVersion: '1.0.0' },
      proof: { environment: 'dev', version: '1.0.0', chartSha256: chart },
    });
    expect(scene.spoke('prod').done).toEqual(['aria 1.0.0 install']);
  });

  it('never: what is not healthy at this moment stays where it is', async () => {
    const scene = await start({}, { settlingMs: 0 });
    await scene.deploy('aria', '1.0.0');
    scene.spoke('dev').seesHealth('aria', '1.0.0', 'Progressing');
    await eventually('what the spoke says', async () => {
      const { reported } = await scene.client.entity('aria-dev');
      return reported?.health === 'Progressing' ? true : undefined;
    });
    expect(await post(scene, '/promote')).toMatchObject({
      status: 400,
      body: {
        detail: 'Service aria is not healthy in dev. Fix it before promoting.',
        data: { because: ['aria-dev: 1.0.0 is Progressing'] },
      },
    });
    expect(scene.spoke('prod').done).toEqual([]);
  });
});

describe('the ids of two deployments collide', () => {
  it('never: of twenty in one second, at two replicas, each has its own and none is lost', async () => {
    const database = await testDatabase();
    ends.push(() => database.drop());
    const here = await PipelineHub.start(await openStore('database', { url: database.url }));
    ends.push(() => here.stop());
    const store = await openStore('database', { url: database.url });
    const there = await TestHub.start({ deployments: { settlingMs: 0 } }, { store });
    ends.push(() => there.stop());
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? here.hub : there).post(
          '/deploy',
          { service: 'web', version: index % 4 < 2 ? '1.0.0' : '1.1.0' },
          { prefer: 'wait=0' },
        ),
      ),
    );
    // 200: another one took its place before it was answered.
    for (const { status } of answers) expect([200, 202]).toContain(status);
    const ids = answers.map(({ body }) => String(body['deployment_id']));
    expect(new Set(ids).size).toBe(20);
    for (const id of ids) expect(id).toMatch(/^deploy_20260301120000_web_[0-9a-z]{12}$/);
    for (const hub of [here.hub, there]) {
      const { body } = await hub.get('/history/web?limit=200');
      const history = body['history'] as readonly { readonly id: string }[];
      expect(history.map(({ id }) => id).sort()).toEqual([...ids].sort());
    }
  });
});

describe('errors are swallowed', () => {
  it('never: whatever one of all six answers badly is found by the API, with its words', async () => {
    const outside = await Outside.start();
    ends.push(() => outside.stop());
    const scene = await start(outside.settings, { settlingMs: 0 });
    // First: a hub that stops waits for what it is telling.
    ends.push(() => outside.stop());
    await scene.deploy('aria', '1.0.0');
    await scene.deploy('aria', '1.1.0');
    const broken = (each: Parameters<typeof outside.answers>[0]): void => {
      outside.answers(each, says(500, `${each} is broken`));
    };
    broken('HADES');
    // HADES is asked where it runs highest, and that is dev for now.
    const { body: rolledBack } = await post(scene, '/rollback', { environment: 'dev' });
    const first = post(scene, '/promote');
    await scene.agree();
    await first;
    await scene.deploy('aria', '1.2.0');
    for (const each of ['CHRONOS', 'HERMES', 'LCIS', 'EVENT_BUS'] as const) broken(each);
    const asked = post(scene, '/promote');
    await scene.agree();
    const { body: promoted } = await asked;
    broken('PANOPTES');
    const wanted = { version: '1.0.0' };
    const { body: looked } = await post(scene, '/deploy', wanted, { prefer: 'wait=0' });

    const notes = async (id: unknown) =>
      (await scene.client.get(`/api/v1/deployments/${String(id)}`))['notes'];
    expect(await notes(promoted['deployment_id'])).toContain('CHRONOS is broken');
    const { deployment } = rolledBack['data'] as { readonly deployment: string };
    expect(await notes(deployment)).toContain('HADES is broken');
    const lookedAt = `/api/v1/deployments/${String(looked['deployment_id'])}`;
    await eventually('what PANOPTES said', async () => {
      const { waitsFor } = await scene.client.get(lookedAt);
      return JSON.stringify(waitsFor).includes('PANOPTES is broken') ? true : undefined;
    });
    const audit = await scene.client.list('/api/v1/audit?subject=entity/aria-prod&limit=200');
    expect(audit.items).toContainEqual(
      expect.objectContaining({
        action: 'backup.fail',
        detail: expect.objectContaining({ error: 'CHRONOS answered 500: CHRONOS is broken' }),
      }),
    );
    for (const receiver of ['hermes', 'lcis', 'event_bus']) {
      const said = await eventually(`what ${receiver} said`, async () => {
        const path = `/api/v1/notifications?receiver=${receiver}&status=waiting`;
        return (await scene.client.list(path)).items.find(({ lastError }) => lastError)?.[
          'lastError'
        ];
      });
      expect(said).toContain(`answered 500: ${receiver.toUpperCase()} is broken`);
    }
  });

  it('never: what somebody is to be told outlives the hub, and is told in order by the next', async () => {
    const database = await testDatabase();
    ends.push(() => database.drop());
    const outside = await Outside.start();
    ends.push(() => outside.stop());
    const told = { hermes: outside.settings['HERMES_URL'] ?? '' };
    const open = () => openStore('database', { url: database.url });
    outside.answers('HERMES', says(500, 'not yet'));
    const settings = { deployments: { settlingMs: 0 }, integrations: { told } };
    const first = await PipelineHub.start(await open(), settings);
    const { body } = await first.deploy({ version: '1.0.0' });
    await first.carryOut('dev');
    await first.untilIs(String(body['deployment_id']), 'completed');
    const { body: worse } = await first.deploy({ version: '1.1.0' });
    await first.carryOut('dev', 'badly');
    await first.carryOut('dev');
    const { notes } = await first.untilIs(String(worse['deployment_id']), 'rolled_back');
    await outside.hears('HERMES', 1);
    await first.stop();

    outside.answers('HERMES');
    const next = await TestHub.start(settings, { store: await open() });
    ends.push(() => next.stop());
    next.clock.advance(3_600_000);
    await eventually('all to be delivered', async () => {
      const items = (await next.get('/api/v1/notifications')).body['items'] as readonly Body[];
      return items.every(({ status }) => status === 'delivered') ? true : undefined;
    });
    const notified = (message: string, level: string): string =>
      `POST /notify ${JSON.stringify({ message, level, source: 'APOLLO' })}`;
    expect(outside.toldTo('HERMES')).toEqual([
      // By the first hub, and not taken.
      notified('✅ Deployed web to dev', 'success'),
      notified('✅ Deployed web to dev', 'success'),
      notified(`❌ Deployment failed: web to dev - ${String(notes)}`, 'error'),
    ]);
  });
});

describe('one probe decides', () => {
  /** Deploys 1.1.0 over 1.0.0, which is looked at three times within two seconds. */
  async function deploying() {
    const scene = await start({}, { settlingMs: 2_000 });
    await scene.deploy('aria', '1.0.0');
    const answer = post(scene, '/deploy', { version: '1.1.0' });
    const looksAre = (count: number): Promise<readonly Body[]> =>
      eventually(`look no. ${String(count)}`, async () => {
        const { items } = await scene.client.list('/api/v1/deployments?service=aria&limit=1');
        if (items[0]?.['toVersion'] !== '1.1.0') return undefined;
        const [target] = items[0]['targets'] as readonly { readonly looks: readonly Body[] }[];
        return target?.looks.length === count ? target.looks : undefined;
      });
    return { scene, answer, looksAre, spoke: scene.spoke('dev') };
  }

  it('never for good: what falls ill after one good look is not completed, but taken back', async () => {
    const { scene, answer, looksAre, spoke } = await deploying();
    expect(await looksAre(1)).toMatchObject([{ healthy: true }]);
    spoke.seesHealth('aria', '1.1.0', 'Degraded');
    expect(await answer).toMatchObject({ status: 200, body: { status: 'rolled_back' } });
    expect((await scene.client.entity('aria-dev')).reported).toMatchObject({ version: '1.0.0' });
  });

  it('never for bad: what is well again at the next look completes', async () => {
    const { answer, looksAre, spoke } = await deploying();
    await looksAre(1);
    spoke.seesHealth('aria', '1.1.0', 'Degraded');
    expect(await looksAre(2)).toMatchObject([{ healthy: true }, { healthy: false }]);
    spoke.seesHealth('aria', '1.1.0', 'Healthy');
    expect(await answer).toMatchObject({ status: 200, body: { status: 'completed' } });
  });
});

describe('versions are invented', () => {
  /** Every member that names a version, wherever it is. */
  function versionsIn(value: unknown): readonly unknown[] {
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, member]) =>
      /version$/i.test(name) && typeof member !== 'number' ? [member] : versionsIn(member),
    );
  }

  it('never: whatever is told of a deployment names versions that there are, or none', async () => {
    const scene = await start({}, { settlingMs: 0 });
    const told: unknown[] = [];
    const look = async (): Promise<void> => {
      for (const path of ['/status/aria', '/history/aria', '/api/v1/deployments?service=aria']) {
        told.push(await scene.client.get(path));
      }
    };
    expect(await scene.client.get('/status/aria')).toEqual({
      ...{ service: 'aria', status: 'unknown', message: 'No deployment history found' },
    });
    await scene.deploy('aria', '1.0.0');
    await look();
    // It waits for the sre: nothing has been deployed to prod yet.
    const waiting = await post(scene, '/promote', {}, { prefer: 'wait=0' });
    expect(waiting).toMatchObject({ status: 202, body: { status: 'pending' } });
    await look();
    scene.spoke('dev').sick.add('1.1.0');
    await scene.deploy('aria', '1.1.0');
    await look();
    const { history } = await scene.client.get<{ history: readonly Body[] }>('/history/aria');
    expect(
      history.map(({ from_version: from, to_version: to, status }) => [from, to, status]),
    ).toEqual([
      ['1.0.0', '1.1.0', 'rolled_back'],
      [null, '1.0.0', 'pending'],
      [null, '1.0.0', 'completed'],
    ]);
    const named = new Set(told.flatMap(versionsIn));
    expect([...named].filter((one) => one !== null).sort()).toEqual(['1.0.0', '1.1.0']);
  });
});
