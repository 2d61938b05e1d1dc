import { describe, expect, it } from '@jest/globals';
import { DeploymentBench, POD, REPLICA_SET } from './testing/deployment-bench.js';

describe('Deployments of a simulated cluster', () => {
  it('make their pods at once, and have them ready when their time has come', async () => {
    const cluster = new DeploymentBench();
    await cluster.apply({ behaviour: 'ready', replicas: 2 });
    expect(await cluster.pods()).toEqual(Array(2).fill('Pending ContainerCreating'));
    expect(await cluster.status()).toMatchObject({
      ...{ observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 0 },
    });
    await cluster.pass(999);
    expect(await cluster.pods()).toEqual(Array(2).fill('Pending ContainerCreating'));
    await cluster.pass(1);
    expect(await cluster.pods()).toEqual(Array(2).fill('Running ready'));
    expect(await cluster.status()).toMatchObject({ replicas: 2, availableReplicas: 2 });
  });

  it.each([
    { behaviour: 'crash-loop', expected: 'Running CrashLoopBackOff' },
    { behaviour: 'image-pull', expected: 'Pending ImagePullBackOff' },
    { behaviour: 'never-ready', expected: 'Running unready' },
  ] as const)('fail by $behaviour and keep what ran before', async ({ behaviour, expected }) => {
    const cluster = new DeploymentBench();
    await cluster.apply({ behaviour: 'ready' });
    await cluster.pass(1000);
    await cluster.apply({ behaviour });
    await cluster.pass(1000);
    expect([...(await cluster.pods())].sort()).toEqual([expected, 'Running ready'].sort());
    expect(await cluster.status()).toMatchObject({
      ...{ observedGeneration: 2, replicas: 2, updatedReplicas: 1, availableReplicas: 1 },
    });
  });

  it('go back to what ran, with the ReplicaSet that ran it', async () => {
    const cluster = new DeploymentBench();
    await cluster.apply({ behaviour: 'ready' });
    await cluster.pass(1000);
    await cluster.apply({ behaviour: 'crash-loop' });
    await cluster.pass(1000);
    await cluster.apply({ behaviour: 'ready' });
    await cluster.pass(1000);
    expect(await cluster.pods()).toEqual(['Running ready']);
    const sets = await cluster.list(REPLICA_SET);
    const revisions = sets.map(
      ({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'],
    );
    expect(revisions).toEqual(['3', '2']);
  });

  it('keep to the newest of two changes, whichever was to be settled first', async () => {
    const cluster = new DeploymentBench();
    await cluster.apply({ behaviour: 'crash-loop', readyAfter: '2s' });
    await cluster.pass(500);
    await cluster.apply({ behaviour: 'ready', readyAfter: '1s' });
    await cluster.pass(5000);
    expect(await cluster.pods()).toEqual(['Running ready']);
  });

  it('scale down to what is asked', async () => {
    const cluster = new DeploymentBench();
    await cluster.apply({ behaviour: 'ready', replicas: 3 });
    await cluster.pass(1000);
    await cluster.apply({ behaviour: 'ready', replicas: 1 });
    await cluster.pass(1000);
    expect(await cluster.pods()).toEqual(['Running ready']);
  });

  it('leave the log of a pod that crashes', async () => {
    const cluster = new DeploymentBench();
    await cluster.apply({ behaviour: 'crash-loop' });
    await cluster.pass(1000);
    const [pod] = await cluster.list(POD);
    const name = pod?.metadata.name ?? '';
    const log = await cluster.kube.podLogs({ namespace: 'shop', name, tailLines: 1 });
    expect(log).toEqual({ ok: true, value: 'simulated: giving up\n' });
  });

  it('take their pods with them', async () => {
    const cluster = new DeploymentBench();
    await cluster.apply({ behaviour: 'ready' });
    await cluster.pass(1000);
    await cluster.delete();
    expect(await cluster.pods()).toEqual([]);
    expect(await cluster.list(REPLICA_SET)).toEqual([]);
  });

  it('do nothing any more after a stop', async () => {
    const cluster = new DeploymentBench();
    await cluster.apply({ behaviour: 'ready' });
    cluster.controller.stop();
    expect(cluster.timer.nextInMs).toBeNull();
  });
});
