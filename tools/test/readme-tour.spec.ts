import { describe, expect, it } from '@jest/globals';
import { tourSteps } from './readme-tour.js';

const [, refused, , waiting] = await tourSteps('The pipeline');
const PROBLEM = {
  ...{ code: 'deployment/direct_to_production', field: 'target_env', requestId: 'any' },
  detail:
    'Direct deployment to PROD is forbidden. Use /promote to move from DEV to PROD, or /hotfix for emergencies.',
};
const BEGINS = 'Promotion is under way (pending) and waits: approval rule production waits for sre';
const PROMOTING = { status: 'pending', promoted_from: 'staging', promoted_to: 'prod' };

describe('what the README tells of an answer', () => {
  it('is read beside the commands, and is none of them', () => {
    expect(refused).toMatchObject({
      title: 'Nobody deploys to production directly',
      commands: expect.not.stringContaining('403'),
    });
  });

  it.each([
    { name: 'has more than is told', status: 403, body: PROBLEM, holds: true },
    { name: 'has another status', status: 400, body: PROBLEM, holds: false },
    {
      name: 'has another text',
      status: 403,
      body: { ...PROBLEM, detail: 'no' },
      holds: false,
    },
    { name: 'lacks what is told', status: 403, body: { code: PROBLEM.code }, holds: false },
  ])('holds=$holds where the answer $name', ({ status, body, holds }) => {
    const told = holds ? expect({ status, body }) : expect({ status, body }).not;
    told.toEqual(refused?.told);
  });

  it.each([
    { name: 'something', message: `${BEGINS} (nobody has agreed yet)`, holds: true },
    { name: 'nothing', message: BEGINS, holds: false },
    { name: 'something behind another text', message: 'Promotion completed', holds: false },
  ])('holds=$holds where $name stands for what differs each time', ({ message, holds }) => {
    const answer = { status: 202, body: { ...PROMOTING, message } };
    const told = holds ? expect(answer) : expect(answer).not;
    told.toEqual(waiting?.told);
  });
});
