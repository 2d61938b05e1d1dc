import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, sharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import type { KubeObject } from './support/pipeline-bodies.js';
import { PipelineSystem } from './support/pipeline-system.js';
import { shopChart } from './support/shop-chart.js';

const PATIENCE_MS = 480_000;
const REPLICAS = 4;

/** What the API server said at one moment while a deployment was under way. */
interface Moment {
  /** Which of the two workloads the Service selects; absent: both. */
  readonly serves: string | undefined;
  /** Pods of the candidate that are ready. */
  readonly candidate: number;
}

describe('a strategy through hub, spoke and cluster', () => {
  let system: PipelineSystem;
  /** By service, how its deployment ended. */
  let ends: Readonly<Record<string, string>>;
  const moments: Record<string, Moment[]> = { green: [], bad: [] };

  beforeAll(async () => {
    const cluster = await sharedTestCluster();
    system = await PipelineSystem.start(
      [
        { name: 'dev', tier: 'development', cluster },
        { name: 'prod', tier: 'production', cluster },
      ],
      { APOLLO_SETTLING_SECONDS: '4' },
    );
    for (const name of ['green', 'bad', 'canary', 'urgent']) {
      const crashes = name === 'bad';
      await system.service(name, {
        '1.0.0': await shopChart(name, '1.0.0'),
        '1.1.0': await shopChart(name, '1.1.0', { crashes }),
      });
    }
    const first = ['green', 'bad', 'canary'].map((service) => deploy(service, '1.0.0', 'rolling'));
    await Promise.all([
      ...first.map(async (id) => ended(await id)),
      inProduction('urgent', '1.0.0'),
    ]);
    const canary = await deploy('canary', '1.1.0', 'canary');
    const green = watched('green', await deploy('green', '1.1.0', 'blue_green'));
    const bad = watched('bad', await deploy('bad', '1.1.0', 'blue_green'));
    const urgent = await agreedHotfix('1.1.0');
    await system.untilShows(canary, 'to be between two steps', ({ targets }) => {
      const [{ state, rollout } = { state: '' }] = targets;
      return state === 'deployed' && (rollout?.step ?? 0) >= 2;
    });
    await system.killHub();
    ends = {
      ...{ green: await green, bad: await bad, urgent: await ended(urgent) },
      canary: await ended(canary),
    };
  }, PATIENCE_MS);
  afterAll(() => system.stop());

  function deploy(service: string, version: string, strategy: string): Promise<string> {
    return system.begun('/deploy', { service, version, strategy });
  }

  /** Also while there is no hub. */
  async function ended(id: string): Promise<string> {
    return eventually(
      `the end of ${id}`,
      async () => {
        const { status } = await system.deployment(id).catch(() => ({ status: 'unknown' }));
        return ['completed', 'failed', 'rolled_back'].includes(status) ? status : undefined;
      },
      PATIENCE_MS,
    );
  }

  /** By way of dev, where it has a namespace of its own: both spokes look after one cluster. */
  async function inProduction(service: string, version: string): Promise<void> {
    await system.client.put(`/api/v1/entities/${service}-dev`, {
      ...{ spoke: 'dev', product: service, releaseName: service, namespace: `${service}-tried` },
      desired: { absent: true },
    });
    expect(await ended(await deploy(service, version, 'rolling'))).toBe('completed');
    const id = await system.begun('/promote', { service });
    await system.agree(id);
    expect(await ended(id)).toBe('completed');
  }

  async function agreedHotfix(version: string): Promise<string> {
    const reason = 'Critical auth bug affecting all users';
    const id = await system.begun('/hotfix', { service: 'urgent', version, reason });
    await system.agree(id);
    return id;
  }

  /** Looks at the cluster all the time until a deployment has ended. */
  async function watched(service: string, id: string): Promise<string> {
    let end: string | undefined;
    const over = ended(id).then((status) => (end = status));
    while (end === undefined) moments[service]?.push(await momentOf(service));
    return over;
  }

  async function momentOf(service: string): Promise<Moment> {
    // The Service first: what it selects then was ready by the time that the pods are read.
    const serves = await servedBy(service);
    const { items } = await system.object<{ items: readonly Workload[] }>('dev', service, [
      '/apis/apps/v1',
      'deployments',
    ]);
    const candidate = items.find(({ metadata }) => metadata.name === `${service}-candidate`);
    // It moved between the two: what was read of the pods is of another moment.
    if ((await servedBy(service)) !== serves) return momentOf(service);
    return { serves, candidate: candidate?.status?.readyReplicas ?? 0 };
  }

  async function servedBy(service: string): Promise<string | undefined> {
    const place = ['/api/v1', `services/${service}`] as const;
    const { spec } = await system.object<KubeObject>('dev', service, place);
    return spec?.selector?.['example.com/track'];
  }

  /** Of each revision, the workload that the Service selects and the replicas of both. */
  async function steps(service: string): Promise<readonly string[]> {
    const revisions = await system.manifests('dev', service);
    return revisions.map((objects) => {
      const serves = objects.find(({ kind }) => kind === 'Service')?.spec?.selector;
      const replicas = (name: string): string => {
        const found = objects.find(
          ({ kind, metadata }) => kind === 'Deployment' && metadata.name === name,
        );
        return found === undefined ? '-' : String(found.spec?.replicas);
      };
      const shares = `${replicas(service)}:${replicas(`${service}-candidate`)}`;
      return `${serves?.['example.com/track'] ?? 'both'} ${shares}`;
    });
  }

  async function plans(entity: string): Promise<readonly string[]> {
    return (await system.client.plans(entity)).map(({ type, state }) => `${type} ${state}`);
  }

  it('ends as its candidate does', () => {
    expect(ends).toEqual({
      ...{ green: 'completed', canary: 'completed', urgent: 'completed' },
      bad: 'rolled_back',
    });
  });

  it('moves the Service of blue-green to a candidate all of which is ready, by one revision a plan', async () => {
    expect(await steps('green')).toEqual([
      'both 4:-',
      'stable 4:4',
      'candidate 4:4',
      'candidate 4:4',
      'both 4:-',
    ]);
    expect(await plans('green-dev')).toEqual([
      'install SUCCEEDED',
      'upgrade SUCCEEDED',
      ...Array<string>(3).fill('config_update SUCCEEDED'),
    ]);
    const seen = moments['green'] ?? [];
    expect(seen.length).toBeGreaterThan(0);
    const early = seen.filter((one) => one.serves === 'candidate' && one.candidate < REPLICAS);
    expect(early).toEqual([]);
    expect(await system.runs('dev', 'green')).toEqual({ tag: '1.1.0', ready: REPLICAS });
  });

  it('never moves it to a candidate that does badly, which goes back to what ran before', async () => {
    expect(await steps('bad')).toEqual(['both 4:-', 'stable 4:4', 'both 4:-']);
    expect(await plans('bad-dev')).toEqual([
      'install SUCCEEDED',
      'upgrade ROLLED_BACK',
      'rollback SUCCEEDED',
    ]);
    expect((moments['bad'] ?? []).map(({ serves }) => serves)).not.toContain('candidate');
    expect(await system.runs('dev', 'bad')).toEqual({ tag: '1.0.0', ready: REPLICAS });
  });

  it('goes on with a canary after kill -9 of the hub between two steps, by one revision a plan', async () => {
    expect(await steps('canary')).toEqual([
      'both 4:-',
      'both 4:1',
      'both 2:2',
      'both 0:4',
      'both 4:4',
      'both 4:-',
    ]);
    expect(await plans('canary-dev')).toEqual([
      'install SUCCEEDED',
      'upgrade SUCCEEDED',
      ...Array<string>(4).fill('config_update SUCCEEDED'),
    ]);
    expect(await system.runs('dev', 'canary')).toEqual({ tag: '1.1.0', ready: REPLICAS });
  });

  it('replaces all pods at once for a hotfix, and is told nothing any more then', async () => {
    const revisions = await system.manifests('prod', 'urgent');
    const workloads = revisions.map((objects) =>
      objects.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec?.strategy?.type),
    );
    expect(workloads).toEqual([['RollingUpdate'], ['Recreate'], ['RollingUpdate']]);
    expect(await system.runs('prod', 'urgent')).toEqual({ tag: '1.1.0', ready: REPLICAS });
    expect(await system.client.status('urgent-prod', 'up_to_date')).toMatchObject({
      reported: { version: '1.1.0', revision: 3, drifted: false },
    });
  });
});

interface Workload extends KubeObject {
  readonly status?: { readonly readyReplicas?: number };
}
