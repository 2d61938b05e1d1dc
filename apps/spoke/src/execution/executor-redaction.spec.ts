import { describe, expect, it } from '@jest/globals';
import { type KubeObject } from '@apollo-deploy/kube';
import type { PlanOffer } from '@apollo-deploy/protocol';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';

const OLD = 'CANARYOLD55';
const JOB = { apiVersion: 'batch/v1', kind: 'Job' };

/** A Job that has failed, and says so with the password. */
function failedJob(name: string, password: string): KubeObject {
  const failed = {
    ...{ type: 'Failed', status: 'True', reason: 'BadPassword' },
    message: `cannot log in with ${password}`,
  };
  const metadata = { name, namespace: 'shop', generation: 1, uid: name };
  return { ...JOB, metadata, status: { conditions: [failed], failed: 1 } };
}

/** A release whose values hold a password that none of the later offers holds. */
async function withOldValues(hookEvents: readonly string[]) {
  const bench = new ExecutionBench();
  for (const version of ['1.0.0', '2.0.0']) {
    bench.addChart({ name: 'web', version, hookEvents, render: () => [] });
  }
  const base = await bench.installed(anOffer({ planId: 'plan-0', values: { db: { pw: OLD } } }));
  return { bench, base };
}

async function everythingSaid(bench: ExecutionBench, offer: PlanOffer): Promise<string> {
  return JSON.stringify([await bench.verdicts(offer), bench.logged]);
}

describe('the values that the offer does not hold', () => {
  it.each([
    { type: 'uninstall', hook: 'pre-delete' },
    { type: 'upgrade', hook: 'pre-upgrade' },
  ] as const)('are not told when a hook of the $type says them', async ({ type, hook }) => {
    const { bench, base } = await withOldValues([hook]);
    await bench.kube.create(failedJob(`web-${hook}`, OLD));
    const chart = { name: 'web', version: '2.0.0' };
    const offer = anOffer({ type, base, chart, values: type === 'upgrade' ? { a: 'new' } : {} });
    bench.helm.nextRun('killed');
    const spoke = bench.spoke();
    expect(await spoke.carryOut(offer)).toMatchObject({
      message: expect.stringContaining('cannot log in with <value of db.pw>'),
    });
    expect(await everythingSaid(bench, offer)).not.toContain(OLD);
  });

  it('are not told by the next process, of a failed revision that the plan was made for', async () => {
    const { bench } = await withOldValues(['pre-upgrade']);
    const flawed = { name: 'web', version: '1.5.0' };
    bench.addChart({ ...flawed, invalid: true, render: () => [] });
    const values = { middle: 'CANARYMID55' };
    const failed = anOffer({ type: 'upgrade', planId: 'plan-x', chart: flawed, values });
    await bench.helmRan(failed, 'normal');
    const base = await bench.base(failed);
    const offer = anOffer({ type: 'upgrade', base, chart: { name: 'web', version: '2.0.0' } });
    await bench.claimed(offer);
    await bench.helmRan(offer, 'killed');
    await bench.kube.create(failedJob('web-pre-upgrade', values.middle));
    expect(await bench.spoke().carryOut(offer)).toMatchObject({
      message: expect.stringContaining('cannot log in with <value of middle>'),
    });
    expect(await everythingSaid(bench, offer)).not.toContain(values.middle);
  });

  it('are not told when another plan settles the one that brought them', async () => {
    const bench = new ExecutionBench();
    bench.addChart({
      ...{ name: 'web', version: '2.0.0' },
      render: ({ pw }) => [failedJob('login', pw as string)],
    });
    const base = await bench.installed(anOffer({ planId: 'plan-0' }));
    const chart = { name: 'web', version: '2.0.0' };
    const left = anOffer({ type: 'upgrade', base, chart, values: { pw: OLD } });
    await bench.claimed(left, { verifyingSince: '2026-03-02T11:59:00.000Z' });
    await bench.helmRan(left, 'normal');
    const spoke = bench.spoke();
    spoke.offer(anOffer({ type: 'config_update', planId: 'plan-2', base, values: { a: 'b' } }));
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy' },
      message: expect.stringContaining('cannot log in with <value of pw>'),
    });
    expect(await everythingSaid(bench, left)).not.toContain(OLD);
  });
});
