import type { KubeApi } from '@apollo-deploy/kube';
import { offeredContentKey } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { ExecutionBench } from '../testing/execution-bench.js';
import { failingKube } from '../testing/failing-kube.js';
import { anOffer } from '../testing/plan-offers.js';
import { ConfigMapLedger } from './config-map-ledger.js';
import type { LedgerVerdict } from './ledger-entry.js';
import { LedgerLessons } from './ledger-lessons.js';

const KEY = 'a'.repeat(64);

function aFailure({ interrupted }: { readonly interrupted: boolean }): LedgerVerdict {
  return {
    ...{ planId: 'plan-1', attempt: 1, at: '2026-03-02T12:00:00.000Z', contentKey: KEY },
    verdict: {
      ...{ verdict: 'failed', outcome: 'broken', reason: 'Failed', message: 'it failed' },
      ...{ interrupted, evidence: {} },
    },
  };
}

function withoutKey({ contentKey: _, ...verdict }: LedgerVerdict): LedgerVerdict {
  return verdict;
}

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
      releases: () => Promise.resolve([]),
      tell: ({ verdicts }) => told.push(verdicts.map(({ planId }) => planId).join()),
      timer: bench.time,
      log: pino({ level: 'silent' }),
    });
  return { bench, told, lessons };
}

describe('what the ledger holds', () => {
  it('is told with the release, the verdict, its time and what it was to bring', async () => {
    const { bench } = await carriedOut();
    const told: unknown[] = [];
    const lessons = new LedgerLessons({
      ledger: bench.ledger,
      releases: () => Promise.resolve([]),
      tell: ({ verdicts }) => told.push(...verdicts),
      timer: bench.time,
      log: pino({ level: 'silent' }),
    });
    lessons.begin();
    await bench.quiet();
    const release = { namespace: 'shop', releaseName: 'web', verdict: 'succeeded' };
    const [first, second] = [anOffer(), anOffer({ values: { text: 'b' } })].map(({ content }) =>
      offeredContentKey(content),
    );
    expect(told).toEqual([
      { ...release, planId: 'plan-1', at: '2026-03-02T12:00:00.000Z', contentKey: first },
      { ...release, planId: 'plan-2', at: '2026-03-02T12:01:00.000Z', contentKey: second },
    ]);
    expect(first).not.toBe(second);
  });

  it.each<{ name: string; verdict: LedgerVerdict; contentKey: string | undefined }>([
    { name: 'a failure', verdict: aFailure({ interrupted: false }), contentKey: KEY },
    {
      name: 'a plan that was cut off by a death',
      verdict: aFailure({ interrupted: true }),
      contentKey: undefined,
    },
    {
      name: 'a failure that an older version kept',
      verdict: withoutKey(aFailure({ interrupted: false })),
      contentKey: undefined,
    },
  ])('speaks against what was to be brought: $name', async ({ verdict, contentKey }) => {
    const { bench } = await carriedOut();
    const release = { namespace: 'shop', releaseName: 'web' };
    const entry = {
      ...{ release, claim: null, verdicts: [verdict] },
      ...{ confirmedDead: null, version: null },
    };
    const told: unknown[] = [];
    const lessons = new LedgerLessons({
      ledger: { all: () => Promise.resolve([entry]), read: () => Promise.resolve(entry) },
      releases: () => Promise.resolve([]),
      tell: ({ verdicts }) => told.push(...verdicts.map((one) => one.contentKey)),
      timer: bench.time,
      log: pino({ level: 'silent' }),
    });
    lessons.begin();
    await bench.quiet();
    expect(told).toEqual([contentKey]);
  });

  it('is told where it is nothing, for the hub waits for it', async () => {
    const bench = new ExecutionBench();
    const told: unknown[] = [];
    const lessons = new LedgerLessons({
      ledger: bench.ledger,
      releases: () => Promise.resolve([]),
      tell: (message) => told.push(message),
      timer: bench.time,
      log: pino({ level: 'silent' }),
    });
    lessons.begin();
    await bench.quiet();
    expect(told).toEqual([{ verdicts: [], lost: [] }]);
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
