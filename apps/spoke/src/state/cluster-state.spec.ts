import { KubeUnavailable, type KubeObject, type KubeRef } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import {
  COALESCE_MS,
  DATA,
  deployment,
  OPTIONS,
  SECRET,
  SHOP,
  StateScene,
  WEB,
} from '../testing/state-scene.js';

const READ_AGAIN_MS = 2000;
const SHOP_WEB = { namespace: 'shop', releaseName: 'web' };
const HEAD_SECRET = {
  ...{ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'sh.helm.release.v1.web.v1' },
};

describe('the state of a cluster', () => {
  it('holds every release with its head, objects and health', async () => {
    const scene = new StateScene();
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

  it('is as of when the cluster was last heard, whatever is told of it later', async () => {
    const scene = new StateScene();
    await scene.install();
    scene.start();
    await scene.state.reports();
    await scene.changes.next();
    const heardAt = '2026-03-02T12:00:00.000Z';
    scene.heardAt = new Date(heardAt);
    scene.time.advance(73_000);
    const stored = await scene.state.reportNow(SHOP_WEB);
    expect(stored?.observedAt).toBe(heardAt);
    scene.stop();
  });

  it('holds nothing of Secrets and values but their digests', async () => {
    const scene = new StateScene();
    await scene.install();
    scene.start();
    const told = JSON.stringify(await scene.state.reports());
    expect(told).not.toMatch(/s3cret|hunter2|aHVudGVyMg/);
    scene.stop();
  });

  it('tells a missing object as drift, and once it is back no more', async () => {
    const scene = new StateScene();
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
    const scene = new StateScene();
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

  it('tells of each object a digest, another one once somebody has changed the object', async () => {
    const scene = new StateScene();
    await scene.install();
    scene.start();
    const [before] = await scene.state.reports();
    const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(before?.objects).toMatchObject([{ digest }, { digest }]);
    await scene.changes.next();
    await scene.edit(SECRET, (object) => ({ ...object, data: { ...DATA, more: 'b3RoZXI=' } }));
    const after = (await scene.next()).get('shop/web');
    expect(after?.drift).toEqual([]);
    expect(after?.objects[0]).toEqual(before?.objects[0]);
    expect(after?.objects[1]).toMatchObject({ digest });
    expect(after?.objects[1]).not.toEqual(before?.objects[1]);
    scene.stop();
  });

  it('tells only what a change concerns', async () => {
    const scene = new StateScene();
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
    const scene = new StateScene();
    await scene.install();
    scene.start();
    await scene.state.reports();
    await scene.changes.next();
    await scene.edit(SECRET, (object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { seen: 'yes' } },
    }));
    await scene.time.waitBegins(COALESCE_MS);
    scene.time.advance(COALESCE_MS);
    await scene.kube.delete(SECRET);
    expect((await scene.next()).get('shop/web')).toMatchObject({ health: 'Missing' });
    scene.stop();
  });

  it('tells what was changed in an object as drift, and once it is undone no more', async () => {
    const scene = new StateScene();
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
    const scene = new StateScene();
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
    const scene = new StateScene();
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
    const scene = new StateScene();
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
    const scene = new StateScene();
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
      breakIt: async ({ kube }: StateScene) => {
        const found = await kube.get(HEAD_SECRET);
        if (!found.ok) throw new Error(found.error.message);
        await kube.replace({ ...found.value, data: { release: 'bm9uc2Vuc2U=' } });
      },
      message: 'delete it if Helm cannot read it either',
    },
    {
      name: 'whose Secret somebody wrote by hand, with values that are none',
      breakIt: async ({ kube }: StateScene) => {
        const found = await kube.get(HEAD_SECRET);
        if (!found.ok) throw new Error(found.error.message);
        const payload = { version: 1, info: { status: 'deployed' }, config: { a: '\ud83d' } };
        const release = btoa(btoa(JSON.stringify(payload)));
        await kube.replace({ ...found.value, data: { release } });
      },
      message: 'its values are not JSON that can be told apart',
    },
    {
      name: 'whose Secret the spoke may not read',
      breakIt: ({ kube }: StateScene) => {
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
    const scene = new StateScene();
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
    const scene = new StateScene();
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

  it('tells a warning about an object of a release, and leaves its repetitions for a while', async () => {
    const scene = new StateScene();
    await scene.install();
    await scene.install({ namespace: 'other', planId: 'plan-2' });
    scene.start();
    expect(await scene.state.reports()).toMatchObject([{ events: [] }, { events: [] }]);
    await scene.changes.next();
    const ref = await warned(scene, { count: 1 });
    const change = await scene.next();
    expect([...change.keys()]).toEqual(['shop/web']);
    expect(change.get('shop/web')?.events).toMatchObject([
      { kind: 'Deployment', name: 'web', reason: 'FailedCreate', message: 'over quota', count: 1 },
    ]);
    const told: unknown[] = [];
    scene.onChange = (changed) => told.push(changed.get('shop/web')?.events?.[0]?.count);
    for (let count = 2; count <= 60; count += 1) {
      await scene.edit(ref, (event) => ({ ...event, count }));
      await turn();
      scene.time.advance(1000);
      await turn();
    }
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(2);
    scene.time.advance(30_000);
    await turn();
    expect(told.at(-1)).toBe(60);
    scene.stop();
  });

  it('says nothing of events where the account may not read them, and all else as ever', async () => {
    const scene = new StateScene();
    await scene.install();
    scene.kube.intercept(({ ref }) =>
      ref.kind === 'Event'
        ? {
            ...{ code: 'kube/forbidden', status: 403, reason: 'Forbidden' },
            ...{ message: 'no', causes: [] },
          }
        : undefined,
    );
    scene.start();
    const [report] = await scene.state.reports();
    expect(report).toMatchObject({ health: 'Healthy', drift: [] });
    expect(report).not.toHaveProperty('events');
    scene.stop();
    expect(scene.kube.watchCount).toBe(0);
  });

  it('can be asked for one release ahead of its watches', async () => {
    const scene = new StateScene();
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

/** The cluster warns of the Deployment in namespace `shop`. */
async function warned({ kube, time }: StateScene, { count }: { count: number }): Promise<KubeRef> {
  const about = await kube.get(WEB);
  if (!about.ok) throw new Error(about.error.message);
  const event = { apiVersion: 'v1', kind: 'Event' };
  const named = { namespace: 'shop', name: 'web.1' };
  await kube.create({
    ...{ ...event, metadata: named, type: 'Warning', count },
    ...{ reason: 'FailedCreate', message: 'over quota' },
    involvedObject: { ...WEB, uid: about.value.metadata.uid },
    lastTimestamp: time.now().toISOString(),
  });
  return { ...event, ...named };
}

/** Lets everything run that waits for nothing but its turn. */
function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
