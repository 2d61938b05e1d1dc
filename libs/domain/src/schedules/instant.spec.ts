import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatInstant, parseInstant } from './instant.js';

describe('an instant', () => {
  it.each([
    { text: '2026-03-01T12:00:00Z', instant: '2026-03-01T12:00:00.000Z' },
    { text: '2026-03-01T12:00:00.5Z', instant: '2026-03-01T12:00:00.500Z' },
    { text: '2026-03-01T12:00:00.123456789Z', instant: '2026-03-01T12:00:00.123Z' },
    { text: '2026-03-01T12:00:00+05:30', instant: '2026-03-01T06:30:00.000Z' },
    { text: '2028-02-29T00:00:00-00:00', instant: '2028-02-29T00:00:00.000Z' },
    { text: '1970-01-01T00:00:00Z', instant: '1970-01-01T00:00:00.000Z' },
    { text: '9990-12-31T23:59:59Z', instant: '9990-12-31T23:59:59.000Z' },
  ])('is read from $text', ({ text, instant }) => {
    const at = parseInstant(text);
    expect(at === undefined ? undefined : formatInstant(at)).toBe(instant);
  });

  it.each([
    ...[
      '',
      'now',
      '2026-03-01',
      '2026-03-01T12:00Z',
      '2026-03-01T12:00:00',
      '2026-03-01 12:00:00Z',
    ],
    ...[
      '2026-02-29T00:00:00Z',
      '2026-04-31T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-01T00:00:00Z',
    ],
    ...[
      '2026-03-00T00:00:00Z',
      '2026-03-01T24:00:00Z',
      '2026-03-01T12:60:00Z',
      '2026-12-31T23:59:60Z',
    ],
    ...['2026-03-01T12:00:00+24:00', '1969-12-31T23:59:59Z', '9991-01-01T00:00:00Z'],
    ...['1970-01-01T00:00:00+01:00', '+002026-03-01T12:00:00Z', '2026-03-01T12:00:00Z\n'],
  ])('is not read from "%s"', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('is written as the runtime writes it, on a whole minute or not, whatever was written before', () => {
    const minute = fc
      .integer({ min: 0, max: 8020 * 365 * 1440 })
      .map((minutes) => minutes * 60_000);
    const any = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(fc.array(fc.oneof(minute, any), { minLength: 1, maxLength: 20 }), (instants) => {
        expect(instants.map(formatInstant)).toEqual(
          instants.map((at) => new Date(at).toISOString()),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is no number that is none', () => {
    expect(() => formatInstant(NaN)).toThrow(RangeError);
  });
});
