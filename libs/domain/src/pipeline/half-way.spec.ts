import { describe, expect, it } from '@jest/globals';
import { firstStep, nextStep } from '../strategies/target-rollout.js';
import { aDeployment, aDeploymentTarget } from '../testing/deployments.js';
import type { DeploymentTarget } from './deployment.js';
import { mayGiveWay } from './half-way.js';

const FIRST = firstStep('blue_green', { stable: '1.0.0', candidate: '1.1.0' });
const SECOND = nextStep(FIRST, 'plan-1');
const LAST = { ...SECOND, step: 4, values: null };

describe('a deployment at whose place a hotfix or a rollback is asked for', () => {
  it.each<{ name: string; targets: readonly Partial<DeploymentTarget>[]; gives: boolean }>([
    { name: 'goes by no steps and is looked at', targets: [{ state: 'deployed' }], gives: false },
    {
      name: 'waits before its first step',
      targets: [{ state: 'started', rollout: FIRST }],
      gives: false,
    },
    {
      name: 'is looked at after its first step',
      targets: [{ state: 'deployed', rollout: FIRST }],
      gives: true,
    },
    {
      name: 'waits before its second step',
      targets: [{ state: 'started', rollout: SECOND }],
      gives: true,
    },
    {
      name: 'executes its second step',
      targets: [{ state: 'executing', rollout: SECOND }],
      gives: false,
    },
    {
      name: 'executes it elsewhere',
      targets: [
        { state: 'started', rollout: SECOND },
        { state: 'executing', rollout: SECOND },
      ],
      gives: false,
    },
    {
      name: 'goes back elsewhere',
      targets: [
        { state: 'started', rollout: SECOND },
        { state: 'rolling_back', rollout: SECOND },
      ],
      gives: false,
    },
    {
      name: 'is about to go back',
      targets: [{ state: 'deployed', rollout: SECOND, stopped: 'it failed elsewhere' }],
      gives: false,
    },
    {
      name: 'waits before its last step',
      targets: [{ state: 'started', rollout: LAST }],
      gives: true,
    },
    {
      name: 'is looked at after its last step',
      targets: [{ state: 'deployed', rollout: LAST }],
      gives: false,
    },
    {
      name: 'is done in one place, and half-way in the next',
      targets: [
        { state: 'healthy', rollout: LAST },
        { state: 'deployed', rollout: FIRST },
      ],
      gives: true,
    },
  ])('$name: gives way $gives', ({ targets, gives }) => {
    const made = targets.map((target) => aDeploymentTarget(target));
    expect(mayGiveWay(aDeployment({ targets: made }))).toBe(gives);
  });
});
