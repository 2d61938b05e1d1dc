import { describe, expect, it } from '@jest/globals';
import { doraFigures, type DoraFigures } from './dora-figures.js';
import type { DoraRow } from './dora-row.js';

const DAYS = { from: '2026-03-01', to: '2026-03-11' };
const LATER = new Date('2026-06-01T00:00:00.000Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An hour of the first day; beyond 24, of those that follow. */
function hour(hours: number): string {
  return new Date(Date.parse('2026-03-01T00:00:00.000Z') + hours * HOUR_MS).toISOString();
}

/** It was asked for in an hour and completed half an hour later. */
function completed(id: string, at: number, change: Partial<DoraRow> = {}): DoraRow {
  return {
    ...{ id, service: 'aria', environment: 'prod', kind: 'promote', status: 'completed' },
    ...{ toVersion: id, sameVersion: false, effect: 'changed' },
    ...{ askedAt: hour(at), reachedAt: hour(at), endedAt: hour(at + 0.5) },
    registeredAt: hour(at - 10),
    ...change,
  };
}

/** It broke a quarter of an hour after it was asked for, and was taken back another quarter later. */
function wentBack(id: string, at: number, change: Partial<DoraRow> = {}): DoraRow {
  const broke = { at: hour(at + 0.25), by: 'plan_failed' } as const;
  return completed(id, at, { status: 'rolled_back', broke, ...change });
}

function rollback(toVersion: string, at: number, change: Partial<DoraRow> = {}): DoraRow {
  return completed(`back to ${toVersion} at ${at}`, at, { kind: 'rollback', toVersion, ...change });
}

function hotfix(id: string, at: number, change: Partial<DoraRow> = {}): DoraRow {
  return completed(id, at, { kind: 'hotfix', ...change });
}

function figuresOf(rows: readonly DoraRow[], now = LATER): DoraFigures {
  // The order in which they are read decides nothing.
  const [figures, ...others] = doraFigures(rows.toReversed(), DAYS, now);
  expect(others).toEqual([]);
  if (figures === undefined) throw new Error('there is no figure');
  return figures;
}

describe('which deployments failed', () => {
  const CASES: { name: string; rows: readonly DoraRow[]; failed: string[]; of: number }[] = [
    { name: 'none that all went well', rows: [completed('1', 1)], failed: [], of: 1 },
    {
      name: 'one that went back by itself',
      rows: [completed('1', 1), wentBack('2', 2)],
      failed: ['2'],
      of: 2,
    },
    {
      name: 'the target of a rollback, which is no deployment of its own',
      rows: [completed('1', 1), completed('2', 2), rollback('1', 3)],
      failed: ['2'],
      of: 2,
    },
    {
      name: 'what a hotfix follows; the hotfix counts as a deployment',
      rows: [completed('1', 1), completed('2', 2), hotfix('3', 3)],
      failed: ['2'],
      of: 3,
    },
    {
      name: 'one, however many incidents it had',
      rows: [
        completed('1', 1),
        completed('2', 2),
        rollback('1', 3, { status: 'failed' }),
        rollback('1', 4),
      ],
      failed: ['2'],
      of: 2,
    },
    {
      name: 'one that two hotfixes follow, of which the first failed itself',
      rows: [completed('1', 1), wentBack('2', 2, { kind: 'hotfix' }), hotfix('3', 3)],
      failed: ['2', '1'],
      of: 3,
    },
    {
      name: 'after a rollback what it went back to, when that is rolled back as well',
      rows: [
        completed('1', 1),
        completed('2', 2),
        completed('3', 3),
        rollback('2', 4),
        rollback('1', 5),
      ],
      failed: ['3', '2'],
      of: 3,
    },
    {
      name: 'what ran before one that went back by itself, when that is rolled back',
      rows: [completed('1', 1), completed('2', 2), wentBack('3', 3), rollback('1', 4)],
      failed: ['3', '2'],
      of: 3,
    },
    {
      name: 'what ran when a hotfix was asked for, not what was waiting then',
      rows: [
        completed('1', 1),
        completed('2', 2, { reachedAt: hour(5), endedAt: hour(6) }),
        hotfix('3', 3, { reachedAt: hour(6), endedAt: hour(7) }),
      ],
      failed: ['1'],
      of: 3,
    },
    {
      name: 'none by a rollback that was given up before it touched anything',
      rows: [completed('1', 1), rollback('0', 2, { status: 'failed', effect: 'aborted' })],
      failed: [],
      of: 1,
    },
    {
      name: 'one by a rollback 24 hours after its end',
      rows: [completed('1', 1), rollback('0', 25.5)],
      failed: ['1'],
      of: 1,
    },
    {
      name: 'none by a rollback later than that',
      rows: [completed('1', 1), rollback('0', 25.6)],
      failed: [],
      of: 1,
    },
    {
      name: 'none of before a rollback beyond all that is known',
      rows: [completed('1', 1), completed('2', 2), rollback('0', 3), rollback('00', 4)],
      failed: ['2'],
      of: 2,
    },
    {
      name: 'one of the range by a rollback after it',
      rows: [completed('1', 239), rollback('0', 241)],
      failed: ['1'],
      of: 1,
    },
  ];
  it.each(CASES)('$name', ({ rows, failed, of }) => {
    const { failRate } = figuresOf(rows);
    expect(failRate).toEqual({ rate: failed.length / of, of, ids: failed });
  });

  it('is provisional for 24 hours after the last one that may still fail', () => {
    const rows = [completed('1', 1), completed('2', 10), wentBack('3', 20)];
    const rate = { rate: 1 / 3, of: 3, ids: ['3'] };
    expect(figuresOf(rows, new Date(hour(30))).failRate).toEqual({
      ...rate,
      provisionalUntil: hour(34.5),
    });
    expect(figuresOf(rows, new Date(hour(34.5))).failRate).toEqual(rate);
  });
});

describe('deployments that do not count', () => {
  const rows = [
    completed('same', 1, { effect: 'no_change' }),
    completed('drift', 2, { effect: 'drift_repair' }),
    completed('rejected', 3, { status: 'failed', effect: 'aborted' }),
    completed('superseded', 4, { status: 'failed', effect: 'aborted' }),
    rollback('0', 5),
    (({ endedAt: _, ...row }) => row)(completed('now', 6, { status: 'deploying' })),
  ];

  it('are counted apart by why, and leave no data', () => {
    const none = { medianMs: null, p90Ms: null, intervals: [] };
    const share = { rate: null, of: 0, ids: [] };
    expect(figuresOf(rows)).toEqual({
      ...{ service: 'aria', environment: 'prod' },
      leadTime: { ...none, unknown: 0 },
      frequency: { perDay: null, ids: [] },
      failRate: share,
      recovery: { ...none, open: [] },
      rework: share,
      excluded: { under_way: 1, aborted: 2, no_change: 1, drift_repair: 1, rollback: 1 },
    });
  });

  it('change nothing of those that do', () => {
    const { failRate, frequency, rework } = figuresOf([...rows, completed('1', 0)]);
    expect(failRate).toEqual({ rate: 1, of: 1, ids: ['1'] });
    expect(frequency).toEqual({ perDay: 0.1, ids: ['1'] });
    expect(rework).toEqual({ rate: 0, of: 1, ids: [] });
  });
});

describe('the figures of deployments', () => {
  it('are of each service in each environment by itself', () => {
    const rows = [
      completed('1', 1),
      completed('2', 2, { environment: 'eu' }),
      wentBack('3', 3, { service: 'web' }),
    ];
    const found = doraFigures(rows, DAYS, LATER).map(({ service, environment, failRate }) => [
      ...[service, environment],
      failRate.rate,
    ]);
    expect(found).toEqual([
      ['aria', 'eu', 0],
      ['aria', 'prod', 0],
      ['web', 'prod', 1],
    ]);
  });

  it('are of nothing where nothing was asked for on these days', () => {
    expect(doraFigures([], DAYS, LATER)).toEqual([]);
    expect(doraFigures([completed('later', 240)], DAYS, LATER)).toEqual([]);
  });

  it('count how many there are a day, of the days that have begun', () => {
    const rows = [completed('1', 1), completed('2', 2), wentBack('3', 3)];
    const ids = ['3', '2', '1'];
    expect(figuresOf(rows).frequency).toEqual({ perDay: 0.3, ids });
    expect(figuresOf(rows, new Date(hour(25))).frequency).toEqual({ perDay: 1.5, ids });
  });

  it('take the lead time from the registration to the end of what completed, the first time', () => {
    const rows = [
      completed('1', 11, { registeredAt: hour(1) }),
      completed('2', 12, { registeredAt: hour(2.5) }),
      completed('3', 13, { registeredAt: hour(12.5) }),
      completed('2 again', 14, { toVersion: '2', registeredAt: hour(2.5) }),
      completed('values', 15, { sameVersion: true }),
      wentBack('5', 16),
      (({ registeredAt: _, ...row }) => row)(completed('6', 17)),
    ];
    const { leadTime } = figuresOf(rows);
    const begins = 'release_registered';
    expect(leadTime).toEqual({
      medianMs: 10 * HOUR_MS,
      p90Ms: 10.5 * HOUR_MS,
      unknown: 1,
      intervals: expect.arrayContaining([
        { deployment: '1', from: hour(1), to: hour(11.5), begins },
        { deployment: '2', from: hour(2.5), to: hour(12.5), begins },
        { deployment: '3', from: hour(12.5), to: hour(13.5), begins },
      ]),
    });
    expect(leadTime.intervals).toHaveLength(3);
  });

  it('take the recovery from the first sign to the end of what brought health back', () => {
    const rows = [
      wentBack('1', 1),
      completed('2', 2, { status: 'failed', broke: { at: hour(2.25), by: 'unhealthy_look' } }),
      hotfix('3', 4, { status: 'failed', broke: { at: hour(4.25), by: 'unhealthy_look' } }),
      rollback('0', 5, { status: 'failed' }),
      completed('6', 6),
      rollback('0', 8),
      completed('9', 9, { status: 'failed', broke: { at: hour(9.5), by: 'deployment_ended' } }),
    ];
    expect(figuresOf(rows).recovery).toEqual({
      medianMs: 0.5 * HOUR_MS,
      p90Ms: 4.25 * HOUR_MS,
      intervals: [
        { deployment: '6', from: hour(8), to: hour(8.5), begins: 'intervention_asked' },
        { deployment: '3', from: hour(4.25), to: hour(6.5), begins: 'unhealthy_look' },
        { deployment: '2', from: hour(2.25), to: hour(6.5), begins: 'unhealthy_look' },
        { deployment: '1', from: hour(1.25), to: hour(1.5), begins: 'plan_failed' },
      ],
      open: ['9'],
    });
  });

  it('have the share of hotfixes as rework', () => {
    const rows = [completed('1', 1), hotfix('2', 50), completed('3', 100), completed('4', 150)];
    expect(figuresOf(rows).rework).toEqual({ rate: 0.25, of: 4, ids: ['2'] });
  });

  it('follow a range for 30 days and never change afterwards', () => {
    const rows = [
      completed('1', 1, { status: 'failed', broke: { at: hour(1.25), by: 'plan_failed' } }),
      completed('slow', 2, { endedAt: hour(240 + 721) }),
      completed('long after', 240 + 721),
    ];
    const { recovery, excluded } = figuresOf(rows);
    expect(recovery.open).toEqual(['1']);
    expect(excluded).toEqual({ under_way: 1 });
  });
});
