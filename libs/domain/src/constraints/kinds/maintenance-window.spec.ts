import { describe, expect, it } from '@jest/globals';
import { maintenanceWindow } from './maintenance-window.js';

const SPEC = { layer: 'environment', cron: '0 2 * * SAT', durationHours: 4 };

describe('a stored maintenance window', () => {
  it.each([1, 240, 44_640])('may demand that %s minutes are left', (mustFitMinutes) => {
    expect(maintenanceWindow.compile({ ...SPEC, mustFitMinutes }, 'w')).toMatchObject({
      ok: true,
      value: { mustFitMinutes },
    });
  });

  it.each([0, -1, 1.5, 44_641, '60', null])('refuses mustFitMinutes %p', (mustFitMinutes) => {
    expect(maintenanceWindow.compile({ ...SPEC, mustFitMinutes }, 'w')).toEqual({
      ok: false,
      error: {
        field: 'mustFitMinutes',
        detail: `mustFitMinutes is ${JSON.stringify(mustFitMinutes)}; accepted are whole minutes from 1 to 44640`,
      },
    });
  });
});
