import { describe, expect, it } from '@jest/globals';
import { aBreakGlass } from '../testing.js';
import { type BreakGlass, isOverdue, PLANS_NAMED, usedBy, type Waivable } from './break-glass.js';
import { type BreakGlassAsked, openBreakGlass } from './open-break-glass.js';
import {
  closeUnused,
  endBreakGlass,
  reviewBreakGlass,
  type ReviewGiven,
} from './review-break-glass.js';

const NOW = new Date('2026-01-05T09:00:00.000Z');

const ASKED: BreakGlassAsked = {
  id: 'glass-1',
  product: 'aria',
  environment: 'prod',
  waives: ['window'],
  reason: 'Orders are lost at the till',
  until: '2026-01-05T11:00:00Z',
  openedBy: 'ann',
};

const open = (change: Partial<BreakGlassAsked> = {}) =>
  openBreakGlass({ ...ASKED, ...change }, NOW);

describe('to break glass', () => {
  it('opens it for what was asked, and owes a review a day later', () => {
    expect(open()).toEqual({ ok: true, value: aBreakGlass() });
  });

  it.each<{ name: string; change: Partial<BreakGlassAsked>; kept: Partial<BreakGlass> }>([
    {
      name: 'what is waived in one order, each once',
      change: { waives: ['health', 'approval', 'health'] },
      kept: { waives: ['approval', 'health'] },
    },
    {
      name: 'a reason of ten characters, without what is blank around it',
      change: { reason: '  0123456789\n ' },
      kept: { reason: '0123456789' },
    },
    {
      name: 'an end in UTC, the next millisecond',
      change: { until: '2026-01-05T10:00:00.001+01:00' },
      kept: { until: '2026-01-05T09:00:00.001Z' },
    },
    {
      name: 'an end exactly a day away',
      change: { until: '2026-01-06T09:00:00Z' },
      kept: { until: '2026-01-06T09:00:00.000Z' },
    },
  ])('keeps $name', ({ change, kept }) => {
    expect(open(change)).toMatchObject({ ok: true, value: kept });
  });

  it.each<{ name: string; change: Partial<BreakGlassAsked>; field: string }>([
    { name: 'nothing to waive', change: { waives: [] }, field: 'waives' },
    {
      name: 'what nobody may waive',
      change: { waives: ['window', 'recall' as Waivable] },
      field: 'waives',
    },
    { name: 'nine characters of reason', change: { reason: '012345678' }, field: 'reason' },
    { name: 'a reason of spaces', change: { reason: ' '.repeat(40) }, field: 'reason' },
    {
      name: 'a reason that spaces make long',
      change: { reason: `   fix it\t\n     ` },
      field: 'reason',
    },
    { name: 'a reason of 501 characters', change: { reason: 'x'.repeat(501) }, field: 'reason' },
    { name: 'an end now', change: { until: '2026-01-05T09:00:00Z' }, field: 'until' },
    { name: 'an end in the past', change: { until: '2026-01-05T08:59:59Z' }, field: 'until' },
    {
      name: 'an end more than a day away',
      change: { until: '2026-01-06T09:00:00.001Z' },
      field: 'until',
    },
    { name: 'no instant', change: { until: 'tomorrow' }, field: 'until' },
    { name: 'a day that there is not', change: { until: '2026-02-30T09:00:00Z' }, field: 'until' },
  ])('is refused with $name', ({ change, field }) => {
    expect(open(change)).toMatchObject({
      ok: false,
      error: { code: 'catalog/invalid_field', field },
    });
  });
});

describe('a review', () => {
  const NOON = new Date('2026-01-05T12:00:00.000Z');
  const BOB: ReviewGiven = { by: 'bob', verdict: 'accepted', machine: false };
  const review = (
    given: Partial<ReviewGiven> = {},
    glass: Partial<BreakGlass> = {},
    at: Date = NOON,
  ) => reviewBreakGlass(aBreakGlass(glass), { ...BOB, ...given }, at);

  it('by a second person settles what is owed', () => {
    const given = review({ comment: '  right so  ' });
    expect(given).toEqual({
      ok: true,
      value: aBreakGlass({
        review: {
          ...{ by: 'bob', at: '2026-01-05T12:00:00.000Z' },
          ...{ verdict: 'accepted', comment: 'right so' },
        },
      }),
    });
  });

  it('settles it with an objection as well, and long after it was due', () => {
    const late = new Date('2026-03-01T00:00:00.000Z');
    const given = review({ verdict: 'objected', comment: 'a rollback would have done' }, {}, late);
    expect(given.ok && isOverdue(given.value, late)).toBe(false);
  });

  it('ends what is still in force', () => {
    expect(review({}, {}, NOW)).toMatchObject({
      ok: true,
      value: { ended: { by: 'bob', at: '2026-01-05T09:00:00.000Z' } },
    });
  });

  it.each<{
    name: string;
    given: Partial<ReviewGiven>;
    glass?: Partial<BreakGlass>;
    code: string;
  }>([
    {
      name: 'the person who opened it',
      given: { by: 'ann' },
      code: 'break_glass/not_a_second_person',
    },
    { name: 'a machine', given: { machine: true }, code: 'break_glass/not_a_second_person' },
    {
      name: 'somebody who objects and does not say why',
      given: { verdict: 'objected', comment: ' \n ' },
      code: 'catalog/invalid_field',
    },
    {
      name: 'somebody who says too much',
      given: { comment: 'x'.repeat(501) },
      code: 'catalog/invalid_field',
    },
    {
      name: 'a third person, where a second one has',
      given: {},
      glass: { review: { by: 'eve', at: '2026-01-05T10:00:00.000Z', verdict: 'accepted' } },
      code: 'break_glass/reviewed',
    },
    {
      name: 'a second person, where nothing went by it and its hotfix is over',
      given: {},
      glass: { unusedAt: '2026-01-05T10:00:00.000Z' },
      code: 'break_glass/unused',
    },
  ])('is not taken of $name', ({ given, glass, code }) => {
    expect(review(given, glass)).toMatchObject({ ok: false, error: { code } });
  });
});

describe('the end of a break-glass', () => {
  it('comes early when somebody ends it, and leaves what is owed', () => {
    const ended = endBreakGlass(aBreakGlass(), 'bob', NOW);
    expect(ended).toEqual({
      ok: true,
      value: aBreakGlass({ ended: { by: 'bob', at: '2026-01-05T09:00:00.000Z' } }),
    });
    expect(ended.ok && isOverdue(ended.value, new Date('2026-01-06T09:00:00.000Z'))).toBe(true);
  });

  it.each([
    {
      name: 'has ended',
      glass: { ended: { by: 'eve', at: '2026-01-05T08:00:00.000Z' } },
      now: NOW,
    },
    { name: 'is past', glass: {}, now: new Date('2026-01-05T11:00:00.000Z') },
  ])('does not come to one that $name', ({ glass, now }) => {
    expect(endBreakGlass(aBreakGlass(glass), 'bob', now)).toMatchObject({
      ok: false,
      error: { code: 'break_glass/over' },
    });
  });
});

describe('a break-glass whose hotfix is over', () => {
  const LATE = new Date('2026-01-07T09:00:00.000Z');

  it.each<{ name: string; glass: Partial<BreakGlass> }>([
    { name: 'that is past', glass: {} },
    { name: 'that ended', glass: { ended: { by: 'eve', at: '2026-01-05T10:00:00.000Z' } } },
    { name: 'that was told to be overdue', glass: { overdueToldAt: '2026-01-06T09:00:00.000Z' } },
  ])('owes nothing, $name, where nothing went by it', ({ glass }) => {
    const closed = closeUnused(aBreakGlass(glass), LATE);
    expect(closed).toEqual(aBreakGlass({ ...glass, unusedAt: '2026-01-07T09:00:00.000Z' }));
    expect(closed && isOverdue(closed, LATE)).toBe(false);
  });

  it.each<{ name: string; glass: Partial<BreakGlass> }>([
    { name: 'by which one plan went', glass: { uses: 1, plans: ['plan-1'] } },
    {
      name: 'that was reviewed',
      glass: { review: { by: 'bob', at: '2026-01-05T10:00:00.000Z', verdict: 'objected' } },
    },
    { name: 'that is closed', glass: { unusedAt: '2026-01-05T10:00:00.000Z' } },
  ])('stays as it is, $name', ({ glass }) => {
    expect(closeUnused(aBreakGlass(glass), LATE)).toBeUndefined();
  });
});

it.each([
  { name: 'a millisecond before it is due', now: '2026-01-06T08:59:59.999Z', expected: false },
  { name: 'when it is due', now: '2026-01-06T09:00:00.000Z', expected: true },
])('a break-glass is overdue $name: $expected', ({ now, expected }) => {
  expect(isOverdue(aBreakGlass(), new Date(now))).toBe(expected);
});

it('counts all plans that went by it, and names the first', () => {
  let glass = aBreakGlass();
  for (let plan = 0; plan < PLANS_NAMED + 2; plan += 1)
    glass = usedBy(glass, `plan-${String(plan)}`);
  expect(glass.uses).toBe(PLANS_NAMED + 2);
  expect(glass.plans).toHaveLength(PLANS_NAMED);
  expect(glass.plans[0]).toBe('plan-0');
});
