import { describe, expect, it } from '@jest/globals';
import { aRecall, aRelease } from '../testing.js';
import type { Candidates } from './candidates.js';
import type { DesiredState } from './entity.js';
import type { Recall } from './recall.js';
import { selectTarget } from './select-target.js';

const CHANNEL: DesiredState = { channel: 'dev' };
const FORWARD = aRecall({ range: '1.2.0' });
const DOWNGRADE = aRecall({ range: '1.2.0', strategy: 'downgrade' });
const WHY = '1.2.0 is recalled: It loses orders (recall recall-1)';

/** 1.2.0 runs. The channel, and the environment's, hold 1.0.0, 1.1.0 and 1.2.0. */
function target(
  desired: DesiredState,
  recalls: readonly Recall[],
  change: Partial<Candidates> & { readonly held?: readonly string[] } = {},
): object {
  const { held = ['1.0.0', '1.1.0', '1.2.0'], ...rest } = change;
  const selection = selectTarget(desired, {
    releases: ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0'].map((version) => aRelease(version)),
    channelVersions: new Set(held),
    objections: () => [],
    recalls,
    floor: '1.2.0',
    ...rest,
  });
  if (selection.kind !== 'release') return { kind: selection.kind, reason: selection.reason };
  const { release, reason, leaves } = selection;
  return { version: release.version, reason, leaves: leaves?.id };
}

describe('an entity that runs what is recalled', () => {
  it.each<{
    name: string;
    desired: DesiredState;
    recalls: readonly Recall[];
    change?: Parameters<typeof target>[2];
    version: string;
    reason: string;
  }>([
    {
      name: 'forward, with something newer in its channel',
      desired: CHANNEL,
      recalls: [FORWARD],
      change: { held: ['1.1.0', '1.2.0', '1.3.0'] },
      version: '1.3.0',
      reason: `${WHY}; 1.3.0 is the newest of channel dev`,
    },
    {
      name: 'forward, past what something speaks against',
      desired: { range: '>=1.0.0' },
      recalls: [FORWARD],
      change: {
        objections: ({ version }) =>
          version === '1.4.0' ? [{ code: 'rule', message: 'no', data: {} }] : [],
      },
      version: '1.3.0',
      reason: `${WHY}; 1.3.0 is the newest of range >=1.0.0 that is possible now; passed over: 1.4.0`,
    },
    {
      name: 'forward, pinned: the pin gives way to the channel of its environment',
      desired: { version: '1.2.0' },
      recalls: [FORWARD],
      change: { held: ['1.2.0', '1.3.0'] },
      version: '1.3.0',
      reason: `${WHY}; 1.3.0 is the newest of the environment's channel`,
    },
    {
      name: 'downgrade, to the newest below it',
      desired: CHANNEL,
      recalls: [DOWNGRADE],
      version: '1.1.0',
      reason: `${WHY}; 1.1.0 is the newest below it that may run`,
    },
    {
      name: 'downgrade, below even if something newer is there',
      desired: { range: '>=1.0.0' },
      recalls: [DOWNGRADE],
      version: '1.1.0',
      reason: `${WHY}; 1.1.0 is the newest below it that may run`,
    },
    {
      name: 'downgrade, past another recall',
      desired: CHANNEL,
      recalls: [aRecall({ id: 'other', range: '1.1.0' }), DOWNGRADE],
      version: '1.0.0',
      reason: `${WHY}; 1.0.0 is the newest below it that may run`,
    },
    {
      name: 'downgrade, down to the minimum itself',
      desired: CHANNEL,
      recalls: [aRecall({ id: 'other', range: '1.1.0' }), { ...DOWNGRADE, minimum: '1.0.0' }],
      version: '1.0.0',
      reason: `${WHY}; 1.0.0 is the newest below it that may run`,
    },
    {
      name: 'downgrade, to something newer where all below is below the minimum',
      desired: { range: '>=1.0.0' },
      recalls: [{ ...DOWNGRADE, minimum: '1.1.1' }],
      version: '1.4.0',
      reason: `${WHY}; 1.4.0 is the newest of range >=1.0.0`,
    },
    {
      name: 'downgrade, pinned: the pin gives way to the channel of its environment',
      desired: { version: '1.2.0' },
      recalls: [DOWNGRADE],
      version: '1.1.0',
      reason: `${WHY}; 1.1.0 is the newest below it that may run`,
    },
    {
      name: 'a pin to another version is followed, up',
      desired: { version: '1.3.0' },
      recalls: [DOWNGRADE],
      version: '1.3.0',
      reason: `${WHY}; it is pinned to 1.3.0`,
    },
    {
      name: 'a pin to another version is followed, down, below the minimum too: a person said so',
      desired: { version: '1.0.0' },
      recalls: [{ ...FORWARD, minimum: '1.1.0' }],
      version: '1.0.0',
      reason: `${WHY}; it is pinned to 1.0.0`,
    },
    {
      name: 'the latest of two recalls decides',
      desired: CHANNEL,
      recalls: [{ ...FORWARD, id: 'older' }, DOWNGRADE],
      version: '1.1.0',
      reason: `${WHY}; 1.1.0 is the newest below it that may run`,
    },
  ])('goes to $version: $name', ({ desired, recalls, change, version, reason }) => {
    expect(target(desired, recalls, change)).toEqual({ version, reason, leaves: 'recall-1' });
  });

  it('goes to the newest below it, to be blocked, where something speaks against all of them', () => {
    const objections = () => [{ code: 'rule', message: 'no', data: {} }];
    expect(target(CHANNEL, [DOWNGRADE], { objections })).toMatchObject({ version: '1.1.0' });
  });

  it.each<{
    name: string;
    desired: DesiredState;
    recalls: readonly Recall[];
    held?: string[];
    nothing: string;
  }>([
    {
      name: 'forward, with nothing newer in its channel',
      desired: CHANNEL,
      recalls: [FORWARD],
      nothing: 'channel dev holds nothing newer',
    },
    {
      name: 'forward, pinned, with nothing newer in the channel of its environment',
      desired: { version: '1.2.0' },
      recalls: [FORWARD],
      nothing: "the environment's channel holds nothing newer",
    },
    {
      name: 'downgrade, with nothing else in its range',
      desired: { range: '~1.2.0' },
      recalls: [DOWNGRADE],
      nothing: 'range ~1.2.0 holds nothing newer and nothing older',
    },
    {
      name: 'downgrade, with nothing from the minimum on',
      desired: CHANNEL,
      recalls: [{ ...DOWNGRADE, minimum: '1.2.0-0' }],
      nothing: 'channel dev holds nothing newer and nothing older down to 1.2.0-0',
    },
  ])('stays, and says why: $name', ({ desired, recalls, nothing }) => {
    expect(target(desired, recalls)).toEqual({
      kind: 'none',
      reason: `1.2.0 runs and is recalled: It loses orders (recall recall-1); ${nothing} that may run: register a newer release, desire another version, or withdraw the recall`,
    });
  });

  it.each([
    { name: 'forward', recall: FORWARD },
    { name: 'downgrade', recall: DOWNGRADE },
  ])('stays where its pin is not registered, whatever the channel holds: $name', ({ recall }) => {
    expect(target({ version: '2.0.0' }, [recall], { held: ['1.0.0', '1.2.0', '1.3.0'] })).toEqual({
      kind: 'none',
      reason:
        '1.2.0 runs and is recalled: It loses orders (recall recall-1); no release matches version 2.0.0: register it, desire another version, or withdraw the recall',
    });
  });
});
