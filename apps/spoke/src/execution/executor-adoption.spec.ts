import { describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';

const ONE = { name: 'web', version: '1.0.0' };
const TWO = { name: 'web', version: '2.0.0' };
/** Its objects cannot be applied. */
const BAD = { name: 'web', version: '3.0.0', invalid: true, render: () => [] };

/** A release that somebody has installed by hand, and upgraded if there are two revisions. */
async function byHand(revisions: 1 | 2 = 1) {
  const bench = new ExecutionBench();
  await bench.helmRan(anOffer(), 'normal');
  if (revisions === 2) await bench.helmRan(anOffer({ type: 'upgrade', chart: TWO }), 'normal');
  await bench.disown(...[1, 2].slice(0, revisions));
  return { bench, base: await bench.base(anOffer()) };
}

describe('a release that somebody has made by hand', () => {
  it('is refused before the claim, with the way to have it adopted', async () => {
    const { bench, base } = await byHand();
    const offer = anOffer({ type: 'upgrade', base, chart: TWO });
    let fetches = 0;
    bench.beforeFetch = async (count) => void (fetches = count);
    expect(await bench.spoke().carryOut(offer)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'release/not_ours' },
      message:
        'release web in shop was not made by Apollo, and nothing was touched; let the next plan of web adopt it (PUT /api/v1/entities/web/adoption), or install under another release name',
    });
    expect(await bench.ledger.read(offer.content)).toMatchObject({ claim: null });
    expect(fetches).toBe(0);
    expect(await bench.history(offer)).toEqual(['1 deployed by nobody']);
  });

  it('is upgraded in place by a plan that adopts it, and its history is kept', async () => {
    const { bench, base } = await byHand();
    const offer = anOffer({ type: 'upgrade', base, chart: TWO, adopt: true });
    expect(await bench.spoke().carryOut(offer)).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(offer)).toEqual(['1 superseded by nobody', '2 deployed by plan-1']);
    const next = { planId: 'plan-2', type: 'upgrade', base: await bench.base(offer) } as const;
    expect(await bench.spoke().carryOut(anOffer(next))).toMatchObject({ verdict: 'succeeded' });
  });

  it('is not adopted in another state than the plan was made for', async () => {
    const { bench, base } = await byHand();
    await bench.helmRan(anOffer({ type: 'upgrade', chart: TWO }), 'normal');
    await bench.disown(2);
    const offer = anOffer({ type: 'upgrade', base, chart: TWO, adopt: true });
    expect(await bench.spoke().carryOut(offer)).toMatchObject({ reason: 'base_moved' });
    expect(await bench.history(offer)).toEqual(['1 superseded by nobody', '2 deployed by nobody']);
  });

  it('becomes Apollo’s by going back to an older version as well', async () => {
    const { bench, base } = await byHand(2);
    const offer = anOffer({ type: 'rollback', base, chart: ONE, adopt: true });
    expect(await bench.spoke().carryOut(offer)).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(offer)).toEqual([
      ...['1 superseded by nobody', '2 superseded by nobody'],
      '3 deployed by plan-1',
    ]);
  });

  const MEND =
    'Apollo rolls back only to what a plan of web had brought, and this one adopted the release: it stays as it was left';
  const BY_HAND =
    'mend the chart or its values for the next plan, or go back by hand with "helm rollback web 1 --namespace shop"';
  it.each([
    { name: 'that worked', revisions: [], left: ['1 deployed by nobody'] },
    {
      name: 'of which the last one by hand had failed',
      revisions: [2],
      left: ['1 deployed by nobody', '2 failed by nobody'],
    },
  ])('stays as a failed adoption left it, and says the way back: $name', async (given) => {
    const { bench } = await byHand();
    bench.addChart(BAD);
    for (const revision of given.revisions) {
      await bench.helmRan(anOffer({ type: 'upgrade', chart: BAD }), 'normal');
      await bench.disown(revision);
    }
    const base = await bench.base(anOffer());
    const offer = anOffer({ type: 'upgrade', base, chart: BAD, adopt: true });
    expect(await bench.spoke().carryOut(offer)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'broken', reason: 'HelmFailed' },
      message: expect.stringContaining(`${MEND}, and revision 1 was in effect before; ${BY_HAND}`),
    });
    const last = given.revisions.length + 2;
    expect(await bench.history(offer)).toEqual([...given.left, `${last} failed by plan-1`]);
  });

  it('says no such thing where a plan of Apollo’s had brought something to go back to', async () => {
    const { bench, base } = await byHand();
    bench.addChart(BAD);
    const sketch = { type: 'upgrade', base, chart: BAD, adopt: true } as const;
    const offer = anOffer({ ...sketch, takenBackTo: anOffer({ chart: ONE }) });
    const verdict = await bench.spoke().carryOut(offer);
    expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'broken' });
    expect(verdict.message).not.toContain('adopted');
  });

  it('is removed by a plan that adopts it', async () => {
    const { bench, base } = await byHand();
    const offer = anOffer({ type: 'uninstall', base, adopt: true });
    expect(await bench.spoke().carryOut(offer)).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(offer)).toEqual([]);
  });

  it('is removed to the end where the spoke died while it was', async () => {
    const { bench, base } = await byHand();
    const offer = anOffer({ type: 'uninstall', base, adopt: true });
    await bench.claimed(offer, { objects: [] });
    await bench.helmRan(offer, 'killed');
    expect(await bench.history(offer)).toEqual(['1 uninstalling by nobody']);
    expect(await bench.spoke().carryOut(offer)).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(offer)).toEqual([]);
  });

  it('is waited for, unclaimed, while somebody may be at work on it', async () => {
    const { bench } = await byHand();
    await bench.helmRan(anOffer({ type: 'upgrade', chart: TWO }), 'killed');
    await bench.disown(2);
    const base = await bench.base(anOffer());
    const offer = anOffer({ planId: 'plan-2', type: 'upgrade', base, chart: ONE, adopt: true });
    bench.spoke().offer(offer);
    await bench.time.waitBegins(5000);
    expect((await bench.ledger.read(offer.content)).claim).toBeNull();
    expect(bench.logged.join()).toContain('release web in shop is pending-upgrade at revision 2');
  });
});

describe('an object that was made without Helm', () => {
  it('is left alone by an installation that brings one of its name', async () => {
    const bench = new ExecutionBench();
    const metadata = { namespace: 'shop', name: 'web' };
    await bench.kube.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' } });
    const offer = anOffer();
    expect(await bench.spoke().carryOut(offer)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'helm/not_owned' },
      message: expect.stringContaining(
        'ConfigMap shop/web exists and belongs to no release; delete it, or rename it in the chart, or give it to web with the label app.kubernetes.io/managed-by=Helm, annotations meta.helm.sh/release-name=web and meta.helm.sh/release-namespace=shop',
      ),
    });
    expect(bench.helm.commands).toEqual([]);
    const left = await bench.kube.get({ apiVersion: 'v1', kind: 'ConfigMap', ...metadata });
    expect(left).toMatchObject({ ok: true, value: { data: { a: 'b' } } });
  });
});
