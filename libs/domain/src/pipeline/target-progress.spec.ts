import { describe, expect, it } from '@jest/globals';
import { aDeploymentTarget } from '../testing/deployments.js';
import { progressOf } from './target-progress.js';

const DEGRADED = { healthy: false, detail: '1.1.0 is deployed and Degraded' };
const RAN_ALREADY = 'it ran already, so nothing was changed';

describe('a target where it runs already', () => {
  it('is looked at where it was found well before, and is not well now', () => {
    const target = aDeploymentTarget({ state: 'started' });
    const facts = { spoke: 'heard', runsIt: true, proven: true, health: DEGRADED } as const;
    expect(progressOf(target, facts)).toMatchObject({ state: 'deployed', note: RAN_ALREADY });
  });

  it('fails where its spoke is lost before it is known how it does', () => {
    const target = aDeploymentTarget({ state: 'deployed', note: RAN_ALREADY });
    const facts = { spoke: 'lost', runsIt: true, health: DEGRADED } as const;
    expect(progressOf(target, facts)).toMatchObject({
      state: 'failed',
      note: `${RAN_ALREADY}, and spoke dev was lost before it was known how it does; nothing was taken back: see to the spoke, then to what runs`,
    });
  });
});
