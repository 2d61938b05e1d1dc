import { describe, expect, it } from '@jest/globals';
import type { Deployment } from '../pipeline/deployment.js';
import { aDeployment, aDeploymentTarget } from '../testing.js';
import { type DoraPlan, doraRow, plansToTell } from './dora-row.js';

const ASKED = '2026-01-05T09:00:00.000Z';
const BEGAN = '2026-01-05T09:01:00.000Z';
const BROKE = '2026-01-05T09:02:00.000Z';
const ENDED = '2026-01-05T09:05:00.000Z';
const AFTER = '2026-01-05T09:05:00.001Z';
const LATER = '2026-01-05T09:07:00.000Z';

const WENT = aDeploymentTarget({ state: 'failed', planId: 'plan-1' });
const PLAN: DoraPlan = {
  id: 'plan-1',
  state: 'FAILED',
  outcome: 'unhealthy',
  planClass: 'ordinary',
  startedAt: BEGAN,
  endedAt: BROKE,
};
const BROUGHT = aDeploymentTarget({ state: 'healthy', outside: { by: 'HADES', seen: true } });
const GOES: DoraPlan = {
  ...{ id: 'plan-1', state: 'EXECUTING', planClass: 'ordinary' },
  startedAt: BEGAN,
};
const UNTOUCHED: DoraPlan = { id: 'plan-1', state: 'CANCELLED', planClass: 'ordinary' };

function ended(change: Partial<Deployment>): Deployment {
  const steps = [
    { status: 'pending', at: ASKED },
    { status: 'deploying', at: BEGAN },
  ] as const;
  return aDeployment({ fromVersion: '1.0.0', status: 'failed', endedAt: ENDED, steps, ...change });
}

function underWay(change: Partial<Deployment>): Deployment {
  const { endedAt: _, ...others } = ended({ status: 'deploying', ...change });
  return others;
}

describe('what a deployment did', () => {
  const healthy = aDeploymentTarget({ state: 'healthy', planId: 'plan-1' });
  const CASES: {
    name: string;
    deployment: Deployment;
    plan?: DoraPlan;
    expected: object;
  }[] = [
    {
      name: 'changed something: it completed by a plan',
      deployment: ended({ status: 'completed', targets: [healthy] }),
      expected: { effect: 'changed', reachedAt: BEGAN, broke: undefined },
    },
    {
      name: 'no change: it completed, and ran everywhere already',
      deployment: ended({
        status: 'completed',
        targets: [aDeploymentTarget({ state: 'healthy' }), aDeploymentTarget({ state: 'skipped' })],
      }),
      expected: { effect: 'no_change' },
    },
    {
      name: 'changed something: somebody else brought it without a plan, and it completed',
      deployment: ended({ kind: 'rollback', status: 'completed', targets: [BROUGHT] }),
      expected: { effect: 'changed', reachedAt: BEGAN, broke: undefined },
    },
    {
      name: 'changed something: what somebody else brought was ill',
      deployment: ended({ kind: 'rollback', targets: [{ ...BROUGHT, state: 'failed' }] }),
      expected: { effect: 'changed', broke: { at: ENDED, by: 'deployment_ended' } },
    },
    {
      name: 'was aborted: nobody saw that somebody else had brought it',
      deployment: ended({
        kind: 'rollback',
        targets: [{ ...BROUGHT, state: 'failed', outside: { by: 'HADES' } }],
      }),
      expected: { effect: 'aborted' },
    },
    {
      name: 'a drift repair: its only plan put right what ran before',
      deployment: ended({ status: 'completed', toVersion: '1.0.0', targets: [healthy] }),
      plan: { ...PLAN, state: 'SUCCEEDED', planClass: 'repair' },
      expected: { effect: 'drift_repair' },
    },
    {
      name: 'changed something: the same version with other values',
      deployment: ended({ status: 'completed', toVersion: '1.0.0', targets: [healthy] }),
      plan: { ...PLAN, state: 'SUCCEEDED' },
      expected: { effect: 'changed', sameVersion: true },
    },
    {
      name: 'was aborted: its plan never went out',
      deployment: ended({ targets: [WENT] }),
      plan: UNTOUCHED,
      expected: { effect: 'aborted', broke: undefined },
    },
    {
      name: 'was aborted: its plan was refused, and nothing was touched',
      deployment: ended({ targets: [WENT] }),
      plan: { ...PLAN, outcome: 'refused' },
      expected: { effect: 'aborted', broke: undefined },
    },
    {
      name: 'was aborted: its plan came back from the spoke untouched',
      deployment: ended({ targets: [WENT] }),
      plan: { ...PLAN, state: 'CANCELLED' },
      expected: { effect: 'aborted' },
    },
    {
      name: 'was aborted: a newer one took its place',
      deployment: ended({ supersededBy: 'deploy_2', targets: [aDeploymentTarget()] }),
      expected: { effect: 'aborted' },
    },
    {
      name: 'was aborted: the newer one that took its place took its plan over, which went out then',
      deployment: ended({ supersededBy: 'deploy_2', targets: [WENT] }),
      plan: { ...PLAN, startedAt: AFTER, endedAt: LATER },
      expected: { effect: 'aborted', broke: undefined },
    },
    {
      name: 'changed something: its plan went out at the instant of its end',
      deployment: ended({ targets: [WENT] }),
      plan: { ...PLAN, startedAt: ENDED, endedAt: LATER },
      expected: { effect: 'changed' },
    },
    {
      name: 'changed something: it is under way, and its plan has gone out',
      deployment: underWay({ targets: [aDeploymentTarget({ planId: 'plan-1' })] }),
      plan: GOES,
      expected: { effect: 'changed', broke: undefined },
    },
    {
      name: 'broke with its end, not with a plan of it that went out for a newer one afterwards',
      deployment: ended({ targets: [{ ...BROUGHT, state: 'failed' }, WENT] }),
      plan: { ...PLAN, startedAt: AFTER, endedAt: LATER },
      expected: { effect: 'changed', broke: { at: ENDED, by: 'deployment_ended' } },
    },
    {
      name: 'broke with its plan, long before it was taken back',
      deployment: ended({ status: 'rolled_back', targets: [WENT] }),
      plan: { ...PLAN, state: 'ROLLED_BACK' },
      expected: { effect: 'changed', broke: { at: BROKE, by: 'plan_failed' } },
    },
    {
      name: 'broke with the first bad look, not the last, and not with a good one',
      deployment: ended({
        status: 'rolled_back',
        targets: [
          {
            ...WENT,
            state: 'rolled_back',
            looks: [
              { at: BEGAN, healthy: true, detail: 'well' },
              { at: BROKE, healthy: false, detail: 'sick' },
              { at: ENDED, healthy: false, detail: 'sick' },
            ],
          },
        ],
      }),
      plan: { ...PLAN, state: 'SUCCEEDED' },
      expected: { effect: 'changed', broke: { at: BROKE, by: 'unhealthy_look' } },
    },
    {
      name: 'broke where it broke first, whichever of its entities comes first',
      deployment: ended({
        targets: [
          { ...WENT, looks: [{ at: ENDED, healthy: false, detail: 'sick' }], planId: 'plan-0' },
          WENT,
        ],
      }),
      plan: PLAN,
      expected: { broke: { at: BROKE, by: 'plan_failed' } },
    },
    {
      name: 'broke with its end, where nothing was seen before',
      deployment: ended({ targets: [WENT] }),
      plan: { ...PLAN, state: 'SUCCEEDED' },
      expected: { effect: 'changed', broke: { at: ENDED, by: 'deployment_ended' } },
    },
  ];
  it.each(CASES)('$name', ({ deployment, plan, expected }) => {
    const plans = new Map(plan === undefined ? [] : [[plan.id, plan]]);
    const row = doraRow(deployment, plans);
    const keys = Object.keys(expected) as (keyof typeof row)[];
    expect(Object.fromEntries(keys.map((key) => [key, row[key]]))).toEqual(expected);
  });

  it('is told without its plans where it completed with another version', () => {
    expect(plansToTell(ended({ status: 'completed', targets: [healthy] }))).toEqual([]);
    expect(plansToTell(ended({ targets: [WENT, aDeploymentTarget()] }))).toEqual(['plan-1']);
    const same = { status: 'completed', toVersion: '1.0.0', targets: [healthy] } as const;
    expect(plansToTell(ended(same))).toEqual(['plan-1']);
  });
});
