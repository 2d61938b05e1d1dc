import { describe, expect, it } from '@jest/globals';
import { IDLE_CODES, VIOLATION_CODES, type Wait } from '@apollo-deploy/domain';
import { waitView } from './wait-view.js';

const MESSAGE = 'it waits';

describe('what a deployment waits for is told', () => {
  it.each<{ name: string; wait: Omit<Wait, 'message'>; cure: string }>([
    {
      name: 'another deployment',
      wait: { code: 'queued', data: { deployment: 'deploy_1' } },
      cure: 'wait: it begins when the other one has ended (GET /api/v1/deployments/deploy_1); a newer request takes its place',
    },
    {
      name: 'people',
      wait: { code: 'approval', plan: 'plan-1' },
      cure: 'let those whom its message names look at it and approve its digest (POST /api/v1/plans/plan-1/approve), or reject it (POST /api/v1/plans/plan-1/reject)',
    },
    {
      name: 'somebody who starts it',
      wait: { code: 'manual_execution', plan: 'plan-1' },
      cure: 'execute it (POST /api/v1/plans/plan-1/execute)',
    },
    {
      name: 'a hold',
      wait: { code: 'hold', data: { hold: 'hold-1' } },
      cure: 'lift the hold (GET /api/v1/holds, DELETE /api/v1/holds/hold-1)',
    },
    {
      name: 'what nobody here has heard of',
      wait: { code: 'moon_phase' },
      cure: 'do what the message says; the plan is looked at again when anything changes',
    },
  ])('with what to do: $name', ({ wait, cure }) => {
    expect(waitView({ ...wait, message: MESSAGE })).toMatchObject({ message: MESSAGE, cure });
  });

  it('with its entity, its plan and until when, and nothing else', () => {
    const about = { entity: 'aria-dev', plan: 'plan-1', until: '2026-01-06T00:00:00.000Z' };
    const wait = { code: 'suppression_window', message: MESSAGE, data: { id: 'c-1' }, ...about };
    expect(waitView(wait)).toEqual({
      ...{ code: 'suppression_window', message: MESSAGE, ...about },
      cure: expect.stringContaining('DELETE /api/v1/suppressions/c-1'),
    });
  });

  it.each([...IDLE_CODES, ...VIOLATION_CODES])('with what to do about %s', (code) => {
    const unknown = waitView({ code: 'moon_phase', message: MESSAGE }).cure;
    expect(waitView({ code, message: MESSAGE }).cure).not.toBe(unknown);
  });
});
