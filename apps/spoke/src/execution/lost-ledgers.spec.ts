import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';
import { ledgerName } from './config-map-ledger.js';
import { LedgerLessons } from './ledger-lessons.js';

const RELEASE = { namespace: 'shop', releaseName: 'web' };
const CONFIG_MAP = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap' },
  ...{ namespace: 'apollo-system', name: ledgerName(RELEASE) },
};
const HOUR_MS = 60 * 60_000;

/** A cluster in which `plan-1` has installed a release, and what its spoke tells of lost ledgers. */
async function installed() {
  const bench = new ExecutionBench();
  await bench.installed(anOffer());
  const told: unknown[] = [];
  // Said and not read: to unpack a release takes real time.
  const newest = { ...RELEASE, planId: 'plan-1' };
  const lessons = new LedgerLessons({
    ledger: bench.ledger,
    releases: () => Promise.resolve([{ ...newest }]),
    tell: ({ lost }) => told.push(lost),
    timer: bench.time,
    log: pino({ level: 'silent' }),
  });
  const begin = async () => {
    lessons.begin();
    await bench.quiet();
  };
  const anHourLater = async () => {
    bench.time.advance(HOUR_MS);
    await bench.quiet();
  };
  const remove = async () => void (await bench.kube.delete(CONFIG_MAP));
  return { bench, newest, lessons, told, begin, anHourLater, remove };
}

const LOST = [{ ...RELEASE, planId: 'plan-1' }];

describe('a ledger in which the plan that brought a release does not stand', () => {
  it('is told as lost where somebody deleted it', async () => {
    const { told, begin, remove } = await installed();
    await remove();
    await begin();
    expect(told).toEqual([LOST]);
  });

  it('is told as lost where another one was put in its place', async () => {
    const { bench, told, begin, remove } = await installed();
    await remove();
    const other = { planId: 'plan-0', attempt: 1, at: '2026-03-02T11:00:00.000Z' };
    const verdict = { verdict: 'unknown' as const, message: 'of before', evidence: {} };
    await bench.ledger.write({
      ...{ release: RELEASE, claim: null, verdicts: [{ ...other, verdict }] },
      ...{ confirmedDead: null, version: null },
    });
    await begin();
    expect(told).toEqual([LOST]);
  });

  it('is told as lost within the hour, once, and as found when a plan stands in it again', async () => {
    const { bench, newest, told, begin, anHourLater, remove } = await installed();
    await begin();
    await anHourLater();
    expect(told).toEqual([[]]);
    await remove();
    await anHourLater();
    await anHourLater();
    expect(told).toEqual([[], LOST]);
    const base = await bench.base(anOffer());
    const upgrade = anOffer({
      ...{ type: 'upgrade', planId: 'plan-2', base, values: { text: 'b' } },
      expiresAt: '2026-03-02T23:00:00.000Z',
    });
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({ verdict: 'succeeded' });
    newest.planId = 'plan-2';
    await anHourLater();
    expect(told).toEqual([[], LOST, []]);
  });

  it('is told as lost before the next plan stands in a new one', async () => {
    const { bench, lessons, told, begin, remove } = await installed();
    await begin();
    await remove();
    const base = await bench.base(anOffer());
    const upgrade = anOffer({ type: 'upgrade', planId: 'plan-2', base, values: { text: 'b' } });
    const missLedger = () => lessons.lookNow();
    expect(await bench.spoke({ missLedger }).carryOut(upgrade)).toMatchObject({
      verdict: 'succeeded',
    });
    expect(told).toEqual([[], LOST]);
  });
});

describe('a ledger', () => {
  it('is not lost where the plan that brought the release is still at it', async () => {
    const { bench, told, begin, remove } = await installed();
    await remove();
    await bench.claimed(anOffer());
    await begin();
    expect(told).toEqual([[]]);
  });

  it('is not lost where twenty plans have ended since', async () => {
    const { bench, told, begin } = await installed();
    const entry = await bench.ledger.read(RELEASE);
    const verdicts = Array.from({ length: 20 }, (_, index) => ({
      ...{ planId: `plan-${String(index + 2)}`, attempt: 1, at: '2026-03-02T13:00:00.000Z' },
      verdict: { verdict: 'unknown' as const, message: 'of later', evidence: {} },
    }));
    await bench.ledger.write({ ...entry, verdicts });
    await begin();
    expect(told).toEqual([[]]);
  });

  it('is not lost where it is there and cannot be read', async () => {
    const { bench, told, begin } = await installed();
    const found = await bench.kube.get(CONFIG_MAP);
    if (!found.ok) throw new Error(found.error.message);
    await bench.kube.replace({ ...found.value, data: { ledger: 'not JSON' } });
    await begin();
    expect(told).toEqual([[]]);
  });
});
