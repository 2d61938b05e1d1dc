import { describe, expect, it } from '@jest/globals';
import { parseMaintenanceWindow } from './maintenance-window.js';
import { parseSuppressionWindow } from './suppression-window.js';
import type { WindowFields } from './window-fields.js';

const WINDOW = { layer: 'environment', cron: '0 2 * * 6', durationHours: 4 };
const FREEZE = { start: '2026-12-20T00:00:00Z', end: '2027-01-02T00:00:00Z', reason: 'Holidays' };
const RECURRING = { cron: '0 2 * * 6', durationMinutes: 30, reason: 'Backups' };

interface Refused {
  readonly name: string;
  readonly change: WindowFields;
  readonly field: string;
  readonly saying: string;
}

const TIMING: readonly Refused[] = [
  { name: 'no cron expression', change: { cron: null }, field: 'cron', saying: 'cron is null' },
  {
    name: 'a bad cron expression',
    change: { cron: '0 25 * * *' },
    field: 'cron',
    saying: 'hour "25"',
  },
  {
    name: 'a date that never comes',
    change: { cron: '0 0 31 2 *' },
    field: 'cron',
    saying: 'never comes',
  },
  {
    name: 'an unknown zone',
    change: { timezone: 'Mars/Olympus' },
    field: 'timezone',
    saying: 'Mars/Olympus',
  },
  {
    name: 'an empty zone',
    change: { timezone: '' },
    field: 'timezone',
    saying: 'accepted are IANA names',
  },
  {
    name: 'a zone that is no text',
    change: { timezone: 5 },
    field: 'timezone',
    saying: 'timezone is 5',
  },
  {
    name: 'both durations',
    change: { durationHours: 4, durationMinutes: 240 },
    field: 'durationHours',
    saying: 'give one',
  },
  {
    name: 'no duration',
    change: { durationHours: undefined, durationMinutes: undefined },
    field: 'durationMinutes',
    saying: 'durationMinutes is missing',
  },
];

const MINUTES = (durationMinutes: unknown) => ({ durationHours: undefined, durationMinutes });
const HOURS = (durationHours: unknown) => ({ durationMinutes: undefined, durationHours });
const DURATIONS: readonly Refused[] = [
  { name: '0 minutes', change: MINUTES(0), field: 'durationMinutes', saying: 'from 1 to 44640' },
  { name: 'negative minutes', change: MINUTES(-5), field: 'durationMinutes', saying: 'is -5' },
  { name: 'half a minute', change: MINUTES(0.5), field: 'durationMinutes', saying: 'is 0.5' },
  {
    name: 'a minute too many',
    change: MINUTES(44_641),
    field: 'durationMinutes',
    saying: '31 days',
  },
  { name: 'minutes as text', change: MINUTES('30'), field: 'durationMinutes', saying: 'is "30"' },
  { name: 'NaN minutes', change: MINUTES(NaN), field: 'durationMinutes', saying: 'is NaN' },
  { name: 'too many hours', change: HOURS(745), field: 'durationHours', saying: 'is 745' },
  {
    name: 'hours with half a minute',
    change: HOURS(1 / 120),
    field: 'durationHours',
    saying: 'whole minutes',
  },
];

function refusalOf(
  parsed: ReturnType<typeof parseMaintenanceWindow | typeof parseSuppressionWindow>,
) {
  return parsed.ok ? { field: 'none', detail: '' } : parsed.error;
}

describe('a maintenance window', () => {
  it.each<Refused>([
    ...TIMING,
    ...DURATIONS,
    {
      name: 'a layer nobody knows',
      change: { layer: 'team' },
      field: 'layer',
      saying: 'product, environment, global',
    },
    { name: 'no layer', change: { layer: undefined }, field: 'layer', saying: 'layer is missing' },
    { name: 'a blank name', change: { name: ' ' }, field: 'name', saying: '1 to 100 characters' },
    {
      name: 'a name without end',
      change: { name: 'x'.repeat(101) },
      field: 'name',
      saying: '1 to 100',
    },
    {
      name: 'a misspelt field',
      change: { timeZone: 'UTC' },
      field: 'timeZone',
      saying: 'accepted are name, layer',
    },
  ])('is refused with $name', ({ change, field, saying }) => {
    const refusal = refusalOf(parseMaintenanceWindow({ ...WINDOW, ...change }));
    expect(refusal.field).toBe(field);
    expect(refusal.detail).toContain(saying);
  });

  it.each([
    { name: '1 minute', change: MINUTES(1) },
    { name: '31 days in minutes', change: MINUTES(44_640) },
    { name: '31 days in hours', change: HOURS(744) },
    { name: 'one and a half hours', change: HOURS(1.5) },
  ])('may last $name', ({ change }) => {
    expect(parseMaintenanceWindow({ ...WINDOW, ...change }).ok).toBe(true);
  });
});

describe('a suppression', () => {
  it.each<Refused>([
    {
      name: 'no reason',
      change: { reason: undefined },
      field: 'reason',
      saying: 'reason is missing',
    },
    {
      name: 'a blank reason',
      change: { reason: '  ' },
      field: 'reason',
      saying: '1 to 500 characters',
    },
    {
      name: 'a reason without end',
      change: { reason: 'x'.repeat(501) },
      field: 'reason',
      saying: '1 to 500',
    },
    {
      name: 'a hardness of another kind',
      change: { hard: 'yes' },
      field: 'hard',
      saying: 'true and false',
    },
    { name: 'no start', change: { start: undefined }, field: 'start', saying: 'start is missing' },
    {
      name: 'a start that is no instant',
      change: { start: 'tomorrow' },
      field: 'start',
      saying: '"tomorrow"',
    },
    {
      name: 'a start without a zone',
      change: { start: '2026-12-20T00:00:00' },
      field: 'start',
      saying: 'RFC 3339',
    },
    {
      name: 'a day that does not exist',
      change: { start: '2026-02-30T00:00:00Z' },
      field: 'start',
      saying: '2026-02-30',
    },
    { name: 'no end', change: { end: undefined }, field: 'end', saying: 'end is missing' },
    {
      name: 'an end at its start',
      change: { end: FREEZE.start },
      field: 'end',
      saying: 'not after start',
    },
    {
      name: 'an end before its start',
      change: { end: '2026-12-19T23:59:59Z' },
      field: 'end',
      saying: 'not after start',
    },
    {
      name: 'a duration beside an end',
      change: { durationMinutes: 5 },
      field: 'durationMinutes',
      saying: 'not a field here',
    },
    {
      name: 'a cron expression beside an end',
      change: { cron: '0 2 * * *' },
      field: 'start',
      saying: 'not a field here',
    },
  ])('once is refused with $name', ({ change, field, saying }) => {
    const refusal = refusalOf(parseSuppressionWindow({ ...FREEZE, ...change }));
    expect(refusal.field).toBe(field);
    expect(refusal.detail).toContain(saying);
  });

  it.each<Refused>([...TIMING, ...DURATIONS])(
    'that recurs is refused with $name',
    ({ change, field, saying }) => {
      const refusal = refusalOf(parseSuppressionWindow({ ...RECURRING, ...change }));
      expect(refusal.field).toBe(field);
      expect(refusal.detail).toContain(saying);
    },
  );

  it('may begin at an instant with an offset', () => {
    expect(parseSuppressionWindow({ ...FREEZE, start: '2026-12-20T01:00:00+01:00' }).ok).toBe(true);
  });

  it('is ordinary unless it says that it is hard', () => {
    const hardness = [FREEZE, { ...RECURRING, hard: true }].map((fields) => {
      const parsed = parseSuppressionWindow(fields);
      return parsed.ok && parsed.value.hard;
    });
    expect(hardness).toEqual([false, true]);
  });
});
