import type { KubeApi } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { ExecutionBench } from '../testing/execution-bench.js';
import { failingKube } from '../testing/failing-kube.js';
import { anOffer } from '../testing/plan-offers.js';
import { ConfigMapLedger } from './config-map-ledger.js';
import { LedgerLessons } from './ledger-lessons.js';

/** A cluster in which `plan-1` and, a minute later, `plan-2` were carried out. */
async function carriedOut() {
  const bench = new ExecutionBench();
  const base = await bench.installed(anOffer());
  bench.time.advance(60_000);
  const upgrade = anOffer({ type: 'upgrade', planId: 'plan-2', base, values: { text: 'b' } });
  await bench.spoke({ instance: 'earlier' }).carryOut(upgrade);
  const told: string[] = [];
  const lessons = (kube: KubeApi = bench.kube) =>
    new LedgerLessons({
      ledger: new ConfigMapLedger(kube, 'apollo-system'),
      tell: ({ verdicts }) => told.push(verdicts.map(({ planId }) => planId).join()),
      timer: bench.time,
      log: pino({ level: 'silent' }),
    });
  return { bench, told, lessons };
}

describe('what the ledger holds', () => {
  it('is told with the release, the verdict and its time', async () => {
    const { bench } = await carriedOut();
    const told: unknown[] = [];
    const lessons = new LedgerLessons({
      ledger: bench.ledger,
      tell: ({ verdicts }) => told.push(...verdicts),
      timer: bench.time,
      log: pino({ level: 'silent' }),
    });
    lessons.begin();
    await bench.quiet();
    const release = { namespace: 'shop', releaseName: 'web', verdict: 'succeeded' };
    expect(told).toEqual([
      { ...release, planId: 'plan-1', at: '2026-03-02T12:00:00.000Z' },
      { ...release, planId: 'plan-2', at: '2026-03-02T12:01:00.000Z' },
    ]);
  });

  it('is told again in each session', async () => {
    const { bench, told, lessons } = await carriedOut();
    const lesson = lessons();
    for (let session = 0; session < 2; session += 1) {
      lesson.begin();
      await bench.quiet();
    }
    expect(told).toEqual(['plan-1,plan-2', 'plan-1,plan-2']);
  });

  it('is told half a minute later where the cluster does not answer', async () => {
    const { bench, told, lessons } = await carriedOut();
    lessons(failingKube(bench.kube, 'lost', () => true).kube).begin();
    await bench.time.waitBegins(30_000);
    bench.time.advance(29_999);
    await bench.quiet();
    expect(told).toEqual([]);
    bench.time.advance(1);
    await bench.quiet();
    expect(told).toEqual(['plan-1,plan-2']);
  });

  it('is not told any more in a session that has ended', async () => {
    const { bench, told, lessons } = await carriedOut();
    const lesson = lessons(failingKube(bench.kube, 'lost', () => true).kube);
    lesson.begin();
    await bench.time.waitBegins(30_000);
    lesson.stop();
    bench.time.advance(600_000);
    await bench.quiet();
    expect(told).toEqual([]);
  });
});
