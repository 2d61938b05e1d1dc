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
    });
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
