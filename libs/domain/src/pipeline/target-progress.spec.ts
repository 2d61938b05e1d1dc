import { describe, expect, it } from '@jest/globals';
import type { PlanState } from '../plans/plan-lifecycle.js';
import { firstStep } from '../strategies/target-rollout.js';
import { aDeploymentTarget } from '../testing/deployments.js';
import type { TargetFacts } from './target-facts.js';
import { progressOf, ranAlready } from './target-progress.js';

const DEGRADED = { healthy: false, detail: '1.1.0 is deployed and Degraded' };
const GOOD_LOOKS = ['00', '07', '15'].map((second) => ({
  ...{ at: `2026-01-05T09:00:${second}.000Z`, healthy: true },
  detail: '1.1.0 is deployed and Healthy',
}));
const RAN_ALREADY = 'it ran already, so nothing was changed';

describe('a target', () => {
  it.each([
    { name: 'ran it before anything was brought', change: {}, expected: true },
    { name: 'and was looked at', change: { note: `${RAN_ALREADY}; it is well` }, expected: true },
    { name: 'is noted for something else', change: { note: 'HADES brought it' }, expected: false },
    { name: 'has had a plan since', change: { planId: 'plan-1' }, expected: false },
    { name: 'was brought it from outside', change: { outside: { by: 'HADES' } }, expected: false },
    {
      name: 'goes by a strategy',
      change: { rollout: firstStep('canary', { stable: '1.0.0', candidate: '1.1.0' }) },
      expected: false,
    },
  ])('$name: ran it already is $expected', ({ change, expected }) => {
    const target = aDeploymentTarget({ state: 'deployed', note: RAN_ALREADY, ...change });
    expect(ranAlready(target)).toBe(expected);
  });

  it.each([
    { name: 'brings something else', version: '1.2.0', does: 'brings 1.2.0' },
    { name: 'takes the release away', version: null, does: 'takes it away' },
  ])('fails where another plan took the place of its own and $name', ({ version, does }) => {
    const otherPlan = { id: 'plan-2', version };
    const facts: TargetFacts = { spoke: 'heard', runsIt: false, health: DEGRADED, otherPlan };
    expect(progressOf(aDeploymentTarget({ state: 'started' }), facts)).toMatchObject({
      ...{ state: 'failed', note: `plan plan-2 took its place and ${does}` },
    });
  });
});

describe('a target where it runs already', () => {
  it('is looked at where it was found well before, and is not well now', () => {
    const target = aDeploymentTarget({ state: 'started' });
    const facts = { spoke: 'heard', runsIt: true, proven: true, health: DEGRADED } as const;
    expect(progressOf(target, facts)).toMatchObject({ state: 'deployed', note: RAN_ALREADY });
  });

  it.each([
    {
      name: 'by the looks of the deployment that brought it',
      target: aDeploymentTarget({ state: 'started' }),
      says: 'the deployment that brought it found it well, and its spoke does now',
    },
    {
      name: 'by its own looks',
      target: aDeploymentTarget({ state: 'deployed', note: RAN_ALREADY, looks: GOOD_LOOKS }),
      says: 'it was looked at 3 times, and does well',
    },
  ])('is healthy $name, and says so', ({ target, says }) => {
    const health = { healthy: true, detail: '1.1.0 is deployed and Healthy' };
    const facts = { spoke: 'heard', runsIt: true, proven: true, health } as const;
    expect(progressOf(target, facts)).toMatchObject({
      state: 'healthy',
      note: `${RAN_ALREADY}; ${says}`,
    });
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

describe('a target whose version is recalled', () => {
  const RECALLED = '1.1.0 is recalled by ann: It loses orders (recall recall-1)';
  const NOTE = `${RECALLED}, so it was not brought; ask for another version, or withdraw the recall and ask again`;
  const WELL = { healthy: true, detail: '1.0.0 is deployed and Healthy' };
  const FACTS: TargetFacts = { spoke: 'heard', runsIt: false, health: WELL };
  const started = aDeploymentTarget({ state: 'started', startedAt: '2026-01-05T09:00:00.000Z' });
  const plan = (state: PlanState): TargetFacts => ({
    ...FACTS,
    plan: { id: 'plan-1', type: 'upgrade', state, violations: [] },
  });

  it.each([
    { name: 'before its wave', target: aDeploymentTarget(), facts: FACTS },
    { name: 'while it has no plan', target: started, facts: FACTS },
    { name: 'while its plan waits', target: started, facts: plan('BLOCKED') },
    {
      name: 'where nobody sees that it runs already',
      target: started,
      facts: { ...FACTS, runsIt: true, spoke: 'silent' } as const,
    },
  ])('fails with the recall named: $name', ({ target, facts }) => {
    expect(progressOf(target, facts, RECALLED)).toMatchObject({ state: 'failed', note: NOTE });
  });

  it.each([
    { name: 'its plan has gone out', target: started, facts: plan('EXECUTING'), is: 'executing' },
    { name: 'its plan has succeeded', target: started, facts: plan('SUCCEEDED'), is: 'deployed' },
    {
      name: 'it runs already',
      target: started,
      facts: { ...FACTS, runsIt: true, proven: true },
      is: 'healthy',
    },
    {
      name: 'somebody outside is at it',
      target: { ...started, outside: { by: 'HADES', until: '2026-01-05T09:01:00.000Z' } },
      facts: FACTS,
      is: 'started',
    },
  ])('goes on where $name', ({ target, facts, is }) => {
    expect(progressOf(target, facts, RECALLED).state).toBe(is);
  });
});
