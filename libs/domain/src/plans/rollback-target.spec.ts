import { describe, expect, it } from '@jest/globals';
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import {
  aBaseline,
  anEntity,
  aPlanContent,
  aProduct,
  aRelease,
  aReportedRelease,
} from '../testing.js';
import { contentKey, planDigest } from './plan.js';
import type { EntityFacts } from './proposal.js';
import { proposePlan } from './propose-plan.js';

const OLD = { replicas: 2 };
const NEW = { replicas: 3 };
const GOOD = aBaseline();
const TO_GOOD = {
  version: '1.0.0',
  chartSha256: sha256Hex('aria 1.0.0'),
  valuesDigest: jsonDigest(OLD),
};

/** The content that is proposed where 1.0.0 with the old values runs and is what succeeded last. */
function proposed(change: Partial<EntityFacts> = {}) {
  const proposal = proposePlan({
    entity: anEntity({ desired: { version: '1.1.0' }, values: NEW }),
    product: aProduct(),
    candidates: {
      releases: ['0.9.0', '1.0.0', '1.1.0'].map((version) => aRelease(version)),
      channelVersions: new Set(),
      objections: () => [],
    },
    reported: {
      at: '2026-01-05T09:00:00.000Z',
      release: aReportedRelease({ valuesDigest: jsonDigest(OLD) }),
    },
    declines: [],
    baseline: GOOD,
    waysBack: [GOOD],
    ...change,
  });
  return proposal.kind === 'plan' ? proposal.plan.content : undefined;
}

describe('what a plan is taken back to if it fails', () => {
  const keyOf = (version: string, values: typeof OLD) => ({
    version,
    valuesDigest: jsonDigest(values),
    contentKey: contentKey(
      aPlanContent({
        chart: { name: 'aria', version, sha256: sha256Hex(`aria ${version}`) },
        valuesDigest: jsonDigest(values),
      }),
    ),
  });
  const newer = aBaseline(keyOf('1.1.0', NEW));
  const drifted = aReportedRelease({ valuesDigest: jsonDigest(OLD), drifted: true });

  it.each([
    { name: 'an upgrade: what succeeded last', change: {}, type: 'upgrade', target: TO_GOOD },
    {
      name: 'other values: the ones before',
      change: { entity: anEntity({ desired: { version: '1.0.0' }, values: NEW }) },
      type: 'config_update',
      target: TO_GOOD,
    },
    {
      name: 'an upgrade where nothing has succeeded: nothing',
      change: { baseline: undefined, waysBack: [] },
      type: 'upgrade',
      target: undefined,
    },
    {
      name: 'an upgrade where nothing is taken back: nothing',
      change: { waysBack: [] },
      type: 'upgrade',
      target: undefined,
    },
    {
      name: 'an upgrade off a recalled release: what succeeded before it',
      change: { baseline: aBaseline(keyOf('1.0.5', OLD)), waysBack: [GOOD] },
      type: 'upgrade',
      target: TO_GOOD,
    },
    {
      name: 'an upgrade to what succeeded long ago: something else',
      change: { baseline: aBaseline(keyOf('1.0.5', OLD)), waysBack: [newer, GOOD] },
      type: 'upgrade',
      target: TO_GOOD,
    },
    {
      name: 'a repair: nothing, as it restores what succeeded last',
      change: {
        entity: anEntity({ desired: { version: '1.0.0' }, values: OLD }),
        reported: { at: '2026-01-05T09:00:00.000Z', release: drifted },
      },
      type: 'config_update',
      target: undefined,
    },
    {
      name: 'a rollback: nothing',
      change: { entity: anEntity({ desired: { version: '0.9.0' }, values: OLD }) },
      type: 'rollback',
      target: undefined,
    },
    {
      name: 'an uninstall: nothing',
      change: { entity: anEntity({ desired: { absent: true } }) },
      type: 'uninstall',
      target: undefined,
    },
    {
      name: 'an install: nothing',
      change: { reported: { at: '2026-01-05T09:00:00.000Z', release: null } },
      type: 'install',
      target: undefined,
    },
  ])('is, for $name', ({ change, type, target }) => {
    const content = proposed(change as Partial<EntityFacts>);
    expect(content?.type).toBe(type);
    expect(content?.rollbackTarget).toEqual(target);
  });

  it('is in the digest, and is no part of what can be declined', () => {
    const [without, to] = [aPlanContent({ type: 'upgrade' }), { ...TO_GOOD, version: '0.9.0' }];
    const contents = [
      without,
      { ...without, rollbackTarget: TO_GOOD },
      { ...without, rollbackTarget: to },
    ];
    expect(new Set(contents.map(planDigest)).size).toBe(3);
    expect(new Set(contents.map(contentKey)).size).toBe(1);
  });

  it('leaves the digest of content that names none as it was before there was such a member', () => {
    const recorded = {
      entity: 'checkout-prod',
      spoke: 'prod-eu-1',
      namespace: 'shop',
      releaseName: 'checkout',
      type: 'upgrade',
      base: {
        revision: 3,
        releaseDigest: 'cae662172fd450bb0cd710a769079c05bfc5d8e35efa6576edc7d0377afdd4a2',
      },
      chart: {
        name: 'checkout',
        version: '1.4.0',
        sha256: 'cc57fc1903e444cf6a726490b43b27ee9f87facc037f86872201847c565b45fb',
      },
      valuesDigest: '89445ea08b55421faa49919a5fd272e9a520f701b479d6084847e161ca5b7711',
      strategy: 'rolling',
      rolloutTimeoutSeconds: 300,
    } as const;
    expect(planDigest(recorded)).toBe(
      '9414f4faedc0db9f32390532875046ec3cafc6274a4c855c49ec921f15632526',
    );
  });
});
