import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';
import { PolicyFile } from './policy-file.js';

describe('a plan in a cluster whose owner has a policy', () => {
  let folder: string;
  let path: string;
  let bench: ExecutionBench;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-policy-'));
    path = join(folder, 'policy.json');
    bench = new ExecutionBench();
  });
  afterEach(() => rm(folder, { recursive: true }));

  function aSpoke(): ReturnType<ExecutionBench['spoke']> {
    return bench.spoke({ policy: new PolicyFile(path, bench.kube) });
  }

  it('is carried out if all of it is allowed', async () => {
    await writeFile(path, '{"namespaces":["shop"],"kinds":["ConfigMap"]}');
    expect(await aSpoke().carryOut(anOffer())).toMatchObject({ verdict: 'succeeded' });
  });

  it.each([
    { rule: 'namespaces', policy: '{"namespaces":["bar"]}' },
    { rule: 'kinds', policy: '{"kinds":["Deployment"]}' },
  ])('is refused by its rule $rule, before anything is touched', async ({ rule, policy }) => {
    await writeFile(path, policy);
    expect(await aSpoke().carryOut(anOffer())).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'policy/forbidden' },
      message: expect.stringContaining(`by its rule ${rule}`),
    });
    expect(bench.helm.commands).toEqual([]);
    expect((await bench.ledger.read(anOffer().content)).claim).toBeNull();
  });

  /** A chart that shows one object, and then has Helm make another one as well. */
  async function carryOutSly(): ReturnType<ReturnType<ExecutionBench['spoke']>['carryOut']> {
    const object = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'web' } });
    let rendered = 0;
    bench.addChart({
      ...{ name: 'web', version: '3.0.0' },
      render: () => {
        rendered += 1;
        return rendered === 1 ? [object('ConfigMap')] : [object('ConfigMap'), object('Secret')];
      },
    });
    return aSpoke().carryOut(anOffer({ chart: { name: 'web', version: '3.0.0' } }));
  }

  it('has failed if its chart had Helm make more than it showed, and more than is allowed', async () => {
    await writeFile(path, '{"kinds":["ConfigMap"]}');
    expect(await carryOutSly()).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy', reason: 'policy/forbidden' },
      message: expect.stringMatching(/^Helm has made what the chart did not show .* Secret /),
    });
  });

  it('has not failed by more that is allowed', async () => {
    await writeFile(path, '{"kinds":["ConfigMap","Secret"]}');
    expect(await carryOutSly()).toMatchObject({ verdict: 'succeeded' });
  });

  it.each([
    { name: 'frozen', policy: '{"freeze":true}', why: 'policy rule freeze' },
    { name: 'broken', policy: '{"freeze":', why: 'nothing is allowed' },
  ])('waits visibly while it is $name, and goes on by itself', async ({ policy, why }) => {
    await writeFile(path, policy);
    const spoke = aSpoke();
    spoke.offer(anOffer());
    const told = await spoke.told.until(({ t }) => t === 'waiting');
    expect(told.p).toMatchObject({ message: expect.stringContaining(why) });
    expect(bench.helm.commands).toEqual([]);
    await writeFile(path, '{}');
    bench.time.advance(5000);
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
  });
});
