import { describe, expect, it } from '@jest/globals';
import { releaseDigest } from './release-report.js';

const HEAD = {
  revision: 4,
  secretUid: '0d4f3c8e-9d1f-4a53-8b0e-5f8f7a1d2c33',
  chartName: 'checkout',
  chartVersion: '1.4.0',
  valuesDigest: 'a'.repeat(64),
  manifestDigest: 'b'.repeat(64),
};

describe('the identity of a release', () => {
  it('does not change when only the status of the head is repaired', () => {
    const pending = { ...HEAD, status: 'pending-upgrade' };
    const failed = { ...HEAD, status: 'failed' };
    expect(releaseDigest(pending)).toBe(releaseDigest(failed));
  });

  it.each<{ name: string; change: Partial<typeof HEAD> }>([
    { name: 'a new revision', change: { revision: 5 } },
    { name: 'the same revision after uninstall and install', change: { secretUid: 'another' } },
    { name: 'another chart', change: { chartName: 'cart' } },
    { name: 'another version of the chart', change: { chartVersion: '1.4.1' } },
    { name: 'other values', change: { valuesDigest: 'c'.repeat(64) } },
    { name: 'another manifest', change: { manifestDigest: 'd'.repeat(64) } },
  ])('changes with $name', ({ change }) => {
    expect(releaseDigest({ ...HEAD, ...change })).not.toBe(releaseDigest(HEAD));
  });

  it('is the same in every version of the protocol', () => {
    expect(releaseDigest(HEAD)).toBe(
      'd1a75305072fc890042414f7f24d7ee2ea35ce00ba1c63737a98b797994eb057',
    );
  });
});
