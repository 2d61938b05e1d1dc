import type { KubeObject } from '@apollo-deploy/kube';
import type { KubeRequest } from '@apollo-deploy/kube/testing';
import { describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';

const OWNER = { apiVersion: 'apps/v1', controller: true };
const CRASH = {
  ...{ name: 'main', ready: false, restartCount: 2 },
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
  lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-03-02T12:00:05Z' } },
};

/** A chart of one Deployment, whose pods the test makes. */
async function installing(): Promise<{
  bench: ExecutionBench;
  spoke: ReturnType<ExecutionBench['spoke']>;
  deployment: KubeObject;
}> {
  const bench = new ExecutionBench();
  const metadata = { name: 'web', annotations: { 'deployment.kubernetes.io/revision': '1' } };
  const [apiVersion, kind] = ['apps/v1', 'Deployment'];
  const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1 };
  const spec = { replicas: 1, template: {} };
  const render = () => [{ apiVersion, kind, metadata, spec, status }];
  bench.addChart({ name: 'web', version: '3.0.0', render });
  const spoke = bench.spoke();
  spoke.offer(anOffer({ chart: { name: 'web', version: '3.0.0' }, rolloutTimeoutSeconds: 60 }));
  await spoke.told.until(({ t, p }) => t === 'progress' && 'phase' in p && p.phase === 'verifying');
  const found = await bench.kube.get({ apiVersion, kind, namespace: 'shop', name: 'web' });
  if (!found.ok) throw new Error(found.error.message);
  return { bench, spoke, deployment: found.value };
}

async function crashingPod(bench: ExecutionBench, deployment: KubeObject): Promise<void> {
  const owned = (owner: KubeObject, kind: string) => [
    { ...OWNER, kind, name: owner.metadata.name, uid: owner.metadata.uid ?? '' },
  ];
  const set = await bench.kube.create({
    ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', spec: {} },
    metadata: {
      ...{ namespace: 'shop', name: 'web-1', ownerReferences: owned(deployment, 'Deployment') },
      annotations: { 'deployment.kubernetes.io/revision': '1' },
    },
  });
  if (!set.ok) throw new Error(set.error.message);
  await bench.kube.create({
    ...{ apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'main' }] } },
    metadata: {
      ...{ namespace: 'shop', name: 'web-1-x', ownerReferences: owned(set.value, 'ReplicaSet') },
    },
    status: { phase: 'Running', containerStatuses: [CRASH] },
  });
}

describe('the verdict on what Helm deployed', () => {
  it('fails at once for a crash loop, naming pod, reason and last log lines', async () => {
    const { bench, spoke, deployment } = await installing();
    bench.kube.setPodLogs('shop', 'web-1-x', 'starting\npanic: no database\n');
    await crashingPod(bench, deployment);
    await bench.time.waitBegins(50);
    bench.time.advance(50);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy', reason: 'CrashLoopBackOff' },
      message: expect.stringMatching(/pod web-1-x container main .*\npanic: no database|panic/s),
      evidence: { log: 'starting\npanic: no database', head: { revision: 1 } },
    });
  });

  it('gives a slow rollout its time, counted from the end of Helm', async () => {
    const { bench, spoke } = await installing();
    bench.time.advance(60_000);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy' },
      message: expect.stringContaining('not ready after 60 s'),
    });
  });

  it('is left to the next process when this one is stopped, which keeps the deadline', async () => {
    const { bench, spoke } = await installing();
    bench.time.advance(40_000);
    await spoke.executor.stop();
    expect(spoke.acknowledged).toEqual([]);
    const heir = bench.spoke({ instance: 'heir' });
    const chart = { name: 'web', version: '3.0.0' };
    heir.offer(anOffer({ chart, rolloutTimeoutSeconds: 60 }));
    await bench.time.waitBegins(20_000);
    bench.time.advance(20_000);
    expect(await heir.verdict('plan-1')).toMatchObject({ verdict: 'failed' });
    expect(bench.helm.commands).toHaveLength(1);
  });
});

describe('the verdict on an uninstallation', () => {
  const FINALIZED = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', finalizers: ['example.com/hold'] },
  };

  async function uninstalling(prepare: (bench: ExecutionBench) => void = () => undefined) {
    const bench = new ExecutionBench();
    const chart = { name: 'web', version: '3.0.0' };
    bench.addChart({ ...chart, render: () => [FINALIZED] });
    const base = await bench.installed(anOffer({ planId: 'plan-0', chart }));
    prepare(bench);
    const spoke = bench.spoke();
    spoke.offer(anOffer({ type: 'uninstall', base, rolloutTimeoutSeconds: 60 }));
    await bench.time.waitBegins(60_000);
    return { bench, spoke };
  }

  it('waits until the last object is gone', async () => {
    const { bench, spoke } = await uninstalling();
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' };
    const found = await bench.kube.get(ref);
    if (!found.ok) throw new Error(found.error.message);
    const { finalizers: _, ...metadata } = found.value.metadata;
    await bench.kube.replace({ ...found.value, metadata });
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ verdict: 'succeeded', evidence: { removed: 1 } },
    });
  });

  it('names what is still there at the deadline', async () => {
    const { bench, spoke } = await uninstalling();
    bench.time.advance(60_000);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy', reason: 'StillTerminating' },
      evidence: { remains: ['ConfigMap shop/web'] },
    });
  });

  function refuseConfigMaps({ kube }: ExecutionBench, verbs: readonly KubeRequest['verb'][]): void {
    const no = { status: 403, reason: 'Forbidden', message: 'no', causes: [] };
    kube.intercept(({ verb, ref }) =>
      verbs.includes(verb) && ref.kind === 'ConfigMap' && ref.namespace !== 'apollo-system'
        ? { code: 'kube/forbidden', ...no }
        : undefined,
    );
  }

  it('does not take for gone what it may not watch', async () => {
    const { bench, spoke } = await uninstalling((fresh) => refuseConfigMaps(fresh, ['list']));
    await bench.time.waitBegins(5000);
    bench.time.advance(60_000);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ verdict: 'failed', reason: 'StillTerminating' },
      evidence: { remains: ['ConfigMap shop/web'] },
    });
  });

  it('is unknown where it may not look at all', async () => {
    const refuseAll = (fresh: ExecutionBench) => refuseConfigMaps(fresh, ['list', 'get']);
    const { spoke } = await uninstalling(refuseAll);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining(
        'nobody can tell whether these are gone: ConfigMap shop/web (no; give',
      ),
      evidence: { removed: 0, notSeen: ['ConfigMap shop/web'] },
    });
  });

  it('is unknown where the manifest could not be read', async () => {
    const bench = new ExecutionBench();
    const base = await bench.installed(anOffer({ planId: 'plan-0' }));
    await bench.claimed(anOffer({ type: 'uninstall', base }));
    const spoke = bench.spoke();
    spoke.offer(anOffer({ type: 'uninstall', base }));
    expect(await spoke.verdict('plan-1')).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('its manifest could not be read'),
    });
  });

  it('leaves a tombstone that outlives the release', async () => {
    const { bench, spoke } = await uninstalling();
    bench.time.advance(60_000);
    await spoke.verdict('plan-1');
    const verdicts = await bench.verdicts(anOffer());
    expect(verdicts.map(({ planId }) => planId)).toEqual(['plan-0', 'plan-1']);
  });
});
