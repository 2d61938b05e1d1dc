import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpKubeApi, KubeConnection, systemTimer, type Timer } from '@apollo-deploy/kube';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import type { ReleaseReport } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFront } from '../testing/api-front.js';
import { ClusterScene } from '../testing/cluster-scene.js';

const LONG_ENOUGH_MS = 120_000;
/** Until a watch counts as steady, and from then on until a silent one is given up. */
const WATCHDOG_MS: readonly number[] = [30_000, 270_000];

/** The five minutes after which a silent watch is given up are over in two seconds; all else takes its time. */
const impatient: Timer = {
  after: (ms, run) => systemTimer.after(WATCHDOG_MS.includes(ms) ? 1000 : ms, run),
};

describe('what a spoke sees of a real cluster behind a network that fails', () => {
  let cluster: SharedTestCluster;
  let front: ApiFront;
  let scene: ClusterScene;
  let person: HttpKubeApi;
  let directory: string;
  let namespace: string;
  let images = 0;

  beforeAll(async () => {
    cluster = await sharedTestCluster();
    front = await ApiFront.before(cluster.kubeconfigPath);
    directory = await mkdtemp(join(tmpdir(), 'apollo-front-'));
    const kubeconfigPath = join(directory, 'kubeconfig');
    await writeFile(kubeconfigPath, front.kubeconfig(await tokenOf(cluster)), { mode: 0o600 });
    scene = await ClusterScene.open({ cluster, kubeconfigPath, timer: impatient });
    const credentials = { from: 'kubeconfig', path: cluster.kubeconfigPath } as const;
    person = new HttpKubeApi(new KubeConnection(credentials), 'kubectl/1');
    namespace = await cluster.freshNamespace('supervised');
    await scene.installed(namespace);
  }, 900_000);
  afterAll(async () => {
    person.close();
    await scene.close();
    await front.stop();
    await rm(directory, { recursive: true });
  });

  /** Somebody changes the Deployment past the spoke; answers the image that it now has. */
  async function changeByHand(): Promise<string> {
    images += 1;
    const image = `registry.example/by-hand:${String(images)}`;
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' };
    const containers = [{ name: 'fragile-service', image }];
    const set = await person.apply(
      {
        ...{ ...deployment, metadata: { namespace, name: 'web' } },
        spec: { template: { spec: { containers } } },
      },
      { fieldManager: 'kubectl', force: true },
    );
    if (!set.ok) throw new Error(set.error.message);
    return image;
  }

  /** Waits until the report shows this image, and nothing else that differs. */
  async function isTold(image: string): Promise<void> {
    const report = await scene.report(namespace, ({ drift }) =>
      drift.some(({ live }) => live === JSON.stringify(image)),
    );
    expect(report.drift).toHaveLength(1);
    expect(report.objects.map(({ health }) => health)).not.toContain('Missing');
  }

  /** What was said since then to be gone or missing here; others use the cluster too, and remove what is theirs. */
  function toldGone(since: number): readonly string[] {
    return scene.hub.frames.slice(since).flatMap((frame) => {
      if (frame.t === 'state.full') return missingIn(frame.p.releases);
      if (frame.t !== 'state.delta') return [];
      const removed = frame.p.removed.filter((release) => release.namespace === namespace);
      const gone = removed.map(({ releaseName }) => `release ${releaseName}`);
      return [...gone, ...missingIn(frame.p.changed)];
    });
  }

  function missingIn(reports: readonly ReleaseReport[]): readonly string[] {
    return reports
      .filter((report) => report.namespace === namespace)
      .flatMap(({ objects }) => objects.filter(({ health }) => health === 'Missing'))
      .map(({ kind, name }) => `${kind} ${name}`);
  }

  /** Until lists and watches were turned away so often. */
  async function turnedAway(times: number): Promise<void> {
    while (front.turnedAway < times)
      await new Promise((next) => systemTimer.after(20, () => next(0)));
  }

  it(
    'is true again after its watches went silent without ending',
    async () => {
      const since = scene.hub.frames.length;
      front.stallWatches();
      await isTold(await changeByHand());
      expect(toldGone(since)).toEqual([]);
    },
    LONG_ENOUGH_MS,
  );

  it(
    'is true again after the history that its watches go on from was forgotten (410)',
    async () => {
      const since = scene.hub.frames.length;
      front.forgetHistory();
      await turnedAway(5);
      const image = await changeByHand();
      front.heal();
      await isTold(image);
      expect(toldGone(since)).toEqual([]);
    },
    LONG_ENOUGH_MS,
  );

  it.each([
    {
      name: 'sent away with 429 and when to come again',
      answer: { status: 429, reason: 'TooManyRequests', headers: { 'retry-after': '1' } },
    },
    { name: 'not known to the API server (401)', answer: { status: 401, reason: 'Unauthorized' } },
    { name: 'forbidden to look (403)', answer: { status: 403, reason: 'Forbidden' } },
    { name: 'told of an inner error (500)', answer: { status: 500, reason: 'InternalError' } },
  ])(
    'is true again after it was $name',
    async ({ answer }) => {
      const since = scene.hub.frames.length;
      front.turnAway(answer);
      await turnedAway(5);
      const image = await changeByHand();
      await turnedAway(10);
      expect(toldGone(since)).toEqual([]);
      front.heal();
      await isTold(image);
      expect(toldGone(since)).toEqual([]);
    },
    LONG_ENOUGH_MS,
  );
});

async function tokenOf({ kubeconfigPath }: SharedTestCluster): Promise<string> {
  const config = JSON.parse(await readFile(kubeconfigPath, 'utf8')) as {
    readonly users: readonly { readonly user: { readonly token: string } }[];
  };
  return config.users[0]?.user.token ?? '';
}
