import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aRecall, aRelease } from '../testing.js';
import type { Candidates } from './candidates.js';
import { Offers, type Wanted } from './offers.js';
import { selectFrom, selectTarget } from './select-target.js';

const VERSIONS = ['1.0.0', '1.1.0-rc.1', '1.1.0', '1.2.0', '2.0.0'];

function candidates(change: Partial<Candidates> = {}): Candidates {
  return {
    releases: VERSIONS.map((version) => aRelease(version)),
    channelVersions: new Set(['1.0.0', '1.1.0']),
    objections: () => [],
    ...change,
  };
}

function newest(offers: Offers, wanted: Wanted, given: Candidates): string | undefined {
  return offers.of(wanted, given).newest?.release.version;
}

describe('offers', () => {
  it('are worked out once for a wish, however many entities have it', () => {
    const offers = new Offers();
    const given = candidates();
    for (let entity = 0; entity < 10_000; entity += 1) {
      const own = { ...given, floor: VERSIONS[entity % 5] ?? '', objections: () => [] };
      expect(newest(offers, { channel: 'dev' }, own)).toBe('1.1.0');
      expect(newest(offers, { range: '^1.0.0' }, own)).toBe('1.2.0');
      expect(newest(offers, { version: '1.0.0' }, own)).toBe('1.0.0');
    }
    expect(offers.workedOut).toBe(3);
  });

  const before = candidates();
  it.each<{ name: string; after: Candidates; expected: string | undefined }>([
    {
      name: 'a release is registered',
      after: { ...before, releases: [...before.releases, aRelease('1.3.0')] },
      expected: '1.3.0',
    },
    {
      name: 'a version is recalled',
      after: { ...before, recalls: [aRecall({ range: '1.2.0' })] },
      expected: '1.1.0',
    },
    {
      name: 'all of them are recalled',
      after: { ...before, recalls: [aRecall({ range: '>=0.0.0-0' })] },
      expected: undefined,
    },
  ])('are worked out anew once $name', ({ after, expected }) => {
    const offers = new Offers();
    const wanted = { range: '^1.0.0' };
    expect(newest(offers, wanted, before)).toBe('1.2.0');
    expect(newest(offers, wanted, after)).toBe(expected);
    expect(newest(offers, wanted, before)).toBe('1.2.0');
  });

  it('follow what is added to the channel', () => {
    const offers = new Offers();
    const wanted = { channel: 'dev' };
    expect(newest(offers, wanted, before)).toBe('1.1.0');
    const more = { ...before, channelVersions: new Set(['1.0.0', '1.1.0', '2.0.0']) };
    expect(newest(offers, wanted, more)).toBe('2.0.0');
  });

  it('keep 1,000 wishes of a kind at most', () => {
    const offers = new Offers();
    const given = candidates();
    for (let patch = 0; patch <= 1000; patch += 1) {
      newest(offers, { version: `1.0.${String(patch)}` }, given);
    }
    newest(offers, { version: '1.0.0' }, given);
    expect(offers.workedOut).toBe(1002);
  });
});

const version = fc.constantFrom(...VERSIONS);
const wish: fc.Arbitrary<Wanted> = fc.oneof(
  fc.constantFrom('dev', 'stable').map((channel) => ({ channel })),
  fc.constantFrom('^1.0.0', '>=1.1.0-0', '*').map((range) => ({ range })),
  version.map((one) => ({ version: one })),
);
const recall = fc
  .record({
    range: fc.oneof(version, fc.constantFrom('^1.0.0', '>=1.1.0')),
    strategy: fc.constantFrom('forward' as const, 'downgrade' as const),
  })
  .map(aRecall);
const some: fc.Arbitrary<Candidates> = fc
  .record({
    releases: fc.shuffledSubarray(VERSIONS),
    channel: fc.subarray(VERSIONS),
    recalls: fc.option(fc.array(recall, { maxLength: 2 }), { nil: undefined }),
    against: fc.subarray(VERSIONS),
    floor: fc.option(fc.oneof(version, fc.constantFrom('0.9.0', 'latest')), { nil: undefined }),
  })
  .map(({ releases, channel, recalls, against, floor }) => ({
    releases: releases.map((one) => aRelease(one)),
    channelVersions: new Set(channel),
    objections: (release) =>
      against.includes(release.version)
        ? [{ code: 'rule', message: `not ${release.version}`, data: {} }]
        : [],
    ...(recalls !== undefined && { recalls }),
    ...(floor !== undefined && { floor }),
  }));

describe('the target where the newest runs already', () => {
  it('is what asking about every release says, whatever is offered and whatever speaks against it', () => {
    fc.assert(
      fc.property(wish, some, (wanted, given) => {
        const expected = selectFrom(new Offers().of(wanted, given), wanted, given);
        expect(selectTarget(wanted, given)).toEqual(expected);
        expect(selectTarget(wanted, given)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('is found without asking what speaks against any', () => {
    let asked = 0;
    const objections = () => {
      asked += 1;
      return [];
    };
    selectTarget({ channel: 'dev' }, candidates({ floor: '1.1.0', objections }));
    expect(asked).toBe(0);
    selectTarget({ channel: 'dev' }, candidates({ floor: '1.0.0', objections }));
    expect(asked).toBe(1);
  });
});
