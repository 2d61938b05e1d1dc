import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, sharedTestCluster, type SharedTestCluster } from './testing.js';

interface ContainerStatus {
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: { readonly waiting?: { readonly reason?: string }; readonly running?: unknown };
  readonly lastState?: {
    readonly terminated?: { readonly exitCode: number; readonly reason: string };
  };
}
interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly conditions?: readonly { type: string; status: string; reason?: string }[];
  };
}

describe('a pod of a local cluster', () => {
  let cluster: SharedTestCluster;
  let namespace: string;

  beforeAll(async () => {
    cluster = await sharedTestCluster();
    namespace = await cluster.freshNamespace('behaviour');
  }, 900_000);

  afterAll(() => cluster.release());

  it.each<{
    name: string;
    annotations: Record<string, string>;
    cpu?: string;
    seen: (pod: Pod) => boolean;
  }>([
    { name: 'gets ready at once', annotations: {}, seen: isReady },
    { name: 'gets ready late', annotations: { 'ready-after': '2s' }, seen: isReady },
    {
      name: 'crash-loops, with its last exit on record',
      annotations: { behaviour: 'crash-loop', 'run-for': '1s', 'back-off': '2s', 'exit-code': '3' },
      seen: (pod) =>
        container(pod)?.state.waiting?.reason === 'CrashLoopBackOff' &&
        container(pod)?.lastState?.terminated?.exitCode === 3,
    },
    {
      name: 'is killed for its memory',
      annotations: {
        behaviour: 'crash-loop',
        'run-for': '1s',
        'exit-code': '137',
        'exit-reason': 'OOMKilled',
      },
      seen: (pod) => container(pod)?.lastState?.terminated?.reason === 'OOMKilled',
    },
    {
      name: 'cannot pull its image',
      annotations: { behaviour: 'image-pull', 'back-off': '2s' },
      seen: (pod) => container(pod)?.state.waiting?.reason === 'ImagePullBackOff',
    },
    {
      name: 'degrades after it was ready',
      annotations: { behaviour: 'degrade', 'degrade-after': '1s' },
      seen: (pod) => hasCondition(pod, 'apollo.dev/Degraded', 'True') && !isReady(pod),
    },
    {
      name: 'cannot be scheduled',
      annotations: {},
      cpu: '9999',
      seen: (pod) => hasCondition(pod, 'PodScheduled', 'False', 'Unschedulable'),
    },
  ])('$name', async ({ name, annotations, cpu, seen }) => {
    const app = await deploy(name, annotations, cpu);
    expect(await podOf(app, seen)).toBeDefined();
  });

  it('that never gets ready runs, without restarts, until its Deployment gives up', async () => {
    const app = await deploy('never ready', { behaviour: 'never-ready' });
    await eventually('the Deployment to give up', async () => {
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${app}`;
      const { body } = await cluster.send({ method: 'GET', path });
      return body.includes('ProgressDeadlineExceeded') ? true : undefined;
    });
    const pod = await podOf(app, () => true);
    expect(pod.status.phase).toBe('Running');
    expect(container(pod)).toMatchObject({ ready: false, restartCount: 0 });
  });

  it('has logs, and those of its container that ended', async () => {
    const app = await deploy('with logs', { behaviour: 'crash-loop', 'run-for': '1s' });
    const pod = await podOf(app, (it) => container(it)?.restartCount === 1);
    const path = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/log`;
    const current = await cluster.send({ method: 'GET', path });
    const previous = await cluster.send({
      method: 'GET',
      path: `${path}?previous=true&tailLines=1`,
    });
    expect(current.body.split('\n')[0]).toBe('starting');
    expect(previous.body).toBe('exiting with code 1\n');
  });

  it('reports what it uses', async () => {
    const app = await deploy('measured', { cpu: '250m', memory: '300Mi' });
    const pod = await podOf(app, isReady);
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods/${pod.metadata.name}`;
    const usage = await eventually('its metrics', async () => {
      const answer = await cluster.send({ method: 'GET', path });
      return answer.status === 200 ? (JSON.parse(answer.body) as unknown) : undefined;
    });
    expect(usage).toMatchObject({
      containers: [{ name: 'app', usage: { cpu: '250m', memory: '300Mi' } }],
    });
  });

  it.each([
    { name: 'whose work is done', behaviour: 'complete', expected: 'Complete' },
    { name: 'that fails', behaviour: 'fail', expected: 'Failed' },
  ])('of a Job $name ends the Job as $expected', async ({ behaviour, expected }) => {
    const annotations = { behaviour, 'run-for': '1s' };
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const spec = { backoffLimit: 0, template: template(annotations, { restartPolicy: 'Never' }) };
    const metadata = { name: `job-${behaviour}` };
    await post(path, { apiVersion: 'batch/v1', kind: 'Job', metadata, spec });
    await eventually(`the Job to be ${expected}`, async () => {
      const { body } = await cluster.send({ method: 'GET', path: `${path}/job-${behaviour}` });
      const job = JSON.parse(body) as { status: Pod['status'] };
      const done = job.status.conditions?.some(
        ({ type, status }) => type === expected && status === 'True',
      );
      return done === true ? true : undefined;
    });
  });

  it('runs its init containers one after the other', async () => {
    const initContainers = ['first', 'second'].map((name) => ({
      name,
      image: 'example.com/init:1',
    }));
    const app = await deploy('with init', { 'init-for': '1s' }, undefined, { initContainers });
    const halfway = await podOf(
      app,
      (pod) => pod.status.initContainerStatuses?.[0]?.ready === true,
    );
    expect(isReady(halfway)).toBe(false);
    expect(await podOf(app, isReady)).toBeDefined();
  });

  it('whose init container fails never starts', async () => {
    const initContainers = [{ name: 'first', image: 'example.com/init:1' }];
    const app = await deploy(
      'init fails',
      { behaviour: 'init-fail', 'init-for': '1s', 'back-off': '2s' },
      undefined,
      { initContainers },
    );
    const pod = await podOf(
      app,
      (it) => (it.status.initContainerStatuses?.[0]?.restartCount ?? 0) > 0,
    );
    expect(pod.status.phase).toBe('Pending');
  });

  it('takes its time to stop, and goes away', async () => {
    const app = await deploy('slow to stop', { 'stop-after': '1s' });
    const pod = await podOf(app, isReady);
    await cluster.send({
      method: 'DELETE',
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/${app}`,
    });
    const path = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`;
    const gone = eventually('the pod to be gone', async () => {
      const answer = await cluster.send({ method: 'GET', path });
      return answer.status === 404 ? true : undefined;
    });
    expect(await gone).toBe(true);
  });

  async function deploy(
    name: string,
    annotations: Record<string, string>,
    cpu?: string,
    more: object = {},
  ): Promise<string> {
    const app = name.replaceAll(/[^a-z]+/g, '-');
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const requests = cpu === undefined ? {} : { cpu };
    const pod = template(annotations, more, requests);
    const spec = {
      progressDeadlineSeconds: 5,
      selector: { matchLabels: { app } },
      template: { ...pod, metadata: { ...pod.metadata, labels: { app } } },
    };
    await post(path, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: app }, spec });
    return app;
  }

  async function post(path: string, body: unknown): Promise<void> {
    const answer = await cluster.send({ method: 'POST', path, body });
    if (answer.status !== 201) throw new Error(answer.body);
  }

  async function podOf(app: string, wanted: (pod: Pod) => boolean): Promise<Pod> {
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`;
    return eventually(`the pod of ${app}`, async () => {
      const { body } = await cluster.send({ method: 'GET', path });
      return (JSON.parse(body) as { items: Pod[] }).items.find(wanted);
    });
  }
});

function template(annotations: Record<string, string>, more: object = {}, requests: object = {}) {
  const prefixed = Object.entries(annotations).map(([key, value]) => [`apollo.dev/${key}`, value]);
  const containers = [{ name: 'app', image: 'example.com/app:1', resources: { requests } }];
  return {
    metadata: { annotations: Object.fromEntries(prefixed) as Record<string, string> },
    spec: { terminationGracePeriodSeconds: 5, containers, ...more },
  };
}

function container(pod: Pod): ContainerStatus | undefined {
  return pod.status.containerStatuses?.[0];
}

function isReady(pod: Pod): boolean {
  return hasCondition(pod, 'Ready', 'True');
}

function hasCondition(pod: Pod, type: string, status: string, reason?: string): boolean {
  const found = pod.status.conditions?.find((condition) => condition.type === type);
  return found?.status === status && (reason === undefined || found.reason === reason);
}
