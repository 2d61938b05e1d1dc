import { underlyingState, observeRelease } from '@apollo-deploy/helm';
import { type HelmHead, keySetOf, type PlanOffer } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterScene } from '../testing/cluster-scene.js';
import { KeptKeySetsInMemory } from '../testing/kept-key-sets.js';
import type { OfferSketch } from '../testing/plan-offers.js';
import { approvedAs, aPlanKey, signedOffer } from '../testing/signed-offers.js';

const [KEY, STRANGER] = [aPlanKey(), aPlanKey()];

describe('a spoke that carries out signed plans only, where a release runs', () => {
  let scene: ClusterScene;
  let namespace: string;
  let head: HelmHead;
  let install: PlanOffer;
  beforeAll(async () => {
    const set = keySetOf({ version: 1, threshold: 1, keys: [KEY] });
    scene = await ClusterScene.open({ keys: await new KeptKeySetsInMemory().start(set) });
    namespace = await scene.cluster.freshNamespace('approved');
    install = scene.offer('broken/good', '1.0.0', { namespace });
    const { result, release } = await scene.hub.carryOut(signedOffer(install, KEY));
    if (release == null) throw new Error(result.message);
    head = release.head;
  });
  afterAll(() => scene.close());

  /** A plan that brings other values. */
  function other(mode: string, sketch: OfferSketch = {}): PlanOffer {
    const { revision, releaseDigest } = head;
    return scene.offer('broken/good', '1.0.0', {
      ...{ namespace, type: 'config_update', base: { revision, releaseDigest } },
      ...{ values: { config: { MODE: mode } }, ...sketch },
    });
  }

  async function history(): Promise<readonly string[]> {
    const state = underlyingState(await observeRelease(scene.kube, { namespace, release: 'web' }));
    return (state?.history ?? []).map(({ revision, status }) => `${revision} ${status}`);
  }

  const alarms = (): number => scene.hub.frames.filter(({ t }) => t === 'alarm').length;

  it.each([
    {
      name: 'whose values were changed after people said yes to other ones',
      reason: 'ApprovalOfOtherContent',
      offer: () =>
        signedOffer(other('loud'), KEY, { approvals: approvedAs(other('quiet').digest) }),
    },
    {
      name: 'with the digest that people said yes to, and other values',
      reason: 'ValuesDigestDiffers',
      offer: () => signedOffer(other('quiet'), KEY, { values: { config: { MODE: 'loud' } } }),
    },
    {
      name: 'with the digest that people said yes to, and other content',
      reason: 'ContentDigestDiffers',
      offer: () => signedOffer({ ...other('loud'), digest: other('quiet').digest }, KEY),
    },
  ])('refuses a plan $name, and the release stays', async ({ offer, reason }) => {
    const verdict = await scene.hub.verdict(offer());
    expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'refused', reason });
    expect(await history()).toEqual(['1 deployed']);
  });

  it.each([
    {
      name: 'nobody has signed',
      reason: 'NotSigned',
      offer: () => other('quiet'),
    },
    {
      name: 'a stranger has signed',
      reason: 'SignatureInvalid',
      offer: () => signedOffer(other('quiet'), STRANGER),
    },
    {
      name: 'was signed for another cluster',
      reason: 'OtherAudience',
      offer: () =>
        signedOffer(other('quiet'), KEY, { audience: { spoke: 'dev', clusterUid: 'cluster-2' } }),
    },
    {
      name: 'was signed as another plan',
      reason: 'OtherPlan',
      offer: () => ({ ...signedOffer(install, KEY), planId: other('quiet').planId }),
    },
  ])('refuses what $name with an alarm, and the release stays', async ({ offer, reason }) => {
    const before = alarms();
    const verdict = await scene.hub.verdict(offer());
    expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'refused', reason });
    expect(alarms() - before).toBe(1);
    expect(await history()).toEqual(['1 deployed']);
  });

  it('declines one that was kept back until it was too old, and the release stays', async () => {
    const late = other('quiet', { expiresAt: '2026-03-02T12:02:00.000Z' });
    const verdict = await scene.hub.verdict(signedOffer(late, KEY));
    expect(verdict).toMatchObject({ verdict: 'declined', reason: 'expired' });
    expect(await history()).toEqual(['1 deployed']);
  });

  it('declines one that was kept back while another plan changed the release', async () => {
    const kept = signedOffer(other('quiet'), KEY);
    expect(await scene.hub.verdict(signedOffer(other('loud'), KEY))).toMatchObject({
      verdict: 'succeeded',
    });
    const changed = ['1 superseded', '2 deployed'];
    expect(await history()).toEqual(changed);
    expect(await scene.hub.verdict(kept)).toMatchObject({
      ...{ verdict: 'declined', reason: 'base_moved' },
    });
    expect(await history()).toEqual(changed);
  });

  it('does nothing about one that was carried out, and only tells its end again', async () => {
    const before = await history();
    const verdict = await scene.hub.verdict(signedOffer(install, KEY));
    expect(verdict).toMatchObject({ verdict: 'succeeded' });
    expect(await history()).toEqual(before);
  });
});
