import { describe, expect, it } from '@jest/globals';
import { aRecall, aRelease } from '../testing.js';
import type { Candidates } from './candidates.js';
import type { DesiredState } from './entity.js';
import { selectTarget } from './select-target.js';

const VERSIONS = ['1.9.0', '1.10.0', '2.0.0-rc.1', '2.0.0'];
const IN_CHANNEL = ['1.9.0', '1.10.0', '2.0.0-rc.1'];
const CHANNEL: DesiredState = { channel: 'dev' };

/** Four releases, registered out of order; the last is not in the channel. */
function candidates(change: Partial<Candidates> = {}): Candidates {
  return {
    releases: ['2.0.0', '1.9.0', '2.0.0-rc.1', '1.10.0'].map((version) => aRelease(version)),
    channelVersions: new Set(IN_CHANNEL),
    objections: () => [],
    ...change,
  };
}

/** The constraints that select have something against these versions. */
function against(...versions: readonly string[]): Pick<Candidates, 'objections'> {
  return {
    objections: ({ version }) => (versions.includes(version) ? [objection(version)] : []),
  };
}

function objection(version: string) {
  return { code: 'dependency_version', message: `${version} needs another base`, data: {} };
}

function told(desired: DesiredState, given: Candidates): object {
  const target = selectTarget(desired, given);
  if (target.kind !== 'release') return { kind: target.kind, reason: target.reason };
  const passedOver = target.passedOver.map(
    ({ version, violations }) => `${version}: ${violations.map(({ message }) => message).join()}`,
  );
  return { version: target.release.version, reason: target.reason, passedOver };
}

interface Row {
  readonly name: string;
  readonly desired: DesiredState;
  readonly given?: Partial<Candidates>;
  readonly version: string;
  readonly reason: string;
  readonly passedOver?: readonly string[];
}

describe('the target of an entity', () => {
  it.each<Row>([
    {
      name: 'the newest of the channel, by precedence',
      desired: CHANNEL,
      version: '2.0.0-rc.1',
      reason: '2.0.0-rc.1 is the newest of channel dev',
    },
    {
      name: 'the newest in a range, whatever the channel holds',
      desired: { range: '^1.0.0' },
      version: '1.10.0',
      reason: '1.10.0 is the newest of range ^1.0.0',
    },
    {
      name: 'a final release above its candidate',
      desired: { range: '>=1' },
      version: '2.0.0',
      reason: '2.0.0 is the newest of range >=1',
    },
    {
      name: 'a prerelease where the range names one',
      desired: { range: '>=1.0.0-0 <2.0.0' },
      version: '2.0.0-rc.1',
      reason: '2.0.0-rc.1 is the newest of range >=1.0.0-0 <2.0.0',
    },
    {
      name: 'the pinned version, whatever is newer',
      desired: { version: '1.9.0' },
      version: '1.9.0',
      reason: 'it is pinned to 1.9.0',
    },
    {
      name: 'the pinned version, below what runs too',
      desired: { version: '1.9.0' },
      given: { floor: '2.0.0' },
      version: '1.9.0',
      reason: 'it is pinned to 1.9.0',
    },
    {
      name: 'the newest, even if it is older than what runs: the proposal says what follows',
      desired: { range: '^1.0.0' },
      given: { floor: '2.0.0' },
      version: '1.10.0',
      reason: '1.10.0 is the newest of range ^1.0.0',
    },
    {
      name: 'the newest that nothing speaks against',
      desired: CHANNEL,
      given: against('2.0.0-rc.1'),
      version: '1.10.0',
      reason: '1.10.0 is the newest of channel dev that is possible now; passed over: 2.0.0-rc.1',
      passedOver: ['2.0.0-rc.1: 2.0.0-rc.1 needs another base'],
    },
    {
      name: 'the second fallback, with both reasons',
      desired: CHANNEL,
      given: against('2.0.0-rc.1', '1.10.0'),
      version: '1.9.0',
      reason:
        '1.9.0 is the newest of channel dev that is possible now; passed over: 2.0.0-rc.1, 1.10.0',
      passedOver: [
        '2.0.0-rc.1: 2.0.0-rc.1 needs another base',
        '1.10.0: 1.10.0 needs another base',
      ],
    },
    {
      name: 'a fallback above what runs',
      desired: CHANNEL,
      given: { ...against('2.0.0-rc.1'), floor: '1.9.0' },
      version: '1.10.0',
      reason: '1.10.0 is the newest of channel dev that is possible now; passed over: 2.0.0-rc.1',
      passedOver: ['2.0.0-rc.1: 2.0.0-rc.1 needs another base'],
    },
    {
      name: 'the newest, to be blocked, where the only fallback is what runs',
      desired: CHANNEL,
      given: { ...against('2.0.0-rc.1'), floor: '1.10.0' },
      version: '2.0.0-rc.1',
      reason: '2.0.0-rc.1 is the newest of channel dev',
    },
    {
      name: 'the newest, to be blocked, where all fallbacks are older than what runs',
      desired: CHANNEL,
      given: { ...against('2.0.0-rc.1', '1.10.0'), floor: '1.9.5' },
      version: '2.0.0-rc.1',
      reason: '2.0.0-rc.1 is the newest of channel dev',
    },
    {
      name: 'the newest, to be blocked, where something speaks against all',
      desired: CHANNEL,
      given: against(...VERSIONS),
      version: '2.0.0-rc.1',
      reason: '2.0.0-rc.1 is the newest of channel dev',
    },
    {
      name: 'a pin that something speaks against: nothing else is tried',
      desired: { version: '1.10.0' },
      given: against('1.10.0'),
      version: '1.10.0',
      reason: 'it is pinned to 1.10.0',
    },
    {
      name: 'a fallback of any age where what runs has no version to compare',
      desired: CHANNEL,
      given: { ...against('2.0.0-rc.1'), floor: 'v1-custom' },
      version: '1.10.0',
      reason: '1.10.0 is the newest of channel dev that is possible now; passed over: 2.0.0-rc.1',
      passedOver: ['2.0.0-rc.1: 2.0.0-rc.1 needs another base'],
    },
    {
      name: 'never recalled, and says what it passed over',
      desired: { range: '^1.0.0' },
      given: { recalls: [aRecall({ range: '1.10.0' })] },
      version: '1.9.0',
      reason: '1.9.0 is the newest of range ^1.0.0 that is possible now; passed over: 1.10.0',
      passedOver: ['1.10.0: 1.10.0 is recalled: It loses orders (recall recall-1)'],
    },
    {
      name: 'says nothing of a recall below it',
      desired: { range: '^1.0.0' },
      given: { recalls: [aRecall({ range: '1.9.0' })] },
      version: '1.10.0',
      reason: '1.10.0 is the newest of range ^1.0.0',
    },
    {
      name: 'not a prerelease that the recalled range does not name',
      desired: CHANNEL,
      given: { recalls: [aRecall({ range: '<2.0.0' })] },
      version: '2.0.0-rc.1',
      reason: '2.0.0-rc.1 is the newest of channel dev',
    },
    {
      name: 'the first that is not recalled, blocked, where something speaks against the rest',
      desired: CHANNEL,
      given: { ...against('1.10.0', '1.9.0'), recalls: [aRecall({ range: '2.0.0-rc.1' })] },
      version: '1.10.0',
      reason: '1.10.0 is the newest of channel dev that is possible now; passed over: 2.0.0-rc.1',
      passedOver: ['2.0.0-rc.1: 2.0.0-rc.1 is recalled: It loses orders (recall recall-1)'],
    },
  ])('is $version: $name', ({ desired, given, version, reason, passedOver = [] }) => {
    expect(told(desired, candidates(given))).toEqual({ version, reason, passedOver });
  });

  it.each<{ name: string; desired: DesiredState; given?: Partial<Candidates>; reason: string }>([
    {
      name: 'a pin to a version that is not registered',
      desired: { version: '3.0.0' },
      reason: 'no release matches version 3.0.0',
    },
    {
      name: 'a range that nothing satisfies',
      desired: { range: '~3.1' },
      reason: 'no release matches range ~3.1',
    },
    {
      name: 'a channel that is empty',
      desired: CHANNEL,
      given: { channelVersions: new Set<string>() },
      reason: 'no release matches channel dev',
    },
    {
      name: 'a pin that is recalled',
      desired: { version: '1.9.0' },
      given: { recalls: [aRecall({ range: '1.x' })] },
      reason:
        'no release that matches version 1.9.0 may run: 1.9.0 is recalled: It loses orders (recall recall-1); register a newer one, desire another, or withdraw the recall',
    },
    {
      name: 'a pin that is recalled while something else runs: a recall moves only what it covers',
      desired: { version: '1.10.0' },
      given: { recalls: [aRecall({ range: '1.10.0', strategy: 'downgrade' })], floor: '1.9.0' },
      reason:
        'no release that matches version 1.10.0 may run: 1.10.0 is recalled: It loses orders (recall recall-1); register a newer one, desire another, or withdraw the recall',
    },
    {
      name: 'a channel in which all is recalled',
      desired: CHANNEL,
      given: { recalls: [aRecall({ range: '>=0.0.0-0' })] },
      reason:
        'no release that matches channel dev may run: 2.0.0-rc.1 is recalled: It loses orders (recall recall-1); register a newer one, desire another, or withdraw the recall',
    },
  ])('is none for $name', ({ desired, given, reason }) => {
    expect(told(desired, candidates(given))).toEqual({ kind: 'none', reason });
  });

  it.each([{}, { floor: '1.9.0', recalls: [aRecall({ range: '1.9.0', strategy: 'downgrade' })] }])(
    'is absent when it is desired absent, whatever runs',
    (given) => {
      expect(told({ absent: true }, candidates(given))).toEqual({
        kind: 'absent',
        reason: 'it is desired absent',
      });
    },
  );
});
