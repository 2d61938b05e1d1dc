import { describe, expect, it } from '@jest/globals';
import { Informer, type InformerDelta, type InformerProblem } from './informer.js';
import type { KubeObject } from './kube-object.js';
import type { KubeRefusal } from './kube-refusal.js';
import { KubeUnavailable } from './kube-unavailable.js';
import { EventRecorder } from './testing/event-recorder.js';
import { InMemoryKubeApi } from './in-memory/in-memory-kube-api.js';
import { VirtualTimer } from './testing/virtual-timer.js';

const KIND = { apiVersion: 'v1', kind: 'ConfigMap' };
const FIVE_MINUTES = 5 * 60_000;

const config = (name: string, data = {}): KubeObject => ({
  ...KIND,
  metadata: { name, namespace: 'default' },
  data,
});

function open(options: { readonly random?: number; readonly metadataOnly?: boolean } = {}) {
  const kube = new InMemoryKubeApi();
  const timer = new VirtualTimer();
  const deltas = new EventRecorder<InformerDelta>();
  const problems = new EventRecorder<InformerProblem>();
  const informer = new Informer({
    kube,
    kind: KIND,
    selection: { namespace: 'default', metadataOnly: options.metadataOnly ?? false },
    listener: deltas.record,
    onProblem: problems.record,
    timer,
    random: () => options.random ?? 0,
  });
  const synced = () => deltas.next(({ type }) => type === 'synced');
  return { kube, timer, deltas, problems, informer, synced };
}

function told(deltas: EventRecorder<InformerDelta>): string[] {
  return deltas.all.map((delta) =>
    delta.type === 'synced' ? 'synced' : `${delta.type} ${delta.object.metadata.name}`,
  );
}

describe('Informer', () => {
  it('tells what is there, says it is complete, then tells each change', async () => {
    const { kube, informer, deltas, synced } = open();
    await kube.create(config('a'));
    informer.start();
    expect(informer.hasSynced).toBe(false);
    await synced();
    expect(informer.hasSynced).toBe(true);
    await kube.create(config('b'));
    await kube.delete({ ...KIND, namespace: 'default', name: 'a' });
    await deltas.next(({ type }) => type === 'deleted');
    expect(told(deltas)).toEqual(['upserted a', 'synced', 'upserted b', 'deleted a']);
    expect(informer.objects().map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(informer.get('b', 'default')).toMatchObject(config('b'));
  });

  it('is current from a complete list on, until its watch breaks, and again after the next list', async () => {
    const { kube, timer, informer, deltas, problems, synced } = open();
    expect(informer.isCurrent).toBe(false);
    informer.start();
    await synced();
    expect(informer.isCurrent).toBe(true);
    kube.endWatches({ type: 'expired' });
    await problems.next();
    expect(informer.isCurrent).toBe(false);
    const again = deltas.next(({ type }) => type === 'synced');
    timer.advance(500);
    await again;
    expect(informer.isCurrent).toBe(true);
  });

  it('leaves a server alone for as long as that asks for', async () => {
    const { kube, timer, informer, problems, synced } = open();
    let isBusy = true;
    kube.intercept(() => {
      if (!isBusy) return undefined;
      throw new KubeUnavailable('too many requests', { cause: null, retryAfterMs: 7000 });
    });
    informer.start();
    await problems.next();
    isBusy = false;
    expect(timer.nextInMs).toBe(7000);
    timer.advance(7000);
    await synced();
    expect(informer.isCurrent).toBe(true);
  });

  it('tells nothing after it was stopped', async () => {
    const { kube, timer, informer, deltas, synced } = open();
    informer.start();
    await synced();
    informer.stop();
    await kube.create(config('a'));
    timer.advance(FIVE_MINUTES);
    await kube.list(KIND);
    expect(told(deltas)).toEqual(['synced']);
    expect(kube.watchCount).toBe(0);
    expect(timer.nextInMs).toBeNull();
  });

  it('tells a change once, although a new list shows it again', async () => {
    const { kube, timer, informer, deltas, problems, synced } = open();
    await kube.create(config('kept'));
    await kube.create(config('gone'));
    informer.start();
    await synced();
    kube.endWatches({ type: 'expired' });
    await problems.next();
    await kube.delete({ ...KIND, namespace: 'default', name: 'gone' });
    await kube.create(config('new'));
    timer.advance(500);
    await synced();
    expect(told(deltas).slice(3)).toEqual(['upserted new', 'deleted gone', 'synced']);
  });

  it('lists again when the history it watches from was compacted away', async () => {
    const { kube, timer, informer, problems, synced } = open();
    informer.start();
    await synced();
    kube.endWatches({ type: 'closed' });
    await kube.create(config('a'));
    kube.compact();
    await Promise.resolve();
    timer.advance(500);
    expect(await problems.next()).toEqual({ type: 'expired' });
    timer.advance(1_000);
    await synced();
    expect(informer.get('a', 'default')).toBeDefined();
  });

  it('watches on without a list when the server ended the watch in order', async () => {
    const { kube, timer, informer, deltas, problems, synced } = open();
    informer.start();
    await synced();
    kube.endWatches({ type: 'closed' });
    await kube.create(config('a'));
    timer.advance(500);
    await deltas.next(({ type }) => type === 'upserted');
    expect(told(deltas)).toEqual(['synced', 'upserted a']);
    expect(problems.all).toEqual([]);
  });

  it.each([
    { name: 'with the least jitter', random: 0, expected: [250, 500, 1_000] },
    { name: 'with the most jitter', random: 0.999_999, expected: [500, 1_000, 2_000] },
  ])('waits longer after each outage in a row, $name', async ({ random, expected }) => {
    const { kube, timer, informer, problems } = open({ random });
    kube.intercept(() => {
      throw new KubeUnavailable('no route to the cluster', { cause: null });
    });
    informer.start();
    const waits: number[] = [];
    for (let outage = 0; outage < 3; outage += 1) {
      expect((await problems.next()).type).toBe('broken');
      waits.push(Math.round(timer.nextInMs ?? Number.NaN));
      timer.advance(timer.nextInMs ?? 0);
    }
    expect(waits).toEqual(expected);
  });

  it('never waits longer than a minute, and begins small again once things work', async () => {
    const { kube, timer, informer, problems, synced, deltas } = open({ random: 0.999_999 });
    const repair = kube.intercept(() => {
      throw new KubeUnavailable('no route to the cluster', { cause: null });
    });
    informer.start();
    for (let outage = 0; outage < 12; outage += 1) {
      await problems.next();
      if (outage < 11) timer.advance(timer.nextInMs ?? 0);
    }
    expect(Math.round(timer.nextInMs ?? 0)).toBe(60_000);
    repair();
    timer.advance(60_000);
    await synced();
    await kube.create(config('a'));
    await deltas.next(({ type }) => type === 'upserted');
    kube.endWatches({ type: 'expired' });
    await problems.next(({ type }) => type === 'expired');
    expect(Math.round(timer.nextInMs ?? 0)).toBe(500);
  });

  it.each([
    { name: 'stayed open for half a minute', openMs: 30_000, expected: 500 },
    { name: 'broke sooner', openMs: 29_999, expected: 8000 },
  ])('after faults in a row and a quiet watch that $name', async ({ openMs, expected }) => {
    const { kube, timer, informer, problems, synced } = open({ random: 0.999_999 });
    informer.start();
    await synced();
    const breakWatch = async (): Promise<number> => {
      kube.endWatches({ type: 'expired' });
      await problems.next();
      return timer.nextInMs ?? Number.NaN;
    };
    for (let fault = 0; fault < 4; fault += 1) {
      const delayMs = await breakWatch();
      timer.advance(delayMs);
      await synced();
    }
    timer.advance(openMs);
    expect(Math.round(await breakWatch())).toBe(expected);
  });

  it('reports a refusal and keeps trying', async () => {
    const { kube, timer, informer, problems, synced } = open();
    const refusal: KubeRefusal = {
      code: 'kube/forbidden',
      status: 403,
      reason: 'Forbidden',
      message: 'cannot list resource "configmaps"',
      causes: [],
    };
    const allow = kube.intercept(() => refusal);
    informer.start();
    expect(await problems.next()).toEqual({ type: 'refused', refusal });
    allow();
    timer.advance(500);
    await synced();
  });

  it('lists again after five minutes without event or bookmark, not a moment before', async () => {
    const { kube, timer, informer, problems, synced } = open();
    informer.start();
    await synced();
    timer.advance(FIVE_MINUTES - 1);
    expect(problems.all).toEqual([]);
    timer.advance(1);
    expect(problems.all).toEqual([{ type: 'silent' }]);
    expect(kube.watchCount).toBe(0);
    timer.advance(500);
    await synced();
    expect(kube.watchCount).toBe(1);
  });

  it('takes a bookmark for a sign of life', async () => {
    const { kube, timer, informer, problems, synced } = open();
    informer.start();
    await synced();
    timer.advance(FIVE_MINUTES - 1);
    kube.bookmark();
    await kube.list(KIND);
    timer.advance(FIVE_MINUTES - 1);
    expect(problems.all).toEqual([]);
    timer.advance(1);
    expect(problems.all).toEqual([{ type: 'silent' }]);
  });

  it('keeps only metadata when asked to', async () => {
    const { kube, informer, synced } = open({ metadataOnly: true });
    await kube.create(config('a', { big: 'x' }));
    informer.start();
    await synced();
    expect(informer.get('a', 'default')).not.toHaveProperty('data');
  });
});
