import { contentJson, contentKey, type PlanContent } from '@apollo-deploy/domain';
import { OfferedContent, offeredContentKey } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { Value } from 'typebox/value';

const UPGRADE: PlanContent = {
  ...{ entity: 'aria-dev', spoke: 'dev', namespace: 'aria', releaseName: 'aria' },
  ...{ type: 'upgrade', base: { revision: 3, releaseDigest: 'a'.repeat(64) } },
  chart: { name: 'aria', version: '1.1.0', sha256: 'b'.repeat(64) },
  ...{ valuesDigest: 'c'.repeat(64), strategy: 'rolling', rolloutTimeoutSeconds: 600 },
  rollbackTarget: { version: '1.0.0', chartSha256: 'd'.repeat(64), valuesDigest: 'e'.repeat(64) },
};

describe('the content of a plan', () => {
  it.each<{ name: string; content: PlanContent }>([
    { name: 'an upgrade', content: UPGRADE },
    { name: 'a release that is taken over', content: { ...UPGRADE, adopt: true } },
    { name: 'a refusal of conflicts', content: { ...UPGRADE, fieldConflicts: 'refuse' } },
    {
      name: 'an uninstall',
      content: { ...UPGRADE, type: 'uninstall', chart: null, valuesDigest: null },
    },
  ])('has one key for spoke and hub: $name', ({ content }) => {
    const offered = Value.Parse(OfferedContent, contentJson(content));
    expect(offeredContentKey(offered)).toBe(contentKey(content));
  });
});
