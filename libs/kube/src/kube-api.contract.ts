import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Result } from '@apollo-deploy/kernel';
import type { KubeApi } from './kube-api.js';
import type { KubeObject, KubeRef } from './kube-object.js';
import type { KubeRefusal } from './kube-refusal.js';
import type { WatchEvent } from './kube-watch.js';
import { EventRecorder } from './testing/event-recorder.js';

export interface KubeApiUnderTest {
  readonly kube: KubeApi;
  /** An existing namespace of this test's own. */
  readonly namespace: string;
}

const KIND = { apiVersion: 'v1', kind: 'ConfigMap' };

/** What every implementation of `KubeApi` promises. `open` is called before each test. */
export function describeKubeApi(name: string, open: () => Promise<KubeApiUnderTest>): void {
  describe(`Kubernetes API: ${name}`, () => {
    let kube: KubeApi;
    let namespace: string;
    beforeEach(async () => {
      ({ kube, namespace } = await open());
    });

    const ref = (object: string): KubeRef => ({ ...KIND, namespace, name: object });
    const config = (
      object: string,
      data: Record<string, string>,
      labels?: Record<string, string>,
    ): KubeObject => ({
      ...KIND,
      metadata: { name: object, namespace, ...(labels !== undefined && { labels }) },
      data,
    });

    describe('objects', () => {
      it('gives a created object an identity and a version, and reads it back', async () => {
        const created = valueOf(await kube.create(config('a', { k: '1' })));
        expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
        expect(created.metadata.resourceVersion).toMatch(/^\d+$/);
        expect(valueOf(await kube.get(ref('a')))).toEqual(created);
        expect(created).toMatchObject({ ...KIND, data: { k: '1' } });
      });

      it('refuses what is not there, what is there already, and a missing namespace', async () => {
        await kube.create(config('a', {}));
        expect(codeOf(await kube.get(ref('b')))).toBe('kube/not_found');
        expect(codeOf(await kube.create(config('a', {})))).toBe('kube/already_exists');
        expect(codeOf(await kube.delete(ref('b')))).toBe('kube/not_found');
        const lost = { ...config('a', {}), metadata: { name: 'a', namespace: 'no-such-place' } };
        expect(codeOf(await kube.create(lost))).toBe('kube/not_found');
      });

      it('refuses a kind the cluster does not serve, with what to do about it', async () => {
        const unknown = { apiVersion: 'example.com/v9', kind: 'Unheard', namespace, name: 'a' };
        const got = await kube.get(unknown);
        expect(refusalOf(got)).toMatchObject({ code: 'kube/unknown_kind', status: 404 });
        expect(refusalOf(got).message).toContain('CustomResourceDefinition');
      });

      it('lets exactly one of two writers win from the same version', async () => {
        const created = valueOf(await kube.create(config('a', { k: '0' })));
        const results = await Promise.all([
          kube.replace({ ...created, data: { k: '1' } }),
          kube.replace({ ...created, data: { k: '2' } }),
        ]);
        expect(results.map((result) => (result.ok ? 'won' : result.error.code)).sort()).toEqual([
          'kube/version_conflict',
          'won',
        ]);
      });

      it('does not replace a namesake that was deleted and made again', async () => {
        const first = valueOf(await kube.create(config('a', {})));
        await kube.delete(ref('a'));
        const second = valueOf(await kube.create(config('a', {})));
        expect(second.metadata.uid).not.toBe(first.metadata.uid);
        expect(codeOf(await kube.replace(first))).toBe('kube/version_conflict');
        const guarded = { preconditions: { uid: first.metadata.uid ?? '' } };
        expect(codeOf(await kube.delete(ref('a'), guarded))).toBe('kube/version_conflict');
      });

      it('tries a deletion out without deleting anything', async () => {
        valueOf(await kube.create(config('a', {})));
        expect(await kube.delete(ref('a'), { dryRun: true })).toEqual({ ok: true });
        expect(codeOf(await kube.delete(ref('b'), { dryRun: true }))).toBe('kube/not_found');
        expect(valueOf(await kube.get(ref('a'))).metadata.deletionTimestamp).toBeUndefined();
      });

      it('tries a replacement out without storing anything', async () => {
        const made = valueOf(await kube.create(config('a', { k: '1' })));
        const other = { ...made, data: { k: '2' } };
        const tried = valueOf(await kube.replace(other, { dryRun: true }));
        expect(tried['data']).toEqual({ k: '2' });
        expect(valueOf(await kube.get(ref('a')))).toEqual(made);
      });

      it('keeps an object with a finalizer until the finalizer is taken off', async () => {
        const held = config('a', {});
        const metadata = { ...held.metadata, finalizers: ['example.com/hold'] };
        valueOf(await kube.create({ ...held, metadata }));
        expect((await kube.delete(ref('a'))).ok).toBe(true);
        const going = valueOf(await kube.get(ref('a')));
        expect(going.metadata.deletionTimestamp).toEqual(expect.any(String));
        await kube.replace({ ...going, metadata: { ...going.metadata, finalizers: [] } });
        expect(codeOf(await kube.get(ref('a')))).toBe('kube/not_found');
      });
    });

    describe('lists', () => {
      beforeEach(async () => {
        await kube.create(config('red', { k: '1' }, { colour: 'red', size: 'big' }));
        await kube.create(config('blue', { k: '2' }, { colour: 'blue' }));
        await kube.create(config('plain', { k: '3' }));
      });

      it.each([
        { name: 'a label value', labelSelector: 'colour=red', expected: ['red'] },
        { name: 'a label nobody has', labelSelector: 'nobody', expected: [] },
        { name: 'two conditions', labelSelector: 'colour=red,size=small', expected: [] },
        { name: 'a label that is set', labelSelector: 'colour', expected: ['blue', 'red'] },
        { name: 'a set', labelSelector: 'colour in (red,green)', expected: ['red'] },
      ])('finds by $name', async ({ labelSelector, expected }) => {
        for (const metadataOnly of [false, true]) {
          const selection = { namespace, labelSelector, metadataOnly };
          const { items } = valueOf(await kube.list(KIND, selection));
          expect(items.map((item) => item.metadata.name).sort()).toEqual(expected);
        }
      });

      it('finds by field, and says the kind of every item', async () => {
        const fieldSelector = 'metadata.name=blue';
        const { items } = valueOf(await kube.list(KIND, { namespace, fieldSelector }));
        expect(items).toHaveLength(1);
        expect(items[0]).toMatchObject({ ...KIND, data: { k: '2' } });
      });

      it('brings metadata alone when asked to', async () => {
        const wanted = { namespace, labelSelector: 'colour=red', metadataOnly: true };
        const { items } = valueOf(await kube.list(KIND, wanted));
        expect(items[0]).toMatchObject({ ...KIND, metadata: { name: 'red' } });
        expect(items[0]).not.toHaveProperty('data');
      });
    });

    describe('watches', () => {
      it('tells every change after a list, in order, and nothing after stop', async () => {
        await kube.create(config('a', { k: '0' }));
        const { resourceVersion } = valueOf(await kube.list(KIND, { namespace }));
        const events = new EventRecorder<WatchEvent>();
        const watch = kube.watch(KIND, { namespace, resourceVersion }, events.record);
        const made = valueOf(await kube.create(config('b', { k: '1' })));
        valueOf(await kube.replace({ ...made, data: { k: '2' } }));
        await kube.delete(ref('b'));
        await events.next((event) => event.type === 'deleted' && isNamed('b', event));
        watch.stop();
        await kube.create(config('c', {}));
        await kube.list(KIND, { namespace });
        const seen = events.all.filter((event) => isNamed('b', event) || isNamed('c', event));
        expect(seen.map((event) => event.type)).toEqual(['added', 'modified', 'deleted']);
        expect(seen[1]).toMatchObject({ object: { ...KIND, data: { k: '2' } } });
      });

      it('begins with what happened since the version it starts from', async () => {
        const { resourceVersion } = valueOf(await kube.list(KIND, { namespace }));
        await kube.create(config('a', {}));
        const events = new EventRecorder<WatchEvent>();
        const selection = { namespace, resourceVersion, metadataOnly: true };
        const watch = kube.watch(KIND, selection, events.record);
        const event = await events.next((seen) => isNamed('a', seen));
        watch.stop();
        expect(event).toMatchObject({ type: 'added', object: KIND });
        expect(event).not.toHaveProperty('object.data');
      });

      it('is refused for a kind the cluster does not serve, as its only event', async () => {
        const events = new EventRecorder<WatchEvent>();
        const unknown = { apiVersion: 'example.com/v9', kind: 'Unheard' };
        kube.watch(unknown, { namespace, resourceVersion: '1' }, events.record);
        expect(await events.next()).toMatchObject({
          type: 'refused',
          refusal: { code: 'kube/unknown_kind' },
        });
      });
    });

    describe('server-side apply', () => {
      const by = (fieldManager: string, force = false) => ({ fieldManager, force });

      it('creates, merges, and removes what a manager no longer applies', async () => {
        valueOf(await kube.apply(config('a', { x: '1', y: '1' }), by('one')));
        valueOf(await kube.apply(config('a', { z: '1' }), by('two')));
        const applied = valueOf(await kube.apply(config('a', { x: '2' }), by('one')));
        expect(applied['data']).toEqual({ x: '2', z: '1' });
      });

      it('refuses to change a field another manager set, naming field and manager', async () => {
        valueOf(await kube.apply(config('a', { x: '1' }), by('one')));
        const refusal = refusalOf(await kube.apply(config('a', { x: '2' }), by('two')));
        expect(refusal).toMatchObject({ code: 'kube/field_conflict', status: 409 });
        expect(refusal.causes).toEqual([
          {
            field: '.data.x',
            reason: 'FieldManagerConflict',
            message: expect.stringContaining('"one"'),
          },
        ]);
        const forced = valueOf(await kube.apply(config('a', { x: '2' }), by('two', true)));
        expect(forced['data']).toEqual({ x: '2' });
      });

      it('stores nothing on a dry run', async () => {
        const dry = { ...by('one'), dryRun: true };
        expect(valueOf(await kube.apply(config('a', { x: '1' }), dry))['data']).toEqual({ x: '1' });
        expect(codeOf(await kube.get(ref('a')))).toBe('kube/not_found');
      });
    });

    describe('discovery', () => {
      it('knows plural and scope of kinds, and nothing of others', async () => {
        const resources = await kube.resources();
        expect(resources.find({ apiVersion: 'apps/v1', kind: 'Deployment' })).toMatchObject({
          plural: 'deployments',
          namespaced: true,
        });
        expect(resources.find({ apiVersion: 'v1', kind: 'Namespace' })).toMatchObject({
          plural: 'namespaces',
          namespaced: false,
        });
        expect(resources.find({ apiVersion: 'apps/v1', kind: 'Unheard' })).toBeUndefined();
        expect((await kube.serverVersion()).gitVersion).toMatch(/^v1\.\d+\.\d+/);
      });
    });

    it('refuses the log of a pod that is not there', async () => {
      const logs = await kube.podLogs({ namespace, name: 'nobody', tailLines: 5 });
      expect(codeOf(logs)).toBe('kube/not_found');
    });
  });
}

function isNamed(name: string, event: WatchEvent): boolean {
  return 'object' in event && event.object.metadata.name === name;
}

function valueOf<T>(result: Result<T, KubeRefusal>): T {
  if (result.ok) return result.value;
  throw new Error(`refused: ${result.error.code} ${result.error.message}`);
}

function refusalOf<T>(result: Result<T, KubeRefusal>): KubeRefusal {
  if (!result.ok) return result.error;
  throw new Error(`not refused: ${JSON.stringify(result.value)}`);
}

function codeOf<T>(result: Result<T, KubeRefusal>): string {
  return result.ok ? 'ok' : result.error.code;
}
