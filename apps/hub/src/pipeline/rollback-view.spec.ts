import { describe, expect, it } from '@jest/globals';
import type { DeploymentTarget } from '@apollo-deploy/domain';
import { aDeployment, aDeploymentTarget } from '@apollo-deploy/domain/testing';
import { rollbackView } from './rollback-view.js';

function shown(...targets: readonly DeploymentTarget[]) {
  const deployment = aDeployment({ kind: 'rollback', status: 'completed', targets });
  return rollbackView({ deployment, plans: new Map(), waitsFor: [] });
}

const DEV = aDeploymentTarget({
  state: 'healthy',
  fromVersion: '1.2.0',
  planId: 'p-1',
  values: {},
});
const TWO = { ...DEV, entity: 'aria-two', spoke: 'two' };

describe('what is said of a rollback', () => {
  it('names no entity where it went alike at all', () => {
    expect(shown(DEV, TWO)).toEqual({
      ...{ status: 'rolled_back', service: 'aria', rolled_back_to: '1.1.0', environment: 'dev' },
      deployment_id: 'deploy_20260105090000_aria_1',
      message: 'Rollback completed',
    });
  });

  it.each([
    {
      name: 'who brought it without a plan',
      target: { outside: { by: 'HADES', seen: true } } as const,
      message: 'Rollback completed: HADES brought 1.1.0; it is held there',
    },
    {
      name: 'that nothing was changed where it ran already',
      target: {},
      message:
        'Rollback completed: 1.1.0 runs there already, so nothing was changed; it is held there',
    },
  ])('says $name', ({ target, message }) => {
    const { planId: _, ...planless } = DEV;
    expect(shown({ ...planless, ...target }).message).toBe(message);
  });

  it('names each where they ran different versions', () => {
    expect(shown(DEV, { ...TWO, fromVersion: '1.3.0' }).entities).toEqual([
      { entity: 'aria-dev', state: 'healthy', from_version: '1.2.0' },
      { entity: 'aria-two', state: 'healthy', from_version: '1.3.0' },
    ]);
  });

  it('says which one was left as it is, and nothing of its values', () => {
    const note = 'it runs 1.0.0, which was there before 1.1.0, so it was left as it is';
    const { values: _, planId: __, ...left } = TWO;
    const view = shown(DEV, { ...left, state: 'skipped', fromVersion: '1.0.0', note });
    expect(view.entities).toEqual([
      { entity: 'aria-dev', state: 'healthy', from_version: '1.2.0' },
      { entity: 'aria-two', state: 'skipped', from_version: '1.0.0', note },
    ]);
    expect(view).not.toHaveProperty('unproven_on');
  });
});
