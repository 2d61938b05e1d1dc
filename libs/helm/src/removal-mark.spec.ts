import { describe, expect, it } from '@jest/globals';
import { inZone, isRemovedBy, removalOffset, zoneFile } from './removal-mark.js';

const PLANS = Array.from({ length: 5000 }, (_, index) => `plan-${index}`);

describe('the zone that the removal of a plan runs in', () => {
  it('is always the same one', () => {
    expect(removalOffset('plan-1')).toBe(removalOffset('plan-1'));
  });

  it('is one that no place is in', () => {
    const offsets = PLANS.map(removalOffset);
    expect(offsets.filter((offset) => offset % 15 === 0)).toEqual([]);
  });

  it('is less than a day from UTC, on either side of it', () => {
    const offsets = PLANS.map(removalOffset);
    expect(Math.min(...offsets)).toBeGreaterThan(-1440);
    expect(Math.max(...offsets)).toBeLessThan(1440);
    expect(offsets.some((offset) => offset < -1400)).toBe(true);
    expect(offsets.some((offset) => offset > 1400)).toBe(true);
  });

  it('is seldom that of another plan', () => {
    expect(new Set(PLANS.map(removalOffset)).size).toBeGreaterThan(2200);
  });
});

describe('a removal', () => {
  const began = new Date('2026-03-02T12:00:00.123Z');

  it.each(PLANS.slice(0, 40))("is known again as the plan's: %s", (planId) => {
    const deletedAt = inZone(began, removalOffset(planId));
    expect(new Date(deletedAt)).toEqual(began);
    expect(isRemovedBy(planId, { deletedAt })).toBe(true);
    expect(isRemovedBy(`another after ${planId}`, { deletedAt })).toBe(false);
  });

  it.each([
    '2026-03-02T12:00:00.123456789Z',
    '2026-03-02T13:00:00.123456789+01:00',
    '2026-03-02T17:45:00.123456789+05:45',
    '2026-03-02T02:30:00.123456789-09:30',
    'at some time',
    '',
  ])("of somebody else is no plan's: %s", (deletedAt) => {
    expect(PLANS.filter((planId) => isRemovedBy(planId, { deletedAt }))).toEqual([]);
  });

  it("that was never begun is no plan's", () => {
    expect(PLANS.filter((planId) => isRemovedBy(planId, {}))).toEqual([]);
  });
});

describe('the file of a zone', () => {
  it('says the same of all times', () => {
    expect([...zoneFile(-90)]).toEqual([
      ...[0x54, 0x5a, 0x69, 0x66, 0],
      ...Array.from({ length: 15 }, () => 0),
      ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5],
      ...[0xff, 0xff, 0xea, 0xe8, 0, 0],
      ...[0x70, 0x6c, 0x61, 0x6e, 0],
    ]);
  });
});
