import { describe, expect, it } from '@jest/globals';
import type { Deployment, DeploymentTarget } from '../pipeline/deployment.js';
import { aDeployment, aDeploymentTarget } from '../testing.js';
import { doraParts } from './dora-parts.js';

function at(minute: number): string {
  return `2026-01-05T09:0${String(minute)}:00.000Z`;
}

function target(spoke: string, wave: number, change: Partial<DeploymentTarget>): DeploymentTarget {
  return aDeploymentTarget({ entity: `aria-${spoke}`, spoke, wave, ...change });
}

const WELL = (minute: number): Partial<DeploymentTarget> => ({
  ...{ state: 'healthy', startedAt: at(minute - 1), planId: 'plan-1' },
  looks: [{ at: at(minute), healthy: true, detail: 'well' }],
});
const FIRST = target('one', 0, WELL(2));
const SECOND = target('two', 1, WELL(4));
const THIRD = target('three', 1, {
  state: 'failed',
  startedAt: at(3),
  planId: 'plan-3',
  looks: [],
});

function ended(change: Partial<Deployment>): Deployment {
  const steps = [
    { status: 'pending', at: at(0) },
    { status: 'deploying', at: at(1) },
    { status: 'failed', at: at(6) },
  ] as const;
  return aDeployment({ status: 'failed', endedAt: at(6), steps, ...change });
}

/** What is said of each part, shortly. */
function told(deployment: Deployment, by: 'wave' | 'spoke') {
  return doraParts(deployment, by).map(({ wave, spoke, deployment: part }) => ({
    part: wave ?? spoke,
    status: part.status,
    reached: part.steps.find(({ status }) => status === 'deploying')?.at,
    ended: part.endedAt,
    entities: part.targets.map(({ entity }) => entity),
  }));
}

describe('what counts as a deployment', () => {
  const deployment = ended({ targets: [FIRST, SECOND, THIRD] });

  it('is the whole, unless it is asked for its parts', () => {
    expect(doraParts(deployment, 'deployment')).toEqual([{ deployment }]);
  });

  it('is each wave: one completed, though the next one failed', () => {
    expect(told(deployment, 'wave')).toEqual([
      {
        ...{ part: 0, status: 'completed', reached: at(1), ended: at(2) },
        entities: ['aria-one'],
      },
      {
        ...{ part: 1, status: 'failed', reached: at(3), ended: at(6) },
        entities: ['aria-two', 'aria-three'],
      },
    ]);
  });

  it('is each spoke: what did well there completed', () => {
    expect(told(deployment, 'spoke')).toMatchObject([
      { part: 'one', status: 'completed', ended: at(2) },
      { part: 'two', status: 'completed', ended: at(4) },
      { part: 'three', status: 'failed', ended: at(6) },
    ]);
  });

  it('is over for a spoke that does well while the others go on', () => {
    const { endedAt: _, ...open } = ended({
      status: 'deploying',
      targets: [FIRST, target('two', 1, { state: 'executing', startedAt: at(3) })],
    });
    expect(told(open, 'spoke')).toMatchObject([
      { part: 'one', status: 'completed', ended: at(2) },
      { part: 'two', status: 'deploying', ended: undefined },
    ]);
  });

  it.each([
    { name: 'was passed over', state: 'skipped' },
    { name: 'was never begun', state: 'not_started' },
  ] as const)('has touched nothing where a spoke $name', ({ state }) => {
    const parts = told(ended({ targets: [THIRD, target('late', 2, { state })] }), 'spoke');
    expect(parts.at(-1)).toMatchObject({ part: 'late', status: 'failed', reached: undefined });
  });

  it('ends with the deployment where it ran already and was not looked at', () => {
    const idle = target('one', 0, { state: 'healthy', looks: [] });
    expect(told(ended({ status: 'completed', targets: [idle] }), 'spoke')).toMatchObject([
      { status: 'completed', ended: at(6) },
    ]);
  });

  it('is what went back at a spoke, by itself', () => {
    const back = target('one', 0, { state: 'rolled_back', startedAt: at(1), planId: 'plan-1' });
    expect(told(ended({ targets: [back, THIRD] }), 'spoke')).toMatchObject([
      { part: 'one', status: 'rolled_back', ended: at(6) },
      { part: 'three', status: 'failed' },
    ]);
  });
});
