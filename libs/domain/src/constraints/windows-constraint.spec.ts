import { describe, expect, it } from '@jest/globals';
import { WindowSchedule } from '../schedules/window-schedule.js';
import { aMaintenanceWindow, aSuppressionWindow, somePlanFacts } from '../testing.js';
import { windowsConstraint } from './windows-constraint.js';

// 10 January 2026 is a Saturday; the window is open from 02:00 to 06:00 then.
const SATURDAYS = aMaintenanceWindow({ name: 'saturdays' });
const FREEZE = aSuppressionWindow({
  name: 'stocktaking',
  reason: 'Stocktaking',
  start: '2026-01-09T00:00:00Z',
  end: '2026-01-10T04:00:00Z',
});

function at(now: string, constraint = windowsConstraint(schedule())) {
  return constraint.evaluate(somePlanFacts({ now: new Date(now) }));
}

function schedule(): WindowSchedule {
  return new WindowSchedule({ windows: [SATURDAYS], suppressions: [FREEZE] });
}

describe('the windows of a plan', () => {
  it('name every reason that shuts them, each with the instant at which it ends', () => {
    const recheckAt = '2026-01-10T04:00:00.000Z';
    expect(at('2026-01-09T12:00:00Z')).toEqual({
      satisfied: false,
      violations: [
        {
          code: 'suppression_window',
          message: `changes are suppressed until ${recheckAt}: Stocktaking`,
          data: {
            name: 'stocktaking',
            until: recheckAt,
            nextOpen: recheckAt,
            reason: 'Stocktaking',
            hard: false,
          },
          recheckAt,
        },
        {
          code: 'maintenance_window',
          message:
            'the environment maintenance windows are shut; "saturdays" opens next, at 2026-01-10T02:00:00.000Z',
          data: {
            name: 'saturdays',
            until: '2026-01-10T02:00:00.000Z',
            nextOpen: recheckAt,
            layer: 'environment',
          },
          recheckAt: '2026-01-10T02:00:00.000Z',
        },
      ],
      metadata: {},
      recheckAt,
    });
  });

  it.each([
    { name: 'a millisecond before they open', now: '2026-01-10T03:59:59.999Z', satisfied: false },
    { name: 'at the instant they open', now: '2026-01-10T04:00:00.000Z', satisfied: true },
    { name: 'a millisecond before they shut', now: '2026-01-10T05:59:59.999Z', satisfied: true },
    { name: 'at the instant they shut', now: '2026-01-10T06:00:00.000Z', satisfied: false },
  ])('are satisfied=$satisfied $name', ({ now, satisfied }) => {
    expect(at(now).satisfied).toBe(satisfied);
  });

  it('say while open when they shut', () => {
    expect(at('2026-01-10T05:00:00Z')).toEqual({
      satisfied: true,
      violations: [],
      metadata: {},
      recheckAt: '2026-01-10T06:00:00.000Z',
      windowEnd: '2026-01-10T06:00:00.000Z',
    });
  });

  describe('that must be open for 90 minutes more', () => {
    const short = aMaintenanceWindow({ name: 'mondays', cron: '0 2 * * MON', durationMinutes: 60 });
    const constraint = windowsConstraint(
      new WindowSchedule({ windows: [SATURDAYS, short], suppressions: [] }),
      90,
    );

    it.each([
      { name: 'exactly so much is left', now: '2026-01-10T04:30:00.000Z', satisfied: true },
      { name: 'a millisecond less is left', now: '2026-01-10T04:30:00.001Z', satisfied: false },
    ])('are satisfied=$satisfied when $name', ({ now, satisfied }) => {
      expect(at(now, constraint).satisfied).toBe(satisfied);
    });

    it('say when too little will be left: a millisecond after exactly so much is', () => {
      expect(at('2026-01-10T03:00:00.000Z', constraint).windowEnd).toBe('2026-01-10T04:30:00.001Z');
    });

    it('name the numbers and the next opening that is long enough', () => {
      expect(at('2026-01-10T05:00:00Z', constraint)).toEqual({
        satisfied: false,
        violations: [
          {
            code: 'window_too_short',
            message:
              'the window closes at 2026-01-10T06:00:00.000Z: 60 minutes are left and 90 are needed; it waits for an opening that is long enough',
            data: {
              mustFitMinutes: 90,
              remainingMinutes: 60,
              openUntil: '2026-01-10T06:00:00.000Z',
              nextOpen: '2026-01-17T02:00:00.000Z',
            },
            recheckAt: '2026-01-17T02:00:00.000Z',
          },
        ],
        metadata: {},
        recheckAt: '2026-01-17T02:00:00.000Z',
      });
    });

    it('pass over an opening that is too short while they are shut', () => {
      expect(at('2026-01-11T12:00:00Z', constraint).recheckAt).toBe('2026-01-17T02:00:00.000Z');
    });

    it('promise nothing where no opening is ever long enough', () => {
      const never = windowsConstraint(
        new WindowSchedule({ windows: [short], suppressions: [] }),
        90,
      );
      expect(at('2026-01-11T12:00:00Z', never)).not.toHaveProperty('recheckAt');
    });
  });

  describe('that are all too short for what must fit', () => {
    const nightly = aMaintenanceWindow({ name: 'nightly', cron: '0 2 * * *', durationMinutes: 60 });
    const never = windowsConstraint(
      new WindowSchedule({ windows: [nightly], suppressions: [] }),
      61,
    );

    it.each([
      {
        name: 'shut',
        now: '2026-01-09T12:00:00Z',
        code: 'maintenance_window',
        message:
          'the environment maintenance windows are shut; "nightly" opens next, at 2026-01-10T02:00:00.000Z; no opening within 400 days lasts the 61 minutes that are needed; lower mustFitMinutes or lengthen a window',
      },
      {
        name: 'open',
        now: '2026-01-09T02:00:00Z',
        code: 'window_too_short',
        message: expect.stringContaining('no opening within 400 days lasts the 61 minutes'),
      },
    ])('say so while $name, and promise no instant', ({ now, code, message }) => {
      const { violations, ...result } = at(now, never);
      expect(result).toEqual({ satisfied: false, metadata: {} });
      expect(violations).toEqual([
        { code, message, data: expect.objectContaining({ nextOpen: null }) },
      ]);
    });

    it('name the first that is long enough, not the next', () => {
      const windows = [nightly, aMaintenanceWindow({ name: 'saturdays' })];
      const constraint = windowsConstraint(new WindowSchedule({ windows, suppressions: [] }), 61);
      expect(at('2026-01-08T12:00:00Z', constraint).violations).toMatchObject([
        {
          message: expect.stringContaining(
            'opens next, at 2026-01-09T02:00:00.000Z; the first opening that lasts the 61 minutes that are needed is at 2026-01-10T02:00:00.000Z',
          ),
          recheckAt: '2026-01-10T02:00:00.000Z',
        },
      ]);
    });
  });

  it('are looked at again where looking ahead ended, for what opens and shuts all the time', () => {
    const timing = { cron: '*/2 * * * *', durationMinutes: 1 };
    const windows = [aMaintenanceWindow(timing)];
    const suppressions = [aSuppressionWindow(timing)];
    const { violations, recheckAt } = at(
      '2026-01-05T09:00:00Z',
      windowsConstraint(new WindowSchedule({ windows, suppressions })),
    );
    expect(recheckAt).toBe('2026-02-01T00:00:00.000Z');
    expect(violations[0]?.message).toContain(
      'no opening was found before 2026-02-01T00:00:00.000Z',
    );
  });

  it('promise no instant where none comes within 400 days', () => {
    const leapDay = aMaintenanceWindow({ name: 'leap day', cron: '0 2 29 2 *' });
    const constraint = windowsConstraint(
      new WindowSchedule({ windows: [leapDay], suppressions: [] }),
    );
    const { violations, ...result } = at('2026-01-05T09:00:00Z', constraint);
    expect(result).toEqual({ satisfied: false, metadata: {} });
    expect(violations).toEqual([
      {
        code: 'maintenance_window',
        message:
          'the environment maintenance windows are shut and none opens within 400 days; change one or add one',
        data: { name: null, until: null, nextOpen: null, layer: 'environment' },
      },
    ]);
  });
});
