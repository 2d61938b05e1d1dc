import { CountingIds, InMemoryStore, VirtualClock } from '@apollo-deploy/orchestration';
import { anEntity, aReleaseState, aSpoke } from '@apollo-deploy/orchestration/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Refused } from '../http/refused.js';
import { readSpokeReleases } from './spoke-releases.js';

const reportOf = (planId?: string) => ({
  head: {
    ...{ revision: 3, status: 'deployed', chartName: 'web', chartVersion: '1.4.2' },
    ...{ valuesDigest: 'v', manifestDigest: 'm', secretUid: 'u', releaseDigest: 'r' },
    ...(planId !== undefined && { planId }),
  },
  health: 'Healthy',
  drift: [{ kind: 'Deployment', name: 'web', message: 'spec.replicas is 3' }],
});
const SEEN = {
  ...{ version: '1.4.2', revision: 3, helmStatus: 'deployed', valuesDigest: 'v' },
  ...{ health: 'Healthy', drifted: true, message: 'spec.replicas is 3' },
};

describe('the releases of a spoke', () => {
  const clock = new VirtualClock(new Date('2026-03-01T12:00:00.000Z'));
  let context: { store: InMemoryStore; clock: VirtualClock; ids: CountingIds; startedAt: Date };
  beforeEach(async () => {
    context = { store: new InMemoryStore(), clock, ids: new CountingIds(), startedAt: new Date(0) };
    await context.store.transact(async (unit) => {
      await unit.spokes.insert(aSpoke());
      const ours = { spoke: 'spoke-a', namespace: 'shop', releaseName: 'web' };
      await unit.entities.insert(anEntity({ name: 'web-dev', ...ours }));
      await unit.releaseStates.put([
        aReleaseState({ ...ours, report: reportOf('plan-1') }),
        aReleaseState({ ...ours, namespace: 'tools', report: reportOf() }),
      ]);
    });
  });

  it('are those of entities and the others', async () => {
    const page = await readSpokeReleases(context, 'spoke-a', { unmanaged: false, limit: 1 });
    expect(page).toEqual({
      items: [{ namespace: 'shop', name: 'web', entity: 'web-dev', madeByApollo: true, ...SEEN }],
      next: 'shop/web',
    });
  });

  it('are the others alone, if asked so', async () => {
    const page = await readSpokeReleases(context, 'spoke-a', { unmanaged: true, limit: 10 });
    expect(page).toEqual({
      items: [{ namespace: 'tools', name: 'web', entity: null, madeByApollo: false, ...SEEN }],
    });
  });

  it('are refused for a spoke that nobody knows', async () => {
    const asked = readSpokeReleases(context, 'nobody', { unmanaged: false, limit: 10 });
    await expect(asked).rejects.toBeInstanceOf(Refused);
  });
});
