import { KubeUnavailable, type ApiResource, type KubeObject } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Events } from '../testing/events.js';
import { VirtualTime } from '../testing/virtual-time.js';
import type { Sight } from './release-secrets.js';
import { PodUsage } from './pod-usage.js';

const KIND = { apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics' };
const METRICS: ApiResource = {
  ...{ ...KIND, plural: 'pods', namespaced: true, verbs: ['get', 'list'] },
};
const ROUND_MS = 30_000;
const POD: KubeObject = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'web-1' } },
};

function messageOf(line: string): string {
  return (JSON.parse(line) as { msg: string }).msg;
}

class Scene {
  readonly kube: InMemoryKubeApi;
  readonly time = new VirtualTime();
  readonly changes = new Events<readonly string[]>();
  readonly usage: PodUsage;

  sight: Sight | null = null;
  /** What its log says, in order. */
  readonly logged: string[] = [];

  constructor(resources: readonly ApiResource[] = [METRICS]) {
    this.kube = new InMemoryKubeApi({ namespaces: ['shop'], resources });
    this.usage = new PodUsage({
      ...{ kube: this.kube, timer: this.time, random: () => 0.5 },
      log: pino({}, { write: (line) => void this.logged.push(messageOf(line)) }),
      sight: () => this.sight,
      onChange: (pods) => this.changes.push(pods),
    });
  }

  async measure(...cpu: readonly string[]): Promise<void> {
    const ref = { ...KIND, namespace: 'shop', name: 'web-1' };
    const found = await this.kube.get(ref);
    const metadata = found.ok ? found.value.metadata : { namespace: 'shop', name: 'web-1' };
    const containers = cpu.map((amount) => ({ usage: { cpu: amount, memory: '10Mi' } }));
    const metrics = { ...KIND, metadata, containers };
    await (found.ok ? this.kube.replace(metrics) : this.kube.create(metrics));
  }

  async round(): Promise<void> {
    await this.time.waitBegins(ROUND_MS);
    this.time.advance(ROUND_MS);
    await this.time.waitBegins(ROUND_MS);
  }
}

describe('what pods use', () => {
  let scene: Scene;
  afterEach(() => scene.usage.stop());

  it('is the sum of their containers', async () => {
    scene = new Scene();
    await scene.measure('100m', '50m');
    scene.usage.start();
    expect(await scene.changes.next()).toEqual(['shop/web-1']);
    expect(scene.usage.of(POD)).toEqual({ cpu: '150m', memory: '20Mi' });
  });

  it('is asked in each namespace by an account that is bound to some', async () => {
    scene = new Scene();
    scene.sight = { seen: ['shop'], unseen: ['back'] };
    scene.kube.intercept(({ ref: { kind, namespace } }) =>
      kind === 'PodMetrics' && namespace !== 'shop'
        ? {
            ...{ code: 'kube/forbidden', status: 403, reason: 'Forbidden' },
            ...{ message: 'no', causes: [] },
          }
        : undefined,
    );
    await scene.measure('100m');
    scene.usage.start();
    expect(await scene.changes.next()).toEqual(['shop/web-1']);
  });

  it.each([
    { name: 'stays while it is near', then: '120m', expected: '100m' },
    { name: 'follows what is a quarter more', then: '126m', expected: '126m' },
    { name: 'follows what is a quarter less', then: '74m', expected: '74m' },
  ])('$name', async ({ then, expected }) => {
    scene = new Scene();
    await scene.measure('100m');
    scene.usage.start();
    await scene.changes.next();
    await scene.measure(then);
    await scene.round();
    expect(scene.usage.of(POD)?.['cpu']).toBe(expected);
  });

  it('is not told where no metrics are served, until they are', async () => {
    scene = new Scene([]);
    scene.usage.start();
    await scene.round();
    expect(scene.usage.of(POD)).toBeUndefined();
    scene.kube.serve(METRICS);
    await scene.measure('100m');
    await scene.round();
    expect(scene.usage.of(POD)).toMatchObject({ cpu: '100m' });
  });

  it('is not told any more while it cannot be asked', async () => {
    scene = new Scene();
    await scene.measure('100m');
    scene.usage.start();
    await scene.changes.next();
    let down = true;
    scene.kube.intercept(({ verb, ref }) => {
      if (down && verb === 'list' && ref.kind === 'PodMetrics') {
        throw new KubeUnavailable('no metrics server', { cause: null });
      }
      return undefined;
    });
    await scene.round();
    expect(await scene.changes.next()).toEqual(['shop/web-1']);
    expect(scene.usage.of(POD)).toBeUndefined();
    expect(scene.logged).toEqual([
      'what pods use is not told while nobody answers; see whether the API server is up, and the metrics server behind it',
    ]);
    down = false;
    await scene.round();
    expect(scene.usage.of(POD)).toMatchObject({ cpu: '100m' });
  });
});
