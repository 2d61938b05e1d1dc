import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, sharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { StandIn } from '../src/testing/stand-in.js';
import type { DeploymentBody } from './support/pipeline-bodies.js';
import { PipelineSystem } from './support/pipeline-system.js';
import { type ChartBehaviour, testChart } from './support/test-chart.js';

const PATIENCE_MS = 240_000;
/** What a hub had taken in hand when it died, the next one takes over after a minute at the latest. */
const TAKEN_OVER_MS = 120_000;
const YEAR_MS = 365 * 24 * 3_600_000;
/** They get ready when the test says so. */
const HELD: ChartBehaviour = { behaviour: 'never-ready', patienceSeconds: 240 };

/** Where each deployment stands when the hub dies, and what then becomes of it. */
const EXPECTED = {
  frozen: {
    ...{ stage: 'staging', at: 'pending', ends: 'completed', deployments: 1 },
    steps: ['pending', 'pre_checks', 'deploying', 'health_check', 'completed'],
    revisions: ['1 deployed frozen-1.0.0'],
    plans: ['install SUCCEEDED'],
  },
  asked: {
    ...{ stage: 'lab', at: 'pre_checks', ends: 'completed', deployments: 1 },
    steps: ['pending', 'pre_checks', 'deploying', 'health_check', 'completed'],
    revisions: ['1 deployed asked-1.0.0'],
    plans: ['install SUCCEEDED'],
  },
  guarded: {
    ...{ stage: 'staging', at: 'backing_up', ends: 'completed', deployments: 2 },
    steps: ['pending', 'pre_checks', 'backing_up', 'deploying', 'health_check', 'completed'],
    revisions: ['1 superseded guarded-1.0.0', '2 deployed guarded-2.0.0'],
    plans: ['install SUCCEEDED', 'upgrade SUCCEEDED'],
  },
  slow: {
    ...{ stage: 'staging', at: 'deploying', ends: 'completed', deployments: 1 },
    steps: ['pending', 'pre_checks', 'deploying', 'health_check', 'completed'],
    revisions: ['1 deployed slow-1.0.0'],
    plans: ['install SUCCEEDED'],
  },
  settling: {
    ...{ stage: 'staging', at: 'health_check', ends: 'completed', deployments: 1 },
    steps: ['pending', 'pre_checks', 'deploying', 'health_check', 'completed'],
    revisions: ['1 deployed settling-1.0.0'],
    plans: ['install SUCCEEDED'],
  },
  rolling: {
    ...{ stage: 'staging', at: 'deploying', ends: 'rolled_back', deployments: 2 },
    steps: ['pending', 'pre_checks', 'deploying', 'rolled_back'],
    revisions: [
      '1 superseded rolling-1.0.0',
      '2 superseded rolling-2.0.0',
      '3 deployed rolling-1.0.0',
    ],
    plans: ['install SUCCEEDED', 'upgrade ROLLED_BACK', 'rollback SUCCEEDED'],
  },
} as const;
type Service = keyof typeof EXPECTED;
const SERVICES = Object.keys(EXPECTED) as readonly Service[];

describe('kill -9 of the hub in each status of a deployment', () => {
  let chronos: StandIn;
  let system: PipelineSystem;
  let before: Readonly<Record<Service, DeploymentBody>>;
  let after: Readonly<Record<Service, DeploymentBody>>;

  beforeAll(async () => {
    chronos = await StandIn.start();
    const cluster = await sharedTestCluster();
    system = await PipelineSystem.start(
      [
        { name: 'staging', tier: 'staging', cluster },
        { name: 'lab', tier: 'development', execution: 'manual', cluster },
      ],
      { APOLLO_SETTLING_SECONDS: '6', CHRONOS_URL: chronos.url },
    );
    await register();
    const begun = await begin();
    const shown = () => each((service) => system.deployment(begun[service]));
    before = await shown();
    await system.killHub();
    after = await shown();
    await letAllGoOn(begun);
  }, PATIENCE_MS);
  afterAll(async () => {
    await system.stop();
    await chronos.stop();
  });

  async function register(): Promise<void> {
    const quick = async (service: string, ...versions: readonly string[]): Promise<void> => {
      const charts: Record<string, Uint8Array> = {};
      for (const version of versions) charts[version] = await testChart(service, version);
      await system.service(service, charts);
    };
    await quick('frozen', '1.0.0');
    await quick('asked', '1.0.0');
    await quick('guarded', '1.0.0', '2.0.0');
    await quick('settling', '1.0.0');
    await system.service('slow', { '1.0.0': await testChart('slow', '1.0.0', HELD) });
    await system.service('rolling', {
      '1.0.0': await testChart('rolling', '1.0.0', { ...HELD, recreate: true }),
      '2.0.0': await testChart('rolling', '2.0.0', { behaviour: 'crash-loop', recreate: true }),
    });
  }

  /** Brings each deployment to where it is to stand; answers their ids. */
  async function begin(): Promise<Readonly<Record<Service, string>>> {
    const first = [await deploy('guarded', '1.0.0'), await deploy('rolling', '1.0.0')];
    await system.behave('staging', 'rolling', 'never-ready', null);
    for (const id of first) await system.untilIs(id, 'completed');

    await freeze('frozen');
    const frozen = await deploy('frozen', '1.0.0');
    const asked = await deploy('asked', '1.0.0');
    const slow = await deploy('slow', '1.0.0');
    const rolling = await deploy('rolling', '2.0.0');
    await system.untilIs(slow, 'deploying');
    await system.untilIs(asked, 'pre_checks');
    await system.untilShows(rolling, 'to be taken back', isBeingTakenBack);
    await system.untilShows(
      frozen,
      'to wait',
      ({ waitsFor }) => waitsFor?.some(({ code }) => code === 'suppression_window') === true,
    );
    // It is asked and says nothing; what it is asked for waits for that, half a minute long.
    chronos.reply = () => undefined;
    const guarded = await deploy('guarded', '2.0.0', false);
    await chronos.hears(1);
    const settling = await deploy('settling', '1.0.0');
    await system.untilIs(settling, 'health_check');
    return { frozen, asked, guarded, slow, settling, rolling };
  }

  function deploy(service: Service, version: string, skipBackup = true): Promise<string> {
    const { stage } = EXPECTED[service];
    const backup = stage === 'staging' && { skip_backup: skipBackup };
    return system.begun('/deploy', { service, target_env: stage, version, ...backup });
  }

  async function freeze(product: string): Promise<void> {
    const [start, end] = [0, YEAR_MS].map((later) => new Date(Date.now() + later).toISOString());
    const scope = { products: [product] };
    await system.client.post('/api/v1/suppressions', { start, end, reason: 'Not yet', scope });
  }

  /** What each waits for comes about; all go on to their ends. */
  async function letAllGoOn(begun: Readonly<Record<Service, string>>): Promise<void> {
    const { client } = system;
    chronos.reply = (response) => response.writeHead(200).end('{}');
    const { items } = await client.list('/api/v1/suppressions');
    for (const { id, reason } of items) {
      if (reason === 'Not yet') await client.delete(`/api/v1/suppressions/${String(id)}`);
    }
    await execute(after.asked.plans[0]?.id ?? '');
    for (const service of ['slow', 'rolling']) {
      await system.behave('staging', service, 'never-ready', null);
    }
    for (const service of SERVICES) {
      await system.untilIs(begun[service], EXPECTED[service].ends, TAKEN_OVER_MS);
    }
  }

  /**
   * As a person does, who asks again where the spoke has not yet said what runs, or the plan was looked at
   * anew in the same moment.
   */
  async function execute(plan: string): Promise<void> {
    await eventually(`plan ${plan} to be ready`, async () => {
      const answer = await system.client.request('POST', `/api/v1/plans/${plan}/execute`, {});
      const { code } = (await answer.json()) as { readonly code?: string };
      if (code === 'plan/not_ready' || code === 'plan/version_conflict') return undefined;
      expect([answer.status, code]).toEqual([200, undefined]);
      return true;
    });
  }

  async function each<T>(look: (service: Service) => Promise<T>): Promise<Record<Service, T>> {
    const found = SERVICES.map(async (one) => [one, await look(one)] as const);
    return Object.fromEntries(await Promise.all(found)) as Record<Service, T>;
  }

  it('comes while they stand in each of them', () => {
    const stood = SERVICES.map((service) => [service, before[service].status]);
    expect(stood).toEqual(SERVICES.map((service) => [service, EXPECTED[service].at]));
    expect(isBeingTakenBack(before.rolling)).toBe(true);
    expect(before.asked.waitsFor?.map(({ code }) => code)).toEqual(['manual_execution']);
  });

  it.each(SERVICES)('is followed by the same words of %s', async (service) => {
    const { status, steps, waitsFor } = before[service];
    // What was looked at meanwhile may have gone on.
    expect(after[service].steps.slice(0, steps.length)).toEqual(steps);
    if (service !== 'settling') expect(after[service]).toMatchObject({ status, waitsFor });
  });

  it.each(SERVICES)(
    'lets %s go on to its end, with every step and its instant',
    async (service) => {
      const expected = EXPECTED[service];
      const { id, steps } = before[service];
      const ended = await system.deployment(id);
      expect(ended.steps.map(({ status }) => status)).toEqual(expected.steps);
      expect(ended.steps.slice(0, steps.length)).toEqual(steps);
      const instants = ended.steps.map(({ at }) => at);
      expect(instants).toEqual(instants.toSorted());
      expect(instants.every((at) => Number.isFinite(Date.parse(at)))).toBe(true);
      const history = await system.client.get(`/history/${service}`);
      expect(history).toMatchObject({
        total_deployments: expected.deployments,
        history: expect.arrayContaining([expect.objectContaining({ id, status: expected.ends })]),
      });
    },
  );

  it.each(SERVICES)('leaves of %s one revision a plan, and no plan twice', async (service) => {
    const { stage, revisions, plans } = EXPECTED[service];
    const all = await system.client.plans(`${service}-${stage}`);
    expect(all.map(({ type, state }) => `${type} ${state}`)).toEqual(plans);
    expect(all.map(({ attempt }) => attempt)).toEqual(plans.map(() => 1));
    expect(await system.history(stage, service)).toEqual(revisions);
  });

  it('has the backup asked for again, as nobody knows what became of it', () => {
    expect(chronos.heard.map(({ text }) => text)).toEqual(
      Array(2).fill('{"service":"guarded","reason":"pre-deployment"}'),
    );
  });
});

function isBeingTakenBack({ targets }: DeploymentBody): boolean {
  return targets[0]?.state === 'rolling_back';
}
