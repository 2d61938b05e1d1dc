import {
  KubeUnavailable,
  type KubeObject,
  type KubeRef,
  type KubeRefusal,
} from '@apollo-deploy/kube';
import { InMemoryKubeApi, type KubeRequest } from '@apollo-deploy/kube/testing';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { LiveObjects } from '../state/live-objects.js';
import type { ManifestRef } from '../state/manifest-refs.js';
import { VirtualTime } from '../testing/virtual-time.js';
import { watchRollout } from './rollout-watch.js';

const REF: KubeRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const JOB: ManifestRef = {
  ...{ apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'migrate', vanishes: true },
};
const SETTLE_MS = 50;
const READ_AGAIN_MS = 5000;
const REFUSALS: Readonly<Record<401 | 403, KubeRefusal['code']>> = {
  401: 'kube/unauthorized',
  403: 'kube/forbidden',
};

function job(condition?: 'Complete' | 'Failed'): KubeObject {
  const conditions = condition === undefined ? [] : [{ type: condition, status: 'True' }];
  return {
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { namespace: 'shop', name: 'migrate' } },
    ...{ spec: { ttlSecondsAfterFinished: 0 }, status: { conditions } },
  };
}

function deployment(available: number, more: Partial<KubeObject> = {}): KubeObject {
  const { apiVersion, kind, namespace = '', name } = REF;
  return {
    ...{ apiVersion, kind, metadata: { namespace, name } },
    spec: { replicas: 1, template: {} },
    status: {
      ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
      ...{ readyReplicas: available, availableReplicas: available },
    },
    ...more,
  };
}

class Scene {
  readonly kube = new InMemoryKubeApi({ namespaces: ['shop'] });
  readonly time = new VirtualTime();
  readonly abort = new AbortController();
  readonly progress: string[] = [];
  /** Events of watches wait for this. */
  gate: Promise<void> = Promise.resolve();
  readonly live = new LiveObjects({
    kube: Object.assign(Object.create(this.kube) as InMemoryKubeApi, {
      watch: (...[kind, selection, handler]: Parameters<InMemoryKubeApi['watch']>) =>
        this.kube.watch(kind, selection, (event) => void this.gate.then(() => handler(event))),
    }),
    ...{ timer: this.time, random: () => 0.5, log: pino({ level: 'silent' }) },
  });

  watch(seconds = 60, refs: readonly ManifestRef[] = [REF]) {
    const { kube, live, time } = this;
    const startedAt = time.now();
    return watchRollout(
      { kube, live, healthRules: {}, clock: time, timer: time },
      {
        ...{ refs, startedAt, abort: this.abort.signal },
        deadlineAt: new Date(startedAt.getTime() + seconds * 1000),
        onProgress: (message) => this.progress.push(message),
      },
    );
  }

  refuse(isRefused: (request: KubeRequest) => boolean, status: 401 | 403 = 403): void {
    const refusal = { status, code: REFUSALS[status], reason: 'No', message: 'no', causes: [] };
    this.kube.intercept((request) => (isRefused(request) ? refusal : undefined));
  }

  async change(object: KubeObject): Promise<void> {
    await this.store(object);
    await this.time.waitBegins(SETTLE_MS);
    this.time.advance(SETTLE_MS);
  }

  async store(object: KubeObject): Promise<void> {
    const stored = await this.kube.get(REF);
    if (!stored.ok) throw new Error(stored.error.message);
    const { resourceVersion = '' } = stored.value.metadata;
    await this.kube.replace({ ...object, metadata: { ...object.metadata, resourceVersion } });
  }
}

describe('the look at a rollout', () => {
  it('ends with the first look where everything is healthy', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(1));
    expect(await scene.watch()).toMatchObject({
      verdict: { verdict: 'healthy' },
      unseen: [],
      hidden: [],
    });
    expect(scene.kube.watchCount).toBe(0);
  });

  it('follows a rollout until it is healthy', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(0));
    const end = scene.watch();
    await scene.time.waitBegins(60_000);
    expect(scene.progress).toEqual([expect.stringContaining('1 of 1 objects are not ready')]);
    await scene.change(deployment(1));
    expect(await end).toMatchObject({ verdict: { verdict: 'healthy' } });
  });

  it('judges the first change after a pause at once', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(0));
    const end = scene.watch();
    await scene.time.waitBegins(60_000);
    scene.time.advance(SETTLE_MS);
    await scene.store(deployment(1));
    await scene.time.waitBegins(0);
    scene.time.advance(0);
    expect(await end).toMatchObject({ verdict: { verdict: 'healthy' } });
  });

  it('judges changes that come one after another all the same', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(0));
    const end = scene.watch();
    await scene.time.waitBegins(60_000);
    await scene.store(deployment(1));
    for (const restMs of [50, 30, 10]) {
      await scene.time.waitBegins(restMs);
      scene.time.advance(20);
      await scene.store(deployment(1, { metadata: { ...REF, labels: { rest: String(restMs) } } }));
    }
    expect(await end).toMatchObject({ verdict: { verdict: 'healthy' } });
  });

  it('does not take the world before the change for the one after it', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(1));
    const before = scene.live.follow([REF], () => undefined);
    await before.ready;
    let open: () => void = () => undefined;
    scene.gate = new Promise((resolve) => (open = resolve));
    const changed = deployment(1, { spec: { replicas: 1, template: { version: 2 } } });
    await scene.kube.apply(changed, { fieldManager: 'helm', force: true });
    const end = scene.watch();
    await scene.time.waitBegins(60_000);
    expect(scene.progress).toEqual([]);
    open();
    await scene.time.waitBegins(0);
    scene.time.advance(0);
    expect(scene.progress).toEqual([expect.stringContaining('has not been observed')]);
    const status = { ...(changed['status'] as object), observedGeneration: 2 };
    await scene.change({ ...changed, status });
    expect(await end).toMatchObject({ verdict: { verdict: 'healthy' } });
    before.stop();
  });

  it.each([
    { name: 'a millisecond before its deadline', ms: 59_999, over: false },
    { name: 'at its deadline', ms: 60_000, over: true },
  ])('has failed=$over $name', async ({ ms, over }) => {
    const scene = new Scene();
    await scene.kube.create(deployment(0));
    const end = scene.watch();
    await scene.time.waitBegins(60_000);
    scene.time.advance(ms);
    if (!over) scene.abort.abort();
    expect(await end).toEqual(
      over
        ? expect.objectContaining({ verdict: expect.objectContaining({ verdict: 'failed' }) })
        : null,
    );
  });

  it('says of a Job which was gone before the first look that nobody saw how it ended', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(1));
    expect(await scene.watch(60, [REF, JOB])).toMatchObject({
      verdict: { verdict: 'healthy', message: '1 of 1 objects are healthy' },
      unseen: [{ what: 'Job shop/migrate', why: expect.stringContaining('nobody saw') }],
    });
  });

  it('says so of a Job which was last seen at work', async () => {
    const scene = new Scene();
    await scene.kube.create(job());
    const end = scene.watch(60, [JOB]);
    await scene.time.waitBegins(60_000);
    await scene.kube.delete(JOB);
    await scene.time.waitBegins(SETTLE_MS);
    scene.time.advance(SETTLE_MS);
    expect(await end).toMatchObject({ unseen: [{ what: 'Job shop/migrate' }] });
  });

  it.each([
    { name: 'completed', ended: 'Complete', verdict: 'healthy' },
    { name: 'failed', ended: 'Failed', verdict: 'failed' },
  ] as const)(
    'remembers that a Job $name which was removed at once',
    async ({ ended, verdict }) => {
      const scene = new Scene();
      await scene.kube.create(job());
      const end = scene.watch(60, [JOB]);
      await scene.time.waitBegins(60_000);
      await scene.kube.apply(job(ended), { fieldManager: 'job-controller', force: true });
      await scene.kube.delete(JOB);
      await scene.time.waitBegins(SETTLE_MS);
      scene.time.advance(SETTLE_MS);
      expect(await end).toMatchObject({ verdict: { verdict } });
    },
  );

  it('ends without a verdict when it is aborted before it begins', async () => {
    const scene = new Scene();
    scene.abort.abort();
    expect(await scene.watch()).toBeNull();
    expect(scene.kube.watchCount).toBe(0);
  });

  it('judges by one watch a namespace where the account is bound to namespaces', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(0));
    scene.refuse(({ verb, ref }) => verb === 'list' && ref.namespace === undefined);
    const end = scene.watch();
    await scene.time.waitBegins(60_000);
    expect(scene.progress).toEqual([expect.stringContaining('1 of 1 objects are not ready')]);
    await scene.change(deployment(1));
    expect(await end).toMatchObject({ verdict: { verdict: 'healthy' }, unseen: [], hidden: [] });
  });

  it('reads by name what it may not watch', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(0));
    scene.refuse(({ verb, ref }) => verb === 'list' && ref.kind === 'Deployment');
    const end = scene.watch();
    await scene.time.waitBegins(READ_AGAIN_MS);
    expect(scene.progress).toEqual([expect.stringContaining('1 of 1 objects are not ready')]);
    await scene.store(deployment(1));
    scene.time.advance(READ_AGAIN_MS);
    expect(await end).toMatchObject({ verdict: { verdict: 'healthy' }, unseen: [] });
  });

  it('counts nothing that it may not look at, and names it', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(0));
    scene.refuse(({ ref }) => ref.kind === 'Deployment');
    expect(await scene.watch()).toMatchObject({
      verdict: { message: '0 of 0 objects are healthy' },
      unseen: [{ what: 'Deployment shop/web', why: expect.stringContaining('no; give the spoke') }],
    });
  });

  it.each([
    { name: 'until the deadline', forMs: 60_000, unseen: ['Deployment shop/web'] },
    { name: 'for a while', forMs: 4000, unseen: [] },
  ])('waits for its right to come back when it is not known $name', async ({ forMs, unseen }) => {
    const scene = new Scene();
    await scene.kube.create(deployment(1));
    const until = new Date(scene.time.now().getTime() + forMs);
    scene.refuse(({ ref }) => ref.kind === 'Deployment' && scene.time.now() <= until, 401);
    const end = scene.watch();
    for (let second = 0; second < 60; second += 5) {
      await scene.time.waitBegins(READ_AGAIN_MS);
      expect(scene.progress).toEqual([expect.stringContaining('let look at Deployment shop/web')]);
      scene.time.advance(READ_AGAIN_MS);
      if (unseen.length === 0) break;
    }
    const ended = await end;
    expect(ended).toMatchObject({
      verdict: { verdict: 'healthy' },
      unseen: unseen.map((what) => ({ what })),
    });
  });

  it('says where it may not look at pods', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(1));
    scene.refuse(({ ref }) => ref.kind === 'Pod');
    expect(await scene.watch()).toMatchObject({
      ...{ verdict: { verdict: 'healthy' }, unseen: [], hidden: [{ what: 'the pods of shop' }] },
    });
  });

  it.each([
    { name: 'has arrived', observedGeneration: 2, available: 1, verdict: 'healthy' },
    { name: 'has not begun', observedGeneration: 1, available: 1, verdict: 'failed' },
    { name: 'is slow', observedGeneration: 2, available: 0, verdict: 'failed' },
  ])(
    'says at the deadline that a rollout $name though its watch is silent',
    async ({ observedGeneration, available, verdict }) => {
      const scene = new Scene();
      await scene.kube.create(deployment(1));
      const before = scene.live.follow([REF], () => undefined);
      await before.ready;
      scene.gate = new Promise(() => undefined);
      const changed = deployment(available, { spec: { replicas: 1, template: { version: 2 } } });
      const status = { ...(changed['status'] as object), observedGeneration };
      await scene.store({ ...changed, status });
      const end = scene.watch();
      await scene.time.waitBegins(60_000);
      scene.time.advance(60_000);
      expect(await end).toMatchObject({ verdict: { verdict } });
      before.stop();
    },
  );

  it('says nothing at the deadline while the API server is away', async () => {
    const scene = new Scene();
    await scene.kube.create(deployment(0));
    const end = scene.watch();
    await scene.time.waitBegins(60_000);
    scene.kube.intercept(() => {
      throw new KubeUnavailable('the API server is away', { cause: null });
    });
    scene.time.advance(60_000);
    await expect(end).rejects.toThrow('the API server is away');
  });
});
