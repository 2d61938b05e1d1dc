import { describe, expect, it } from '@jest/globals';
import { aDeployment, aDeploymentTarget } from '../testing/deployments.js';
import type { TargetState } from './deployment.js';
import type { Move } from './follow-deployment.js';
import { onlyWaits, hasBegun } from './only-waits.js';

const WAIT: Move = { kind: 'wait', for: [] };
const END: Move = { kind: 'end', status: 'completed', notes: 'completed' };

function inStates(...states: readonly TargetState[]) {
  const targets = states.map((state, nth) =>
    aDeploymentTarget({ entity: `aria-${String(nth)}`, wave: nth, state }),
  );
  return aDeployment({ targets });
}

describe('a deployment at whose place a newer one is asked for', () => {
  it.each<{
    name: string;
    states: readonly TargetState[];
    move?: Move;
    waits: boolean;
    begun: boolean;
  }>([
    { name: 'nothing was said yet', states: ['waiting'], waits: true, begun: false },
    { name: 'its plan is blocked', states: ['started', 'waiting'], waits: true, begun: false },
    { name: 'one spoke is lost', states: ['skipped', 'started'], waits: true, begun: false },
    {
      name: 'its first wave does well and the next is blocked',
      states: ['healthy', 'started', 'waiting'],
      waits: true,
      begun: true,
    },
    {
      name: 'its next wave is about to begin',
      states: ['healthy', 'waiting'],
      move: { kind: 'start', entities: ['aria-1'] },
      waits: true,
      begun: true,
    },
    { name: 'a plan is out', states: ['executing', 'started'], waits: false, begun: true },
    { name: 'it is looked at', states: ['deployed'], waits: false, begun: true },
    { name: 'it goes back', states: ['rolling_back'], waits: false, begun: true },
    {
      name: 'it went back and stops',
      states: ['rolled_back', 'waiting'],
      waits: false,
      begun: true,
    },
    { name: 'it failed and stops', states: ['failed', 'waiting'], waits: false, begun: true },
    { name: 'all is well and it ends', states: ['healthy'], move: END, waits: false, begun: true },
    { name: 'all is lost and it ends', states: ['skipped'], move: END, waits: false, begun: false },
  ])(
    'where $name: only waits $waits, has begun $begun',
    ({ states, move = WAIT, waits, begun }) => {
      const deployment = inStates(...states);
      expect(onlyWaits({ deployment, move })).toBe(waits);
      expect(hasBegun(deployment)).toBe(begun);
    },
  );

  it.each([
    { name: 'may be at it still', until: '2026-01-05T09:30:00.000Z', waits: false },
    { name: 'have answered', until: undefined, waits: true },
  ])('that somebody else was asked for, who $name: gives way $waits', ({ until, waits }) => {
    const outside = { by: 'HADES', ...(until !== undefined && { until }) };
    const targets = inStates('started').targets.map((target) => ({ ...target, outside }));
    expect(onlyWaits({ deployment: aDeployment({ targets }), move: WAIT })).toBe(waits);
  });

  it.each<{ name: string; states: readonly TargetState[]; step: number; waits: boolean }>([
    { name: 'waits before its first step', states: ['started'], step: 1, waits: true },
    { name: 'waits half-way', states: ['started'], step: 2, waits: false },
    {
      name: 'was brought, and the next waits',
      states: ['healthy', 'waiting'],
      step: 2,
      waits: true,
    },
  ])('that goes by steps and $name: gives way $waits', ({ states, step, waits }) => {
    const rollout = { strategy: 'blue_green', stable: '1.0.0', candidate: '1.1.0' } as const;
    const [first, ...others] = inStates(...states).targets;
    const target = aDeploymentTarget({
      ...first,
      rollout: { ...rollout, step, steps: 2, values: null },
    });
    const deployment = aDeployment({ targets: [target, ...others] });
    expect(onlyWaits({ deployment, move: WAIT })).toBe(waits);
  });
});
