import { anEntity, aPlan } from '@apollo-deploy/orchestration/testing';
import { describe, expect, it } from '@jest/globals';
import type { EntityView as Entity } from '@apollo-deploy/orchestration';
import { entityView } from './entity-views.js';

const RELEASE = {
  helmStatus: 'deployed',
  revision: 3,
  version: '1.4.2',
  valuesDigest: 'v'.repeat(64),
  releaseDigest: 'r'.repeat(64),
  health: 'Healthy',
  drifted: false,
} as const;
const AT = '2026-03-01T12:00:00.000Z';

function anEntityView(change: Partial<Entity> = {}): Entity {
  return {
    entity: anEntity(),
    target: { version: '1.4.2', reason: '1.4.2 is the newest of channel dev' },
    status: 'up_to_date',
    why: '1.4.2 runs as desired',
    ...change,
  };
}

describe('an entity as the API shows it', () => {
  it('has what its spoke reported', () => {
    const view = entityView(anEntityView({ reported: { at: AT, release: RELEASE, stale: true } }));

    expect(view.reported).toEqual({
      version: '1.4.2',
      revision: 3,
      health: 'Healthy',
      helmStatus: 'deployed',
      valuesDigest: 'v'.repeat(64),
      drifted: false,
      unmanaged: false,
      at: AT,
      stale: true,
    });
  });

  it.each<{ name: string; change: Partial<Entity> }>([
    { name: 'its spoke never reported', change: {} },
    {
      name: 'its spoke says that it is absent',
      change: { reported: { at: AT, release: null, stale: false } },
    },
  ])('has nothing reported where $name', ({ change }) => {
    expect(entityView(anEntityView(change)).reported).toBeNull();
  });

  it('names its open plan', () => {
    const openPlan = aPlan({ id: 'p-1', state: 'BLOCKED' });

    expect(entityView(anEntityView({ openPlan })).openPlan).toEqual({
      id: 'p-1',
      type: 'install',
      state: 'BLOCKED',
    });
    expect(entityView(anEntityView())).not.toHaveProperty('openPlan');
  });

  it('says that its ledger was lost, and what to do', () => {
    const since = '2026-03-01T11:00:00.000Z';
    const loss = { namespace: 'shop', releaseName: 'web', planId: 'plan-1', since };
    expect(entityView(anEntityView({ ledgerLost: loss })).ledgerLost).toEqual({
      ...{ planId: 'plan-1', since },
      message: expect.stringContaining('find out who deletes ConfigMaps'),
    });
    expect(entityView(anEntityView())).not.toHaveProperty('ledgerLost');
  });
});
