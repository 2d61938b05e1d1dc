import { describe, expect, it } from '@jest/globals';
import { aDeploymentTarget } from '../testing/deployments.js';
import { TARGET_STATES, type TargetState } from './deployment.js';
import { waveBefore } from './wave-before.js';

const one = (state: TargetState) => aDeploymentTarget({ entity: 'a', state });
const two = (state: TargetState) => aDeploymentTarget({ entity: 'b', state, wave: 1 });

describe('a later wave', () => {
  it.each(TARGET_STATES.map((state) => ({ state })))(
    'goes beside an earlier one that is $state only where that is healthy or skipped',
    ({ state }) => {
      const [first, second] = [one(state), two('started')];
      const goes = state === 'healthy' || state === 'skipped';
      expect(waveBefore(second, [first, second])).toBe(goes ? undefined : first);
    },
  );

  it.each(TARGET_STATES.map((state) => ({ state })))(
    'that is $state is kept back only where it has begun and is not brought',
    ({ state }) => {
      const [first, second] = [one('deployed'), two(state)];
      const isKept = state === 'started' || state === 'executing';
      expect(waveBefore(second, [first, second])).toBe(isKept ? first : undefined);
    },
  );

  it('waits for none of its own wave', () => {
    const other = aDeploymentTarget({ entity: 'c', state: 'failed', wave: 1 });
    expect(waveBefore(two('started'), [one('healthy'), other, two('started')])).toBeUndefined();
  });
});
