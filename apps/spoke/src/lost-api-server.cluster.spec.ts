import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headOf, observeRelease, underlyingState, type ReleaseState } from '@apollo-deploy/helm';
import {
  eventually,
  ownTestCluster,
  type OwnTestCluster,
} from '@apollo-deploy/local-cluster/testing';
import { releaseDigest, type PlanOffer, type PlanVerdict } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ClusterScene } from './testing/cluster-scene.js';
import { KillFront, type Moment, type SeenRequest } from './testing/kill-front.js';
import { anOffer } from './testing/plan-offers.js';
import { slowHookChart } from './testing/slow-hook-charts.js';

const LONG_ENOUGH_MS = 240_000;
const OUTAGE_MS = 4000;
/** Half a minute after the last word, and what a busy machine takes to say so. */
const SEEN_WITHIN_MS = 35_000;
const FAR_AWAY = '2100-01-01T00:00:00Z';

const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
/** The request of Helm from which on nobody reaches the API server, and at which end of it. */
interface Outage {
  readonly moment: Moment;
  readonly request: keyof typeof REQUESTS;
}
const REQUESTS = {
  'writes an object': { asked: /^(?:PUT|PATCH) .*\/configmaps\/web$/, body: '' },
  'has recorded its end': {
    asked: /^PUT .*\/secrets\/sh\.helm\.release\.v1\.web\.v2$/,
    body: '"status":"deployed"',
  },
  'deletes an object': { asked: /^DELETE .*\/configmaps\/web$/, body: '' },
  'deletes the record': { asked: /^DELETE .*\/secrets\/sh\.helm\.release\.v1\.web\./, body: '' },
} as const;
/** What the cluster shows where the verdict is true; by no more than one revision either way. */
const TRUTH: Readonly<
  Record<'upgrade' | 'uninstall', Partial<Record<PlanVerdict['verdict'], object>>>
> = {
  upgrade: {
    succeeded: { history: ['1 superseded', '2 deployed'], live: { version: '2.0.0' } },
    unknown: { history: ['1 deployed', '2 failed'] },
    // A slow machine has Helm give its hook up by itself, before it has changed anything else.
    failed: { history: ['1 deployed', '2 failed'], live: { version: '1.0.0' } },
  },
  uninstall: {
    succeeded: { history: [], live: 'kube/not_found' },
    unknown: { history: ['1 uninstalling'] },
    failed: { history: ['1 failed'], live: { version: '1.0.0' } },
  },
};
const UNTRUE = { history: 'of a verdict that nothing here leads to' };

/** What the spoke tries out beforehand is not meant. */
function isIt({ request }: Outage, { method, url, body }: SeenRequest): boolean {
  const wanted = REQUESTS[request];
  const isDry = url.searchParams.has('dryRun');
  return !isDry && wanted.asked.test(`${method} ${url.pathname}`) && body.includes(wanted.body);
}

let cluster: OwnTestCluster;
beforeAll(async () => {
  cluster = await ownTestCluster();
}, LONG_ENOUGH_MS);
afterAll(() => cluster.release());

/** A real cluster behind a front that can be made to cut all connections; one release in it. */
class Lost {
  namespace = '';

  private constructor(
    readonly scene: ClusterScene,
    private readonly front: KillFront,
    private readonly directory: string,
    private readonly outage: { from: Outage | null; untilMs: number },
  ) {}

  static async open(helm: 3 | 4): Promise<Lost> {
    const outage: Lost['outage'] = { from: null, untilMs: 0 };
    const front: KillFront = await KillFront.before(
      cluster.kubeconfigPath,
      async (seen, moment) => {
        const { from } = outage;
        if (from !== null && moment === from.moment && isIt(from, seen)) {
          outage.from = null;
          outage.untilMs = performance.now() + OUTAGE_MS;
          front.cutOpen();
        }
        return performance.now() < outage.untilMs ? 'cut' : 'pass';
      },
    );
    const directory = await mkdtemp(join(tmpdir(), 'apollo-lost-'));
    const kubeconfigPath = join(directory, 'kubeconfig');
    await writeFile(kubeconfigPath, front.kubeconfig, { mode: 0o600 });
    const kept = { ...cluster, kubeconfigPath, release: () => Promise.resolve() };
    const scene = await ClusterScene.open({ cluster: kept, helm3: helm === 3 });
    return new Lost(scene, front, directory, outage);
  }

  async close(): Promise<void> {
    await this.scene.close();
    await this.front.stop();
    await rm(this.directory, { recursive: true });
  }

  /** Cuts every connection from this request on, for some seconds. */
  cutFrom(outage: Outage): void {
    this.outage.from = outage;
  }

  async installed(): Promise<void> {
    this.namespace = await cluster.freshNamespace('lost');
    const told = await this.scene.hub.verdict(await this.offer('install', '1.0.0'));
    if (told.verdict !== 'succeeded') throw new Error(told.message);
  }

  async offer(type: 'install' | 'upgrade' | 'uninstall', version: string): Promise<PlanOffer> {
    const head = headOf(await this.observe());
    const sha256 = this.scene.hub.addChart(await slowHookChart(cluster.helm, version));
    return anOffer({
      ...{ planId: randomUUID(), type, namespace: this.namespace, expiresAt: FAR_AWAY },
      ...{ release: 'web', chart: { name: 'web', version, sha256 }, rolloutTimeoutSeconds: 60 },
      base: head && { revision: head.revision, releaseDigest: releaseDigest(head) },
    });
  }

  /** Until Helm waits for this Job. */
  async hookRuns(name: string): Promise<void> {
    const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace: this.namespace, name };
    await eventually(`the hook ${name}`, async () =>
      (await this.scene.kube.get(ref)).ok ? true : undefined,
    );
  }

  async facts(): Promise<{ readonly history: readonly string[]; readonly live: unknown }> {
    const history = (underlyingState(await this.observe())?.history ?? []).map(
      ({ revision, status }) => `${revision} ${status}`,
    );
    const { namespace } = this;
    const got = await this.scene.kube.get({ ...CONFIG, namespace, name: 'web' });
    return { history, live: got.ok ? got.value['data'] : got.error.code };
  }

  private observe(): Promise<ReleaseState> {
    return observeRelease(this.scene.kube, { release: 'web', namespace: this.namespace });
  }
}

describe.each([{ helm: 4 }, { helm: 3 }] as const)('a plan of a spoke with Helm $helm', (given) => {
  let lost: Lost;
  beforeAll(async () => {
    lost = await Lost.open(given.helm);
  }, LONG_ENOUGH_MS);
  afterAll(() => lost.close());
  beforeEach(() => lost.installed());

  it.each([
    { type: 'upgrade', hook: 'before-upgrade' },
    { type: 'uninstall', hook: 'before-delete' },
  ] as const)(
    'whose $type waits for a hook while the API server is killed is told true',
    async ({ type, hook }) => {
      const told = lost.scene.hub.verdict(await lost.offer(type, '2.0.0'));
      await lost.hookRuns(hook);
      await cluster.replaceApiServer();
      const { verdict } = await told;
      expect(await lost.facts()).toMatchObject(TRUTH[type][verdict] ?? UNTRUE);
    },
    LONG_ENOUGH_MS,
  );

  it.each([
    { type: 'upgrade', moment: 'before', request: 'writes an object', expected: 'unknown' },
    { type: 'upgrade', moment: 'after', request: 'has recorded its end', expected: 'succeeded' },
    { type: 'uninstall', moment: 'after', request: 'deletes an object', expected: 'unknown' },
    { type: 'uninstall', moment: 'after', request: 'deletes the record', expected: 'succeeded' },
  ] as const)(
    'whose $type loses every connection $moment it $request is told true, and nothing is stuck',
    async ({ type, moment, request, expected }) => {
      const plan = await lost.offer(type, '2.0.0');
      lost.cutFrom({ moment, request });
      const { verdict } = await lost.scene.hub.verdict(plan);
      expect(verdict).toBe(expected);
      expect(await lost.facts()).toMatchObject(TRUTH[type][verdict] ?? UNTRUE);
      const next = type === 'uninstall' && expected === 'succeeded' ? 'install' : type;
      const told = await lost.scene.hub.verdict(await lost.offer(next, '3.0.0'));
      expect(told).toMatchObject({ verdict: 'succeeded' });
    },
    LONG_ENOUGH_MS,
  );
});

describe('a spoke whose API server hangs (SIGSTOP)', () => {
  let scene: ClusterScene;
  beforeAll(async () => {
    scene = await ClusterScene.open({ cluster: { ...cluster, release: () => Promise.resolve() } });
  }, LONG_ENOUGH_MS);
  afterAll(() => scene.close());

  /** Waits until the spoke says next whether it sees its cluster, and this is what it says. */
  function says(isBlind: boolean): Promise<unknown> {
    const before = scene.hub.frames.length;
    return scene.hub.eventually(() =>
      scene.hub.frames
        .slice(before)
        .find((frame) => frame.t === 'heartbeat' && (frame.p.blind ?? false) === isBlind),
    );
  }

  it(
    'says within half a minute that it sees nothing, and that it sees again once that answers',
    async () => {
      const blindAfterMs = await cluster.whileApiServerHangs(async () => {
        const begun = performance.now();
        await says(true);
        return performance.now() - begun;
      });
      expect(blindAfterMs).toBeLessThan(SEEN_WITHIN_MS);
      await says(false);
      const namespace = await cluster.freshNamespace('seen-again');
      expect((await scene.installed(namespace)).status).toBe('deployed');
    },
    LONG_ENOUGH_MS,
  );
});
