import { describe, expect, it } from '@jest/globals';
import { jsonDigest } from '@apollo-deploy/kernel';
import type { DesiredState, Values } from '../catalog/entity.js';
import { holdConstraint } from '../constraints/hold-constraint.js';
import { proposePlan } from '../plans/propose-plan.js';
import {
  anEntity,
  aPlanContent,
  aProduct,
  aRelease,
  aReportedRelease,
  somePlanFacts,
} from '../testing.js';
import { type Hold, namesOtherContent } from './hold.js';

const OLD = { replicas: 2 };
const NEW = { replicas: 3 };

/** Left by a rollback from 1.1.0 with the new values to 1.0.0 with the old ones. */
const HOLD: Hold = {
  id: 'hold-1',
  entity: 'aria-dev',
  fixes: {
    version: '1.0.0',
    chartSha256: aRelease('1.0.0').chart.sha256,
    values: OLD,
    valuesDigest: jsonDigest(OLD),
  },
  until: 'newer',
  reason: 'plan plan-2 went back to 1.0.0',
  cause: 'rollback',
  by: 'engine',
  at: '2026-01-05T09:00:00.000Z',
  planId: 'plan-2',
  above: { version: '1.1.0', valuesDigest: jsonDigest(NEW) },
};
const { fixes: _, above: __, ...FORBIDS } = HOLD;

/** What is proposed for an entity that runs what is held. */
function proposed(
  hold: Hold,
  wanted: { version?: string; values?: Values; desired?: DesiredState } = {},
): ReturnType<typeof proposePlan> {
  const { version = '1.1.0', values = NEW, desired = { version } } = wanted;
  const releases = ['1.0.0', '1.0.5', '1.1.0', '1.2.0'].map((one) => aRelease(one));
  return proposePlan({
    entity: anEntity({ desired, values }),
    product: aProduct(),
    candidates: { releases, channelVersions: new Set(), objections: () => [] },
    reported: {
      at: '2026-01-05T09:00:00.000Z',
      release: aReportedRelease({ valuesDigest: jsonDigest(OLD) }),
    },
    declines: [],
    hold,
  });
}

describe('a hold', () => {
  it.each([
    { name: 'the version that failed is wanted', wanted: {}, ended: false },
    { name: 'a version between is wanted', wanted: { version: '1.0.5' }, ended: false },
    { name: 'a newer version is wanted', wanted: { version: '1.2.0' }, ended: true },
    { name: 'other values are wanted', wanted: { values: { replicas: 9 } }, ended: true },
    { name: 'the held values are wanted', wanted: { values: OLD }, ended: true },
    { name: 'no release matches', wanted: { desired: { range: '>5' } }, ended: false },
  ])('until newer has ended ($ended) when $name', ({ wanted, ended }) => {
    expect('hold' in proposed(HOLD, wanted).restraints.ended).toBe(ended);
    const lifted = proposed({ ...HOLD, until: 'lifted' }, wanted).restraints;
    expect(lifted.inForce).toHaveProperty('hold');
  });

  it('is the target, with its own values, while it is in force', () => {
    expect(proposed(HOLD)).toMatchObject({
      kind: 'nothing',
      code: 'up_to_date',
      target: {
        release: { version: '1.0.0' },
        reason: 'held: plan plan-2 went back to 1.0.0 (engine, until something newer comes)',
      },
    });
  });

  it('that fixes nothing leaves the target as it is desired', () => {
    expect(proposed(FORBIDS)).toMatchObject({
      kind: 'plan',
      plan: { to: { version: '1.1.0' }, values: NEW, restraints: { hold: { id: 'hold-1' } } },
    });
  });

  const HELD = aPlanContent({
    chart: { name: 'aria', version: '1.0.0', sha256: aRelease('1.0.0').chart.sha256 },
    valuesDigest: jsonDigest(OLD),
  });
  it.each([
    { name: 'no hold', hold: null, content: HELD, message: undefined },
    { name: 'the held content', hold: HOLD, content: HELD, message: undefined },
    {
      name: 'the held version with other values',
      hold: HOLD,
      content: { ...HELD, valuesDigest: jsonDigest(NEW) },
      message:
        'aria-dev is held at 1.0.0: plan plan-2 went back to 1.0.0 (engine, until something newer comes)',
    },
    {
      name: 'an uninstall',
      hold: HOLD,
      content: { ...HELD, chart: null, valuesDigest: null },
      message:
        'aria-dev is held at 1.0.0: plan plan-2 went back to 1.0.0 (engine, until something newer comes)',
    },
    {
      name: 'any content under a hold that only forbids',
      hold: { ...FORBIDS, until: 'lifted' as const },
      content: HELD,
      message: 'aria-dev is held: plan plan-2 went back to 1.0.0 (engine, until it is lifted)',
    },
  ])('says this of $name: $message', ({ hold, content, message }) => {
    const { satisfied, violations } = holdConstraint.evaluate(somePlanFacts({ hold, content }));
    expect(violations[0]?.message).toBe(message);
    expect(satisfied).toBe(message === undefined);
  });
});

describe('a person who changes what is desired', () => {
  const channel = { channel: 'dev' };
  const pin = (version: string): DesiredState => ({ version });
  const CHANGES: {
    name: string;
    before?: DesiredState;
    after: DesiredState;
    values?: Values;
    other: boolean;
  }[] = [
    { name: 'the same again', after: channel, other: false },
    { name: 'another channel', after: { channel: 'stable' }, other: false },
    { name: 'a range', after: { range: '^1.1.0' }, other: false },
    { name: 'the version that is held', after: pin('1.0.0'), other: false },
    { name: 'another version', after: pin('1.1.0'), other: true },
    { name: 'the other version again', before: pin('1.1.0'), after: pin('1.1.0'), other: false },
    { name: 'nothing at all', after: { absent: true }, other: true },
    { name: 'other values', after: channel, values: { replicas: 9 }, other: true },
    { name: 'the values that are held', after: channel, values: OLD, other: false },
  ];
  it.each(CHANGES)(
    'names other content than the hold fixes ($other): $name',
    ({ before = channel, after, values = NEW, other }) => {
      const [was, is] = [
        { desired: before, values: NEW },
        { desired: after, values },
      ];
      expect(namesOtherContent(HOLD, was, is)).toBe(other);
    },
  );

  it('names other content than a hold that fixes nothing by any version or values', () => {
    const was = { desired: channel, values: OLD };
    expect(namesOtherContent(FORBIDS, was, { ...was, desired: pin('1.0.0') })).toBe(true);
    expect(namesOtherContent(FORBIDS, was, { ...was, values: NEW })).toBe(true);
    expect(namesOtherContent(FORBIDS, was, was)).toBe(false);
  });
});
