import { ReleaseReader } from '@apollo-deploy/helm';
import { ScriptedHelmRunner } from '@apollo-deploy/helm/testing';
import { KubeUnavailable, type KubeObject, type KubeRef } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import type { ReleaseReport } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { DriftFinder } from '../drift/drift-finder.js';
import { Events } from '../testing/events.js';
import { VirtualTime } from '../testing/virtual-time.js';
import { ClusterState } from './cluster-state.js';
import { LiveObjects } from './live-objects.js';
import type { Quantities } from './pod-usage.js';
import { ReleaseInventory } from './release-inventory.js';

const COALESCE_MS = 200;
const READ_AGAIN_MS = 2000;
const SHOP = { namespace: 'shop', release: 'web', planId: 'plan-1', timeoutMs: 1000 };
const HEAD_SECRET = {
  ...{ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'sh.helm.release.v1.web.v1' },
};
const OPTIONS = { totalDeadlineMs: 1000, abort: new AbortController().signal };

function deployment(name: string): KubeObject {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
    spec: { replicas: 1, template: {} },
    status: {
      ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
      ...{ readyReplicas: 1, availableReplicas: 1 },
    },
  };
}
const DATA = { password: 'aHVudGVyMg==' };
const secret = (name: string): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name } },
  data: DATA,
});
const WEB: KubeRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const SECRET: KubeRef = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'web' };

class Scene {
  readonly kube = new InMemoryKubeApi({ namespaces: ['shop', 'other'] });
  readonly helm = new ScriptedHelmRunner(this.kube);
  readonly time = new VirtualTime();
  readonly changes = new Events<ReadonlyMap<string, ReleaseReport | null>>();
  private readonly log = pino({ level: 'silent' });
  readonly live = new LiveObjects({
    ...{ kube: this.kube, timer: this.time, random: () => 0.5, log: this.log },
  });
  readonly inventory: ReleaseInventory = new ReleaseInventory({
    ...{ kube: this.kube, timer: this.time, random: () => 0.5, log: this.log },
    reader: new ReleaseReader(this.kube),
    onChange: (key) => this.state.releaseChanged(key),
  });
  used: Quantities | undefined = undefined;
  readonly state: ClusterState = new ClusterState({
    ...{ inventory: this.inventory, live: this.live, clock: this.time, timer: this.time },
    usage: { of: () => this.used },
    drift: new DriftFinder({ kube: this.kube, rules: [], log: this.log }),
    healthRules: {},
    onChange: (changed) => this.changes.push(changed),
  });

  constructor() {
    const render = () => [deployment('web'), secret('web')];
    this.helm.addChart({ name: 'web', version: '1.0.0', render });
    this.helm.addChart({ name: 'web', version: '2.0.0', render });
  }

  async install(target: Partial<typeof SHOP> = {}): Promise<void> {
    const command = { ...SHOP, ...target, chartPath: 'web-1.0.0.tgz', values: { key: 's3cret' } };
    await this.helm.run({ verb: 'install', ...command, createNamespace: false }, OPTIONS);
  }

  /** What changes next; time passes for as long as something is being collected. */
  async next(): Promise<ReadonlyMap<string, ReleaseReport | null>> {
    const change = this.changes.next();
    const told = change.then(() => true);
    while (!(await Promise.race([told, this.time.waitBegins(COALESCE_MS).then(() => false)]))) {
      this.time.advance(COALESCE_MS);
    }
    return change;
  }

  /** The next change that shows the release so. */
  async until(matches: (report: ReleaseReport | null | undefined) => boolean): Promise<void> {
    while (!matches((await this.next()).get('shop/web')));
  }

  /** Stores what `make` makes of an object. */
  async edit(ref: KubeRef, make: (object: KubeObject) => KubeObject): Promise<void> {
    const found = await this.kube.get(ref);
    if (!found.ok) throw new Error(found.error.message);
    await this.kube.replace(make(found.value));
  }

  start(): void {
    this.inventory.start();
  }

  stop(): void {
    this.state.stop();
    this.inventory.stop();
  }
}

describe('the state of a cluster', () => {
  it('holds every release with its head, objects and health', async () => {
    const scene = new Scene();
    await scene.install();
    scene.start();
    expect(await scene.state.reports()).toMatchObject([
      {
        ...{ namespace: 'shop', releaseName: 'web', health: 'Healthy', drift: [], pods: [] },
        head: { revision: 1, status: 'deployed', chartVersion: '1.0.0', planId: 'plan-1' },
        objects: [
          { kind: 'Deployment', namespace: 'shop', name: 'web', health: 'Healthy' },
          { kind: 'Secret', namespace: 'shop', name: 'web', health: 'Healthy' },
        ],
      },
    ]);
    scene.stop();
    expect(scene.kube.watchCount).toBe(0);
  });

  it('holds nothing of Secrets and values but their digests', async () => {
    const scene = new Scene();
    await scene.install();
    scene.start();
    const told = JSON.stringify(await scene.state.reports());
    expect(told).not.toMatch(/s3cret|hunter2|aHVudGVyMg/);
    scene.stop();
  });

  it('tells a missing object as drift, and once it is back no more', async () => {
    const scene = new Scene();
    await scene.install();
    scene.start();
    await scene.state.reports();
    await scene.changes.next();
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
    await scene.kube.delete(ref);
    expect((await scene.next()).get('shop/web')).toMatchObject({
      ...{ health: 'Missing', reason: 'NotFound' },
      drift: [{ kind: 'Deployment', namespace: 'shop', name: 'web' }],
    });
    const again = deployment('web');
    await scene.kube.create({ ...again, metadata: { name: 'web', namespace: 'shop' } });
    expect((await scene.next()).get('shop/web')).toMatchObject({ health: 'Healthy', drift: [] });
    scene.stop();
  });

  it('reads a release anew when its head changes, and says when it is gone', async () => {
    const scene = new Scene();
    await scene.install();
    scene.start();
    await scene.state.reports();
    await scene.changes.next();
    const upgrade = { ...SHOP, chartPath: 'web-2.0.0.tgz', values: {}, forceConflicts: false };
    await scene.helm.run({ verb: 'upgrade', ...upgrade }, OPTIONS);
    await scene.until((report) => report?.head.deployed?.revision === 2);
    await scene.helm.run({ verb: 'uninstall', ...SHOP }, OPTIONS);
    await scene.until((report) => report === null);
    expect(await scene.state.reports()).toEqual([]);
    scene.stop();
  });

  it('tells only what a change concerns', async () => {
    const scene = new Scene();
    await scene.install();
    await scene.install({ namespace: 'other', planId: 'plan-2' });
    scene.start();
    expect(await scene.state.reports()).toHaveLength(2);
    await scene.changes.next();
    const secretRef = { apiVersion: 'v1', kind: 'Secret', namespace: 'other', name: 'web' };
    await scene.kube.delete(secretRef);
    expect([...(await scene.next()).keys()]).toEqual(['other/web']);
    scene.stop();
  });

  it('says nothing of a change that changes nothing in what it says', async () => {
    const scene = new Scene();
    await scene.install();
    scene.start();
    await scene.state.reports();
    await scene.changes.next();
    await scene.edit(SECRET, (object) => ({ ...object, data: { ...DATA, more: 'b3RoZXI=' } }));
    await scene.time.waitBegins(COALESCE_MS);
    scene.time.advance(COALESCE_MS);
    await scene.kube.delete(SECRET);
    expect((await scene.next()).get('shop/web')).toMatchObject({ health: 'Missing' });
    scene.stop();
  });

  it('tells what was changed in an object as drift, and once it is undone no more', async () => {
    const scene = new Scene();
    await scene.install();
    scene.start();
    await scene.state.reports();
    await scene.changes.next();
    const replicas = (count: number) => (object: KubeObject) => ({
      ...object,
      spec: { ...(object['spec'] as object), replicas: count },
    });
    await scene.edit(WEB, replicas(3));
    expect((await scene.next()).get('shop/web')).toMatchObject({
      drift: [{ kind: 'Deployment', field: 'spec.replicas', expected: '1', live: '3' }],
    });
    await scene.edit(WEB, replicas(1));
    expect((await scene.next()).get('shop/web')).toMatchObject({ drift: [] });
    scene.stop();
  });

  it('tells what pods use once that is measured', async () => {
    const scene = new Scene();
    await scene.install();
    const found = await scene.kube.get(WEB);
    const uid = found.ok ? (found.value.metadata.uid ?? '') : '';
    await scene.kube.create({
      ...{ apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'web' }] } },
      metadata: {
        ...{ namespace: 'shop', name: 'web-1' },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid, controller: true },
        ],
      },
    });
    scene.start();
    expect(await scene.state.reports()).toMatchObject([
      { pods: [{ name: 'web-1' }], resources: { pods: 1, measuredPods: 0 } },
    ]);
    await scene.changes.next();
    scene.used = { cpu: '12m' };
    scene.state.usageChanged(['shop/web-1', 'shop/unknown']);
    expect((await scene.next()).get('shop/web')).toMatchObject({
      pods: [{ name: 'web-1', usage: { cpu: '12m' } }],
      resources: { usage: { cpu: '12m' }, pods: 1, measuredPods: 1 },
    });
    scene.stop();
  });

  it('reads a Secret that changed once, and tells no more than that it did', async () => {
    const scene = new Scene();
    await scene.install();
    let reads = 0;
    scene.kube.intercept(({ verb, ref }) => {
      reads += Number(verb === 'get' && ref.name === 'web');
      return undefined;
    });
    scene.start();
    await scene.state.reports();
    await scene.changes.next();
    await scene.edit(SECRET, (object) => ({ ...object, data: { password: 'b3RoZXI=' } }));
    const report = (await scene.next()).get('shop/web');
    expect(report?.drift).toEqual([
      {
        ...{ kind: 'Secret', namespace: 'shop', name: 'web', field: 'data.password' },
        message: 'Secret shop/web: data.password has changed',
      },
    ]);
    await scene.edit(WEB, (object) => ({ ...object, status: {} }));
    await scene.next();
    // At the start, for each of the two edits, and after the edit of the Secret.
    expect(reads).toBe(4);
    scene.stop();
  });

  it('tells the drift it knows of a Secret until that could be read again', async () => {
    const scene = new Scene();
    await scene.install();
    scene.start();
    await scene.state.reports();
    await scene.changes.next();
    await scene.edit(SECRET, (object) => ({ ...object, data: { password: 'b3RoZXI=' } }));
    await scene.until((report) => report?.drift.length === 1);
    let outage = false;
    scene.kube.intercept(({ verb, ref }) => {
      if (!outage || verb !== 'get' || ref.kind !== 'Secret') return undefined;
      throw new KubeUnavailable('down', { cause: null });
    });
    await scene.edit(SECRET, (object) => ({ ...object, data: DATA }));
    await scene.edit(WEB, (object) => ({ ...object, status: {} }));
    outage = true;
    expect((await scene.next()).get('shop/web')).toMatchObject({
      ...{ health: 'Progressing', drift: [{ field: 'data.password' }] },
    });
    outage = false;
    await scene.time.waitBegins(READ_AGAIN_MS);
    scene.time.advance(READ_AGAIN_MS);
    await scene.until((report) => report?.drift.length === 0);
    scene.stop();
  });

  it('says what it knows while a Secret cannot be read, and the rest when it can', async () => {
    const scene = new Scene();
    await scene.install();
    await scene.edit(SECRET, (object) => ({ ...object, data: { password: 'b3RoZXI=' } }));
    let outage = true;
    scene.kube.intercept(({ verb, ref }) => {
      if (outage && verb === 'get' && ref.name === 'web')
        throw new KubeUnavailable('down', { cause: null });
      return undefined;
    });
    scene.start();
    expect(await scene.state.reports()).toMatchObject([{ drift: [] }]);
    outage = false;
    await scene.time.waitBegins(READ_AGAIN_MS);
    scene.time.advance(READ_AGAIN_MS);
    await scene.until((report) => report?.drift[0]?.field === 'data.password');
    scene.stop();
  });

  it.each([
    {
      name: 'whose Secret holds nonsense',
      breakIt: async ({ kube }: Scene) => {
        const found = await kube.get(HEAD_SECRET);
        if (!found.ok) throw new Error(found.error.message);
        await kube.replace({ ...found.value, data: { release: 'bm9uc2Vuc2U=' } });
      },
      message: 'delete it if Helm cannot read it either',
    },
    {
      name: 'whose Secret the spoke may not read',
      breakIt: ({ kube }: Scene) => {
        kube.intercept(({ verb, ref }) =>
          verb === 'get' && ref.kind === 'Secret'
            ? {
                ...{ code: 'kube/forbidden', status: 403, reason: 'Forbidden' },
                ...{ message: 'no', causes: [] },
              }
            : undefined,
        );
        return Promise.resolve();
      },
      message: "give the spoke's account the right to get secrets in shop",
    },
  ])('holds a release $name, as its labels show it', async ({ breakIt, message }) => {
    const scene = new Scene();
    await scene.install();
    await breakIt(scene);
    scene.start();
    expect(await scene.state.reports()).toEqual([
      expect.objectContaining({
        ...{ namespace: 'shop', releaseName: 'web', objects: [], drift: [] },
        ...{ health: 'Unknown', reason: 'UnreadableRelease' },
        message: expect.stringContaining(message),
        head: expect.objectContaining({
          revision: 1,
          status: 'deployed',
          chartVersion: 'unreadable',
        }),
      }),
    ]);
    scene.stop();
  });

  it('passes over a Secret under a name that no release can have', async () => {
    const scene = new Scene();
    await scene.kube.create({
      ...{ apiVersion: 'v1', kind: 'Secret', data: {} },
      metadata: {
        ...{ namespace: 'shop', name: 'odd' },
        labels: { owner: 'helm', name: 'a'.repeat(54), version: '1', status: 'deployed' },
      },
    });
    scene.start();
    expect(await scene.state.reports()).toEqual([]);
    scene.stop();
  });

  it('can be asked for one release ahead of its watches', async () => {
    const scene = new Scene();
    scene.start();
    await scene.state.reports();
    expect(await scene.state.reportNow({ namespace: 'shop', releaseName: 'web' })).toBeNull();
    await scene.install();
    expect(await scene.state.reportNow({ namespace: 'shop', releaseName: 'web' })).toMatchObject({
      head: { revision: 1 },
    });
    scene.stop();
  });
});
