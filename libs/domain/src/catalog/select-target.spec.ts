import { describe, expect, it } from '@jest/globals';
import { aRelease } from '../testing.js';
import type { DesiredState } from './entity.js';
import { selectTarget } from './select-target.js';

const releases = ['1.9.0', '1.10.0', '2.0.0-rc.1', '2.0.0'].map((version) => aRelease(version));
const objections = (): [] => [];
const candidates = {
  releases,
  objections,
  channelVersions: new Set(['1.9.0', '1.10.0', '2.0.0-rc.1']),
};

describe('the target of an entity', () => {
  it.each<{ name: string; desired: DesiredState; version: string }>([
    { name: 'the newest of a channel', desired: { channel: 'dev' }, version: '2.0.0-rc.1' },
    {
      name: 'the newest in a range, by precedence',
      desired: { range: '^1.0.0' },
      version: '1.10.0',
    },
    { name: 'a final release above its candidate', desired: { range: '>=1' }, version: '2.0.0' },
    { name: 'the pinned version', desired: { version: '1.9.0' }, version: '1.9.0' },
  ])('is $version: $name', ({ desired, version }) => {
    const target = selectTarget(desired, candidates);
    expect(target.kind === 'release' && target.release.version).toBe(version);
  });

  it('is never a recalled release', () => {
    const recalled = releases.map((release) =>
      release.version === '1.10.0' ? { ...release, recalled: true } : release,
    );
    const target = selectTarget({ range: '^1.0.0' }, { ...candidates, releases: recalled });
    expect(target.kind === 'release' && target.release.version).toBe('1.9.0');
  });

  it.each<{ name: string; desired: DesiredState; reason: string }>([
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
  ])('is none for $name', ({ desired, reason }) => {
    expect(selectTarget(desired, candidates)).toEqual({ kind: 'none', reason });
  });

  it('is none when all that match are recalled, and says so', () => {
    const recalled = releases.map((release) => ({ ...release, recalled: true }));
    expect(selectTarget({ version: '1.9.0' }, { ...candidates, releases: recalled })).toEqual({
      kind: 'none',
      reason: 'no release matches version 1.9.0; those that match are recalled',
    });
  });

  it('is absent when it is desired absent', () => {
    expect(selectTarget({ absent: true }, candidates).kind).toBe('absent');
  });
});
