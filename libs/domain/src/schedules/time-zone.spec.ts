import { describe, expect, it } from '@jest/globals';
import { DAY_MS } from './calendar-day.js';
import { findTimeZone, type TimeZone } from './time-zone.js';

const MINUTE = 60_000;

function zoneOf(name: string): TimeZone {
  const zone = findTimeZone(name);
  if (zone === undefined) throw new Error(`no zone ${name}`);
  return zone;
}

describe('a time zone', () => {
  it.each([
    { zone: 'America/New_York', at: '2026-03-08T07:00:00Z', before: -300, after: -240 },
    { zone: 'America/New_York', at: '2026-11-01T06:00:00Z', before: -240, after: -300 },
    { zone: 'Australia/Lord_Howe', at: '2026-10-03T15:30:00Z', before: 630, after: 660 },
    { zone: 'America/Santiago', at: '2026-09-06T04:00:00Z', before: -240, after: -180 },
    { zone: 'Africa/Casablanca', at: '2026-02-15T02:00:00Z', before: 60, after: 0 },
    { zone: 'Pacific/Apia', at: '2011-12-30T10:00:00Z', before: -600, after: 840 },
    { zone: 'America/St_Johns', at: '2011-03-13T03:31:00Z', before: -210, after: -150 },
  ])('of $zone changes at $at exactly', ({ zone, at, before, after }) => {
    const instant = Date.parse(at);
    expect(zoneOf(zone).offsetAt(instant - 1)).toBe(before * MINUTE);
    expect(zoneOf(zone).offsetAt(instant)).toBe(after * MINUTE);
    expect(zoneOf(zone).transitionNear(instant + DAY_MS, 2 * DAY_MS)).toEqual({
      at: instant,
      before: before * MINUTE,
      after: after * MINUTE,
    });
  });

  it('sees summer time that lasts less than a week', () => {
    const recife = zoneOf('America/Recife');
    expect(recife.offsetAt(Date.parse('2000-10-08T03:00:00Z'))).toBe(-120 * MINUTE);
    expect(recife.offsetAt(Date.parse('2000-10-15T02:00:00Z'))).toBe(-180 * MINUTE);
  });

  it.each([
    { name: 'within a year', at: '1971-06-01T00:00:00Z', offset: -(44 * 60 + 30) * 1000 },
    { name: 'in its first instant', at: '1970-01-01T00:00:00Z', offset: -(44 * 60 + 30) * 1000 },
  ])('has offsets of seconds, as Monrovia had, $name', ({ at, offset }) => {
    expect(zoneOf('Africa/Monrovia').offsetAt(Date.parse(at))).toBe(offset);
  });

  it('sees a change at the turn of a year from both years', () => {
    const kiritimati = zoneOf('Pacific/Kiritimati');
    const at = Date.parse('1994-12-31T10:00:00Z');
    expect(kiritimati.transitionNear(at - DAY_MS, 2 * DAY_MS)?.at).toBe(at);
    expect(kiritimati.transitionNear(at + DAY_MS, 2 * DAY_MS)?.at).toBe(at);
  });

  it('answers the same after more years were asked for than it keeps', () => {
    const london = zoneOf('Europe/London');
    const summers = () =>
      Array.from({ length: 80 }, (_, year) => london.offsetAt(Date.UTC(1990 + year, 6)));
    expect(summers()).toEqual(summers());
    expect(new Set(summers())).toEqual(new Set([60 * MINUTE]));
  });

  it.each(['UTC', 'utc', 'Europe/London', 'europe/london', 'GMT', 'NZ', 'EST5EDT', 'Etc/GMT+5'])(
    'is known by the name %s',
    (name) => {
      expect(findTimeZone(name)).toBeDefined();
    },
  );

  it.each([
    { name: 'nobody', zone: 'Mars/Olympus' },
    { name: 'an offset', zone: '+02:00' },
    { name: 'an offset with a name', zone: 'UTC+2' },
    { name: 'an abbreviation of several zones', zone: 'IST' },
    { name: 'an abbreviation that only the runtime knows', zone: 'pst' },
    { name: 'a zone of System V', zone: 'SystemV/EST5' },
    { name: 'nothing', zone: '' },
    { name: 'white space', zone: ' UTC' },
    { name: 'a text without end', zone: 'A'.repeat(10_000) },
  ])('is not found under the name of $name', ({ zone }) => {
    expect(findTimeZone(zone)).toBeUndefined();
  });
});
