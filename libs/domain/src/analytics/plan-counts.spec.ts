import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../plans/plan.js';
import type { PlanState } from '../plans/plan-lifecycle.js';
import { aPlan } from '../testing.js';
import { durationBucketOf } from './duration-histogram.js';
import {
  countsOfApproval,
  countsOfBlocking,
  countsOfEnding,
  type PlanCount,
} from './plan-counts.js';
import { beginWaits, turnWaits } from './plan-waits.js';

const STARTED = '2026-03-01T23:59:30.000Z';
const ENDED = '2026-03-02T00:00:10.000Z';
const WAITED = {
  ms: { window: 5_000, queue: 250 },
  on: 'start',
  since: STARTED,
  codes: [],
} as const;
const BUCKET = `duration:${durationBucketOf(40_000)}`;

function ended(change: Partial<Plan> = {}): Plan {
  return aPlan({ type: 'upgrade', startedAt: STARTED, endedAt: ENDED, waits: WAITED, ...change });
}

function tallyOf(counts: readonly PlanCount[]): Readonly<Record<string, number>> {
  return Object.fromEntries(counts.map(({ counter, amount }) => [counter, amount]));
}

const TIMED = {
  timed: 1,
  execution_ms: 40_000,
  [BUCKET]: 1,
  'wait_ms:window': 5_000,
  'wait_ms:queue': 250,
};

describe('what a plan adds when it ends', () => {
  const { startedAt: _, ...neverStarted } = ended({ state: 'CANCELLED' });
  const { waits: __, ...withoutWaits } = ended({ state: 'SUCCEEDED' });
  const ENDINGS: { name: string; before: PlanState; plan: Plan; expected: object }[] = [
    {
      name: 'has succeeded: its time and what it waited for',
      before: 'EXECUTING',
      plan: ended({ state: 'SUCCEEDED' }),
      expected: { succeeded: 1, ...TIMED },
    },
    {
      name: 'has failed: the same',
      before: 'EXECUTING',
      plan: ended({ state: 'FAILED', outcome: 'refused' }),
      expected: { failed: 1, ...TIMED },
    },
    {
      name: 'was made by a version that kept no waits: no waits',
      before: 'EXECUTING',
      plan: withoutWaits,
      expected: { succeeded: 1, timed: 1, execution_ms: 40_000, [BUCKET]: 1 },
    },
    {
      name: 'ended before it began, by a clock that was turned back: no time',
      before: 'EXECUTING',
      plan: ended({ state: 'SUCCEEDED', startedAt: ENDED, endedAt: STARTED, waits: WAITED }),
      expected: { succeeded: 1, ...TIMED, execution_ms: 0, [BUCKET]: undefined, 'duration:0': 1 },
    },
    {
      name: 'was UNKNOWN and is resolved: no time, as nobody saw its end',
      before: 'UNKNOWN',
      plan: ended({ state: 'SUCCEEDED' }),
      expected: { succeeded: 1 },
    },
    {
      name: 'was UNKNOWN and is resolved as failed',
      before: 'UNKNOWN',
      plan: ended({ state: 'FAILED' }),
      expected: { failed: 1 },
    },
    {
      name: 'is rolled back, as it had failed before',
      before: 'FAILED',
      plan: ended({ state: 'ROLLED_BACK' }),
      expected: { rolled_back: 1 },
    },
    {
      name: 'had succeeded and stays so, as it is rolled back on request: nothing more',
      before: 'SUCCEEDED',
      plan: ended({ state: 'SUCCEEDED', rolledBackBy: 'plan-2' }),
      expected: {},
    },
    {
      name: 'came back from its spoke untouched: no time',
      before: 'EXECUTING',
      plan: ended({ state: 'CANCELLED', cancelReason: 'expired' }),
      expected: { cancelled: 1 },
    },
    {
      name: 'was superseded before it went out',
      before: 'BLOCKED',
      plan: neverStarted,
      expected: { cancelled: 1 },
    },
    {
      name: 'is in doubt, so has not ended',
      before: 'EXECUTING',
      plan: ended({ state: 'UNKNOWN' }),
      expected: {},
    },
  ];
  it.each(ENDINGS)('counts one that $name', ({ before, plan, expected }) => {
    expect(tallyOf(countsOfEnding(before, plan))).toEqual(expected);
  });

  it('counts on the UTC day of its end, by type, product and environment', () => {
    const endedAt = '2026-03-02T01:00:00.000+02:00';
    expect(countsOfEnding('UNKNOWN', ended({ state: 'FAILED', endedAt }))).toEqual([
      {
        day: '2026-03-01',
        type: 'upgrade',
        product: 'aria',
        environment: 'dev',
        counter: 'failed',
        amount: 1,
      },
    ]);
  });
});

describe('what a plan adds when it is blocked', () => {
  const blocked = (code: string) => [{ code, message: '', data: {} }];
  const first = beginWaits(blocked('rule'), STARTED);
  const second = turnWaits(
    aPlan({ waits: first }),
    [...blocked('rule'), ...blocked('concurrency')],
    ENDED,
  );
  const BLOCKINGS: { name: string; before: Plan | undefined; plan: Plan; expected: object[] }[] = [
    {
      name: 'by its first code',
      before: undefined,
      plan: aPlan({ waits: first }),
      expected: [{ day: '2026-03-01', counter: 'violation:rule', amount: 1 }],
    },
    {
      name: 'by another code besides, on the day of that',
      before: aPlan({ waits: first }),
      plan: aPlan({ waits: second }),
      expected: [{ day: '2026-03-02', counter: 'violation:concurrency', amount: 1 }],
    },
    {
      name: 'by a code that has blocked it before',
      before: aPlan({ waits: second }),
      plan: aPlan({ waits: turnWaits(aPlan({ waits: second }), blocked('rule'), ENDED) }),
      expected: [],
    },
    { name: 'by nothing', before: undefined, plan: aPlan(), expected: [] },
  ];
  it.each(BLOCKINGS)('counts each code once a plan: $name', ({ before, plan, expected }) => {
    expect(countsOfBlocking(before, plan)).toMatchObject(expected);
    expect(countsOfBlocking(before, plan)).toHaveLength(expected.length);
  });
});

describe('what a plan adds by a break-glass', () => {
  const noted = [
    { code: 'promoted', message: 'not yet below', data: {}, effect: 'waived' },
  ] as const;
  const count = (before: PlanState, change: Partial<Plan>) =>
    tallyOf(countsOfEnding(before, ended(change)))['break_glass'];

  it.each<{ name: string; before: PlanState; change: Partial<Plan>; expected?: number }>([
    {
      name: 'one, when it has succeeded past something',
      before: 'EXECUTING',
      change: { state: 'SUCCEEDED', noted },
      expected: 1,
    },
    {
      name: 'one, when it has failed so',
      before: 'EXECUTING',
      change: { state: 'FAILED', noted },
      expected: 1,
    },
    {
      name: 'none once more, when that is rolled back',
      before: 'FAILED',
      change: { state: 'ROLLED_BACK', noted },
    },
    {
      name: 'none, when it came back untouched',
      before: 'EXECUTING',
      change: { state: 'CANCELLED', noted },
    },
    {
      name: 'none for what was only pointed out',
      before: 'EXECUTING',
      change: { state: 'SUCCEEDED', noted: noted.map((one) => ({ ...one, effect: 'warns' })) },
    },
    { name: 'none without', before: 'EXECUTING', change: { state: 'SUCCEEDED' } },
  ])('is $name', ({ before, change, expected }) => {
    expect(count(before, change)).toBe(expected);
  });
});

describe('what a plan adds when it is approved', () => {
  it('is one by whom, on the day of that, and by how long after its making', () => {
    const { type, product, environment, ...plan } = ended({
      createdAt: '2026-03-01T23:00:00.000Z',
    });
    const approval = { by: 'ann', at: '2026-03-02T00:00:00.000Z' };
    expect(countsOfApproval({ type, product, environment, ...plan }, approval)).toEqual([
      {
        ...{ type, product, environment, day: '2026-03-02', amount: 1 },
        counter: `approved:${durationBucketOf(3_600_000)}:ann`,
      },
    ]);
  });
});
