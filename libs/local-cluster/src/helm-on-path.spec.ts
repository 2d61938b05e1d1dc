import { describe, expect, it } from '@jest/globals';
import { isSupportedHelm } from './helm-on-path.js';

describe('the version of a Helm on PATH', () => {
  it.each([
    { name: 'the oldest supported', version: 'v4.1.4', expected: true },
    { name: 'one patch older', version: 'v4.1.3', expected: false },
    { name: 'a newer minor with a lower patch', version: 'v4.2.0', expected: true },
    { name: 'the pinned one', version: 'v4.3.1\n', expected: true },
    { name: 'one built by a distribution', version: 'v4.3.1+g1a2b3c', expected: true },
    { name: 'a release candidate', version: 'v4.4.0-rc.1', expected: false },
    { name: 'Helm 3', version: 'v3.20.2', expected: false },
    { name: 'a Helm nobody has seen yet', version: 'v5.0.0', expected: false },
    { name: 'no version at all', version: 'version.BuildInfo{}', expected: false },
  ])('is supported=$expected for $name', ({ version, expected }) => {
    expect(isSupportedHelm(version)).toBe(expected);
  });
});
