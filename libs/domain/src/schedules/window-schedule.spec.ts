import { describe, expect, it } from '@jest/globals';
import { aMaintenanceWindow, aSuppressionWindow } from '../testing.js';
import { EDGES_AHEAD_MAX } from './look-ahead.js';
import type { WindowFields } from './window-fields.js';
import { evaluateWindows, WindowSchedule } from './window-schedule.js';

interface Given {
  readonly windows?: readonly WindowFields[];
  readonly suppressions?: readonly WindowFields[];
}

function scheduleOf({ windows = [], suppressions = [] }: Given): WindowSchedule {
  return new WindowSchedule({
    windows: windows.map(aMaintenanceWindow),
    suppressions: suppressions.map(aSuppressionWindow),
  });
}

/** Without `because`. */
function stateAt(given: Given, at: string): object {
  const { because: _, ...state } = scheduleOf(given).evaluate(new Date(at));
  return state;
}

// 7 March 2026 is a Saturday.
const SATURDAY = {
  name: 'weekly',
  cron: '0 2 * * 6',
  durationHours: 4,
  durationMinutes: undefined,
};
const NIGHTLY = { name: 'nightly', cron: '0 1 * * *', durationMinutes: 120 };
const FREEZE = { start: '2026-03-07T03:00:00Z', end: '2026-03-07T05:00:00Z' };

describe('one maintenance window', () => {
  const open = { open: true, openUntil: '2026-03-07T06:00:00.000Z' };
  const shut = {
    open: false,
    nextOpen: '2026-03-07T02:00:00.000Z',
    nextClose: '2026-03-07T06:00:00.000Z',
  };
  const shutAgain = {
    open: false,
    nextOpen: '2026-03-14T02:00:00.000Z',
    nextClose: '2026-03-14T06:00:00.000Z',
  };

  it.each([
    { name: 'shut a millisecond before it starts', at: '2026-03-07T01:59:59.999Z', expected: shut },
    { name: 'open at the instant it starts', at: '2026-03-07T02:00:00.000Z', expected: open },
    { name: 'open a millisecond later', at: '2026-03-07T02:00:00.001Z', expected: open },
    { name: 'open a millisecond before it ends', at: '2026-03-07T05:59:59.999Z', expected: open },
    { name: 'shut at the instant it ends', at: '2026-03-07T06:00:00.000Z', expected: shutAgain },
    { name: 'shut a millisecond later', at: '2026-03-07T06:00:00.001Z', expected: shutAgain },
  ])('is $name', ({ at, expected }) => {
    expect(stateAt({ windows: [SATURDAY] }, at)).toEqual(expected);
  });

  it('stays open for 31 days of elapsed time', () => {
    const month = { cron: '0 0 1 1 *', durationMinutes: 31 * 1440, timezone: 'Asia/Kolkata' };
    const at = '2026-01-31T18:29:59.999Z';
    expect(stateAt({ windows: [month] }, at)).toEqual({
      open: true,
      openUntil: '2026-01-31T18:30:00.000Z',
    });
  });

  it('that starts again before it ends is open without end', () => {
    const always = { cron: '0 0 * * *', durationMinutes: 1440 };
    expect(stateAt({ windows: [always] }, '2026-03-07T01:00:00Z')).toEqual({ open: true });
  });
});

describe('several windows', () => {
  it.each([
    {
      name: 'of one layer: open if either is, and overlapping ones are one opening',
      windows: [SATURDAY, NIGHTLY],
      at: '2026-03-07T01:30:00Z',
      expected: { open: true, openUntil: '2026-03-07T06:00:00.000Z' },
    },
    {
      name: 'of one layer that adjoin are one opening',
      windows: [NIGHTLY, { cron: '0 3 * * *', durationMinutes: 60 }],
      at: '2026-03-07T00:00:00Z',
      expected: {
        open: false,
        nextOpen: '2026-03-07T01:00:00.000Z',
        nextClose: '2026-03-07T04:00:00.000Z',
      },
    },
    {
      name: 'of one layer that miss each other by a minute are two',
      windows: [NIGHTLY, { cron: '1 3 * * *', durationMinutes: 60 }],
      at: '2026-03-07T01:00:00Z',
      expected: { open: true, openUntil: '2026-03-07T03:00:00.000Z' },
    },
    {
      name: 'of two layers: open only while both are',
      windows: [SATURDAY, { ...NIGHTLY, layer: 'product' }],
      at: '2026-03-07T00:00:00Z',
      expected: {
        open: false,
        nextOpen: '2026-03-07T02:00:00.000Z',
        nextClose: '2026-03-07T03:00:00.000Z',
      },
    },
    {
      name: 'of two layers: shut while one is',
      windows: [SATURDAY, { ...NIGHTLY, layer: 'global' }],
      at: '2026-03-07T03:00:00Z',
      expected: {
        open: false,
        nextOpen: '2026-03-14T02:00:00.000Z',
        nextClose: '2026-03-14T03:00:00.000Z',
      },
    },
    {
      name: 'of layers that are never open together: no next opening',
      windows: [
        { cron: '*/30 * * * *', durationMinutes: 15 },
        { cron: '15,45 * * * *', durationMinutes: 15, layer: 'global' },
      ],
      at: '2026-03-07T00:00:00Z',
      expected: { open: false },
    },
    {
      name: 'if there are none: open',
      windows: [],
      at: '2026-03-07T00:00:00Z',
      expected: { open: true },
    },
  ])('$name', ({ windows, at, expected }) => {
    expect(stateAt({ windows }, at)).toEqual(expected);
  });
});

describe('a suppression', () => {
  it.each([
    {
      name: 'ends an opening early',
      suppressions: [FREEZE],
      at: '2026-03-07T02:00:00Z',
      expected: { open: true, openUntil: '2026-03-07T03:00:00.000Z' },
    },
    {
      name: 'shuts an open window at its first instant',
      suppressions: [FREEZE],
      at: '2026-03-07T03:00:00Z',
      expected: {
        open: false,
        nextOpen: '2026-03-07T05:00:00.000Z',
        nextClose: '2026-03-07T06:00:00.000Z',
      },
    },
    {
      name: 'lets go at its last instant',
      suppressions: [FREEZE],
      at: '2026-03-07T05:00:00Z',
      expected: { open: true, openUntil: '2026-03-07T06:00:00.000Z' },
    },
    {
      name: 'that adjoins another leaves nothing open between them',
      suppressions: [FREEZE, { start: '2026-03-07T05:00:00Z', end: '2026-03-07T05:30:00Z' }],
      at: '2026-03-07T04:00:00Z',
      expected: {
        open: false,
        nextOpen: '2026-03-07T05:30:00.000Z',
        nextClose: '2026-03-07T06:00:00.000Z',
      },
    },
    {
      name: 'over a whole opening moves the next to a week later',
      suppressions: [{ start: '2026-03-07T00:00:00Z', end: '2026-03-08T00:00:00Z' }],
      at: '2026-03-07T00:00:00Z',
      expected: {
        open: false,
        nextOpen: '2026-03-14T02:00:00.000Z',
        nextClose: '2026-03-14T06:00:00.000Z',
      },
    },
    {
      name: 'that recurs shuts every opening that it covers',
      suppressions: [{ cron: '0 0 1-7 * *', durationMinutes: 1440 }],
      at: '2026-03-07T02:00:00Z',
      expected: {
        open: false,
        nextOpen: '2026-03-14T02:00:00.000Z',
        nextClose: '2026-03-14T06:00:00.000Z',
      },
    },
  ])('$name', ({ suppressions, at, expected }) => {
    expect(stateAt({ windows: [SATURDAY], suppressions }, at)).toEqual(expected);
  });
});

describe('the horizon of 400 days', () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const freezeUntil = (end: string) =>
    scheduleOf({ suppressions: [{ start: '2026-01-01T00:00:00Z', end }] });

  it('shows what is exactly that far away', () => {
    const { nextOpen } = freezeUntil('2027-02-05T00:00:00Z').evaluate(at);
    expect(nextOpen).toBe('2027-02-05T00:00:00.000Z');
  });

  it('hides what is a millisecond further, and shows it a millisecond later', () => {
    const schedule = freezeUntil('2027-02-05T00:00:00.001Z');
    expect(schedule.evaluate(at)).toEqual({
      open: false,
      because: [
        {
          kind: 'suppression_window',
          reason: 'Holiday freeze',
          hard: false,
          message: 'changes are suppressed until 2027-02-05T00:00:00.001Z: Holiday freeze',
        },
      ],
    });
    expect(schedule.evaluate(new Date(at.getTime() + 1))).toMatchObject({
      nextOpen: '2027-02-05T00:00:00.001Z',
      because: [{ until: '2027-02-05T00:00:00.001Z' }],
    });
  });

  it('hides the end of an opening that begins within it', () => {
    const schedule = scheduleOf({ suppressions: [FREEZE] });
    const { because: _, ...state } = schedule.evaluate(new Date('2026-03-07T04:00:00Z'));
    expect(state).toEqual({ open: false, nextOpen: '2026-03-07T05:00:00.000Z' });
  });

  it('hides a leap day that is two years away', () => {
    const leapDay = { cron: '0 0 29 2 *', durationMinutes: 60 };
    expect(stateAt({ windows: [leapDay] }, '2026-03-07T00:00:00Z')).toEqual({ open: false });
  });
});

describe('the reasons', () => {
  it('name every suppression and every shut layer, with what each waits for', () => {
    const schedule = scheduleOf({
      windows: [
        SATURDAY,
        NIGHTLY,
        { ...SATURDAY, name: 'weekly-late', layer: 'product', cron: '0 4 * * 6' },
      ],
      suppressions: [
        { ...FREEZE, name: 'quarter-end', reason: 'the books are closed' },
        {
          start: '2026-03-07T00:00:00Z',
          end: '2026-03-07T03:45:00Z',
          reason: 'incident 7',
          hard: true,
        },
        { start: '2026-03-08T00:00:00Z', end: '2026-03-09T00:00:00Z', reason: 'not yet' },
      ],
    });
    expect(schedule.evaluate(new Date('2026-03-07T03:30:00Z')).because).toEqual([
      {
        kind: 'suppression_window',
        reason: 'incident 7',
        hard: true,
        message:
          'all changes, rollbacks too, are suppressed until 2026-03-07T03:45:00.000Z: incident 7',
        until: '2026-03-07T03:45:00.000Z',
      },
      {
        kind: 'suppression_window',
        name: 'quarter-end',
        reason: 'the books are closed',
        hard: false,
        message: 'changes are suppressed until 2026-03-07T05:00:00.000Z: the books are closed',
        until: '2026-03-07T05:00:00.000Z',
      },
      {
        kind: 'maintenance_window',
        layer: 'product',
        name: 'weekly-late',
        message:
          'the product maintenance windows are shut; "weekly-late" opens next, at 2026-03-07T04:00:00.000Z',
        until: '2026-03-07T04:00:00.000Z',
      },
    ]);
  });

  it('say that windows are never open together, and what to do, where that is so', () => {
    const schedule = scheduleOf({
      windows: [SATURDAY, { ...SATURDAY, name: 'sundays', layer: 'global', cron: '0 3 * * 0' }],
    });
    const answer = schedule.evaluate(new Date('2026-03-06T12:00:00Z'));
    expect(answer).not.toHaveProperty('nextOpen');
    expect(answer.because.map(({ message }) => message)).toEqual([
      'the environment maintenance windows are shut; "weekly" opens next, at 2026-03-07T02:00:00.000Z; what is open then is shut by something else, and nothing lets plans through within 400 days: change a window or a suppression',
      'the global maintenance windows are shut; "sundays" opens next, at 2026-03-08T03:00:00.000Z; what is open then is shut by something else, and nothing lets plans through within 400 days: change a window or a suppression',
    ]);
  });

  it('name what shuts the way again when the last of them has ended', () => {
    const schedule = scheduleOf({
      windows: [SATURDAY],
      suppressions: [
        {
          name: 'nightly backups',
          cron: '0 1 * * *',
          durationHours: 2,
          reason: 'Backups run',
        },
      ],
    });
    const answer = schedule.evaluate(new Date('2026-03-06T12:00:00Z'));
    expect(answer).toMatchObject({ nextOpen: '2026-03-07T03:00:00.000Z' });
    expect(answer.because.map(({ message }) => message)).toEqual([
      'the environment maintenance windows are shut; "weekly" opens next, at 2026-03-07T02:00:00.000Z; then it is still shut (changes are suppressed: Backups run), and all is open together at 2026-03-07T03:00:00.000Z',
    ]);
  });

  it('name all that shuts the way again in one order, however they are kept', () => {
    const backups = { cron: '0 1 * * *', durationHours: 2 };
    const suppressions = [
      { ...backups, name: 'nightly', reason: 'Nightly' },
      { ...backups, name: 'archive', reason: 'Archive' },
    ];
    for (const kept of [suppressions, suppressions.toReversed()]) {
      const schedule = scheduleOf({ windows: [SATURDAY], suppressions: kept });
      const { because } = schedule.evaluate(new Date('2026-03-06T12:00:00Z'));
      expect(because[0]?.message).toContain(
        'then it is still shut (changes are suppressed: Archive; changes are suppressed: Nightly), and',
      );
    }
  });

  it('of an opening are the windows that are open', () => {
    const schedule = scheduleOf({ windows: [SATURDAY, { ...NIGHTLY, name: undefined }] });
    expect(schedule.evaluate(new Date('2026-03-07T02:30:00Z')).because).toEqual([
      {
        kind: 'maintenance_window',
        layer: 'environment',
        name: 'weekly',
        message: 'the environment window "weekly" is open until 2026-03-07T06:00:00.000Z',
        until: '2026-03-07T06:00:00.000Z',
      },
      {
        kind: 'maintenance_window',
        layer: 'environment',
        message: 'the environment window 0 1 * * * UTC is open until 2026-03-07T03:00:00.000Z',
        until: '2026-03-07T03:00:00.000Z',
      },
    ]);
  });

  it('follow each edge although the answer stays shut', () => {
    const schedule = scheduleOf({ windows: [SATURDAY], suppressions: [FREEZE] });
    const kindsAt = (at: string) => schedule.evaluate(new Date(at)).because.map(({ kind }) => kind);
    expect(kindsAt('2026-03-07T01:59:59.999Z')).toEqual(['maintenance_window']);
    expect(kindsAt('2026-03-07T03:00:00.000Z')).toEqual(['suppression_window']);
    expect(kindsAt('2026-03-07T06:00:00.000Z')).toEqual(['maintenance_window']);
  });

  it('say so if nothing opens within the horizon', () => {
    const schedule = scheduleOf({ windows: [{ cron: '0 0 29 2 *', durationMinutes: 60 }] });
    expect(schedule.evaluate(new Date('2026-03-07T00:00:00Z')).because).toEqual([
      {
        kind: 'maintenance_window',
        layer: 'environment',
        message:
          'the environment maintenance windows are shut and none opens within 400 days; change one or add one',
      },
    ]);
  });
});

describe('the work of a schedule', () => {
  it('is one computation an edge for a million checks over a year', () => {
    const schedule = scheduleOf({
      windows: [
        { ...NIGHTLY, timezone: 'America/New_York' },
        {
          cron: '0 4 * * MON-FRI',
          durationMinutes: 480,
          timezone: 'Europe/London',
          layer: 'product',
        },
      ],
      suppressions: [{ cron: '0 0 25 12 *', durationMinutes: 2880, timezone: 'Asia/Kolkata' }],
    });
    const start = Date.UTC(2026, 0, 1);
    const checks = 1_000_000;
    const step = (365 * 86_400_000) / checks;
    let open = 0;
    for (let check = 0; check < checks; check += 1) {
      if (schedule.evaluate(new Date(start + check * step)).open) open += 1;
    }
    const edgesCrossed = 2 * (365 + 261 + 1);
    expect(schedule.edgesComputed).toBeGreaterThanOrEqual(edgesCrossed);
    expect(schedule.edgesComputed).toBeLessThanOrEqual(edgesCrossed + 8);
    // Two hours on each of 261 weekdays, without Christmas.
    expect(Math.round((open * step) / 3_600_000)).toBe(520);
  });

  it.each([
    { count: 1, until: '2026-04-03T00:00:00.000Z', edgesMax: EDGES_AHEAD_MAX + 2 * 1440 },
    // Those of today and tomorrow, and of the days that they end in elsewhere.
    { count: 20, until: '2026-03-09T00:00:00.000Z', edgesMax: 4 * 40 * 1440 },
  ])('is bounded for $count that open and shut every minute', ({ count, until, edgesMax }) => {
    const zones = ['UTC', 'Europe/London', 'Asia/Kolkata', 'America/New_York', 'Asia/Tokyo'];
    const each = Array.from({ length: count }, (_, index) => ({
      ...{ cron: '*/2 * * * *', durationMinutes: 1 },
      timezone: zones[index % zones.length],
    }));
    const schedule = scheduleOf({ windows: each, suppressions: each });
    const { because, ...answer } = schedule.evaluate(new Date('2026-03-07T00:00:00Z'));
    expect(answer).toEqual({ open: false, searchedUntil: until });
    expect(because[0]?.message).toContain(`no opening was found before ${until}`);
    expect(schedule.edgesComputed).toBeLessThanOrEqual(edgesMax);
  });

  it('is shared by schedules that have a window in common', () => {
    const window = aMaintenanceWindow(NIGHTLY);
    const at = new Date('2026-03-07T00:00:00Z');
    const [first, second] = [0, 1].map(
      () => new WindowSchedule({ windows: [window], suppressions: [] }),
    );
    first?.evaluate(at);
    const before = first?.edgesComputed;
    second?.evaluate(at);
    expect(second?.edgesComputed).toBe(before);
  });

  it('refuses to answer for no instant', () => {
    expect(() => evaluateWindows({ windows: [], suppressions: [] }, new Date(NaN))).toThrow(
      'no instant',
    );
  });
});
