import { describe, expect, it } from '@jest/globals';
import { aDeployment } from '../testing/deployments.js';
import { deploymentId, secondsBetween } from './deployment.js';
import {
  DEPLOYMENT_STATUSES,
  furtherOf,
  hasEnded,
  mayBecome,
  stepTo,
} from './deployment-lifecycle.js';

const AT = '2026-01-05T09:00:01.000Z';

describe('the statuses of a deployment', () => {
  it('are gone through forwards, passed over at will, and never left once it has ended', () => {
    const moves = DEPLOYMENT_STATUSES.map((from) => [
      from,
      DEPLOYMENT_STATUSES.filter((to) => mayBecome(from, to)),
    ]);
    const ends = ['completed', 'failed', 'rolled_back'];
    expect(Object.fromEntries(moves)).toEqual({
      pending: ['pre_checks', 'backing_up', 'deploying', 'health_check', ...ends],
      pre_checks: ['backing_up', 'deploying', 'health_check', ...ends],
      backing_up: ['deploying', 'health_check', ...ends],
      deploying: ['health_check', ...ends],
      health_check: ends,
      completed: [],
      failed: [],
      rolled_back: [],
    });
    expect(DEPLOYMENT_STATUSES.filter(hasEnded)).toEqual(ends);
  });

  it('are put on record with their moment, each once', () => {
    const deploying = stepTo(aDeployment(), 'deploying', AT);
    expect(deploying).toMatchObject({
      status: 'deploying',
      steps: [{ status: 'pending' }, { status: 'deploying', at: AT }],
    });
    expect(stepTo(deploying, 'deploying', AT)).toBe(deploying);
    expect(() => stepTo(deploying, 'pre_checks', AT)).toThrow(
      'deployment deploy_20260105090000_aria_1 cannot become pre_checks after deploying',
    );
  });

  it('of two the further one counts', () => {
    expect(furtherOf('deploying', 'pre_checks')).toBe('deploying');
    expect(furtherOf('pending', 'pre_checks')).toBe('pre_checks');
  });
});

describe('a deployment', () => {
  it('has an id of its own, also of two in one second', () => {
    const at = new Date('2026-11-22T21:04:09.999Z');
    expect(deploymentId(at, 'aria-frontend', 'a')).toBe('deploy_20261122210409_aria-frontend_a');
    expect(deploymentId(at, 'aria-frontend', 'b')).not.toBe(deploymentId(at, 'aria-frontend', 'a'));
  });

  it('took no time where the clock was turned back', () => {
    expect(secondsBetween('2026-01-05T09:00:00.000Z', '2026-01-05T09:00:20.500Z')).toBe(20.5);
    expect(secondsBetween('2026-01-05T09:00:00.000Z', '2026-01-05T08:00:00.000Z')).toBe(0);
  });
});
