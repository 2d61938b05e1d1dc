import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aMaintenanceWindow, aSuppressionWindow } from '../testing.js';
import type { WindowFields } from './window-fields.js';
import { WINDOW_LAYERS } from './maintenance-window.js';
import { WindowSchedule } from './window-schedule.js';

const MINUTE = 60_000;
const ZONES = ['UTC', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kolkata'];

const someTiming = fc.record({
  cron: fc.constantFrom(
    ...['0 2 * * *', '30 1 * * *', '0 */3 * * *', '15,45 * * * *', '0 2 * * 6', '30 2 1-7 * 0'],
    ...['0 0 * * MON-FRI', '*/10 1-3 * * *', '0 0 8 3,11 *', '59 23 31 12 *'],
  ),
  durationMinutes: fc.constantFrom(1, 29, 30, 60, 180, 360, 1440, 4320),
  timezone: fc.constantFrom(...ZONES),
});
const someWindow: fc.Arbitrary<WindowFields> = fc
  .tuple(someTiming, fc.constantFrom(...WINDOW_LAYERS))
  .map(([timing, layer]) => ({ ...timing, layer }));

/** Around both clock changes of 2026, or anywhere in it; on whole minutes, where edges are. */
const someInstant = fc
  .oneof(
    fc.integer({ min: 0, max: 4 * 1440 }).map((minute) => Date.UTC(2026, 2, 6) + minute * MINUTE),
    fc.integer({ min: 0, max: 4 * 1440 }).map((minute) => Date.UTC(2026, 9, 30) + minute * MINUTE),
    fc.integer({ min: 0, max: 365 * 1440 }).map((minute) => Date.UTC(2026, 0) + minute * MINUTE),
  )
  .map((at) => new Date(at));
const someSuppression: fc.Arbitrary<WindowFields> = fc.oneof(
  someTiming,
  fc.tuple(someInstant, fc.integer({ min: 1, max: 5000 })).map(([start, minutes]) => ({
    start: start.toISOString(),
    end: new Date(start.getTime() + minutes * MINUTE).toISOString(),
  })),
);
const someGiven = fc.record({
  windows: fc.array(someWindow, { maxLength: 4 }),
  suppressions: fc.array(someSuppression, { maxLength: 3 }),
});
type Given = typeof someGiven extends fc.Arbitrary<infer T> ? T : never;

function scheduleOf({ windows, suppressions }: Given): WindowSchedule {
  return new WindowSchedule({
    windows: windows.map(aMaintenanceWindow),
    suppressions: suppressions.map(aSuppressionWindow),
  });
}

function isOpen(given: Given, at: Date | number): boolean {
  return scheduleOf(given).evaluate(new Date(at)).open;
}

function fails(law: fc.IProperty<unknown>): void {
  fc.assert(law, { numRuns: 200 });
}

describe('windows', () => {
  it('never open by a suppression that is added', () => {
    fails(
      fc.property(someGiven, someSuppression, someInstant, (given, added, at) => {
        const after = { ...given, suppressions: [...given.suppressions, added] };
        if (isOpen(after, at)) expect(isOpen(given, at)).toBe(true);
      }),
    );
  });

  it('never close by a window that is added to a layer that has some', () => {
    fails(
      fc.property(someGiven, someWindow, someInstant, (given, added, at) => {
        fc.pre(given.windows.some(({ layer }) => layer === added['layer']));
        const after = { ...given, windows: [...given.windows, added] };
        if (isOpen(given, at)) expect(isOpen(after, at)).toBe(true);
      }),
    );
  });

  it('never open by a window that is added to a layer that had none', () => {
    fails(
      fc.property(someGiven, someWindow, someInstant, (given, added, at) => {
        const windows = given.windows.filter(({ layer }) => layer !== added['layer']);
        const after = { ...given, windows: [...windows, added] };
        if (isOpen(after, at)) expect(isOpen({ ...given, windows }, at)).toBe(true);
      }),
    );
  });

  it('are open exactly when every layer has an open window and nothing is suppressed', () => {
    fails(
      fc.property(someGiven, someInstant, (given, at) => {
        const alone = (part: Partial<Given>) =>
          isOpen({ windows: [], suppressions: [], ...part }, at);
        const layers = WINDOW_LAYERS.map((name) =>
          given.windows.filter(({ layer }) => layer === name),
        );
        const allowed = layers.every(
          (windows) =>
            windows.length === 0 || windows.some((window) => alone({ windows: [window] })),
        );
        const suppressed = given.suppressions.some((each) => !alone({ suppressions: [each] }));
        expect(isOpen(given, at)).toBe(allowed && !suppressed);
      }),
    );
  });

  it('give the same answer in whatever order they come', () => {
    fails(
      fc.property(someGiven, someInstant, (given, at) => {
        const reversed = {
          windows: given.windows.toReversed(),
          suppressions: given.suppressions.toReversed(),
        };
        expect(scheduleOf(reversed).evaluate(at)).toEqual(scheduleOf(given).evaluate(at));
      }),
    );
  });

  it('give the same answer whatever was asked before', () => {
    const someInstants = fc.array(someInstant, { minLength: 2, maxLength: 12 });
    fails(
      fc.property(someGiven, someInstants, (given, instants) => {
        const asked = scheduleOf(given);
        for (const at of instants) {
          expect(asked.evaluate(at)).toEqual(scheduleOf(given).evaluate(at));
        }
      }),
    );
  });

  it('keep the promises of each answer to the millisecond', () => {
    fails(
      fc.property(someGiven, someInstant, (given, at) => {
        const schedule = scheduleOf(given);
        const { open, openUntil, nextOpen, nextClose } = schedule.evaluate(at);
        for (const [edge, before] of [
          [openUntil, true],
          [nextOpen, false],
          [nextClose, true],
        ] as const) {
          if (edge === undefined) continue;
          const instant = Date.parse(edge);
          expect(instant).toBeGreaterThan(at.getTime());
          expect(isOpen(given, instant - 1)).toBe(before);
          expect(isOpen(given, instant)).toBe(!before);
        }
        expect(open ? (nextOpen ?? nextClose) : openUntil).toBeUndefined();
      }),
    );
  });

  it('stay as they are between the edges that they name', () => {
    const someShare = fc.double({ min: 0, max: 1, noNaN: true });
    fails(
      fc.property(someGiven, someInstant, someShare, (given, at, share) => {
        const { open, openUntil, nextOpen } = scheduleOf(given).evaluate(at);
        const edge = Date.parse(openUntil ?? nextOpen ?? '2027-06-01T00:00:00Z');
        const between = at.getTime() + Math.floor((edge - 1 - at.getTime()) * share);
        fc.pre(edge - at.getTime() < 400 * 1440 * MINUTE);
        expect(isOpen(given, between)).toBe(open);
      }),
    );
  });
});
