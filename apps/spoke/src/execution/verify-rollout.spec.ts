import { KubeUnavailable, type KubeObject } from '@apollo-deploy/kube';
import type { KubeRequest } from '@apollo-deploy/kube/testing';
import type { PlanVerdict } from '@apollo-deploy/protocol';
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

async function crashingPod(
  bench: ExecutionBench,
  deployment: KubeObject,
  container: object = CRASH,
): Promise<void> {
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
    status: { phase: 'Running', containerStatuses: [container as typeof CRASH] },
  });
}

const ENDED_BADLY = {
  ...{ name: 'main', ready: false, restartCount: 0 },
  state: { terminated: { exitCode: 3, reason: 'Error', finishedAt: '2026-03-02T12:00:05Z' } },
};

const JOB = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop' };
const FAILED = {
  ...{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'has failed' },
  lastTransitionTime: '2026-03-02T12:00:05Z',
};

function aJob(name: string, conditions: readonly (typeof FAILED)[] = []): KubeObject {
  const { apiVersion, kind, namespace } = JOB;
  return {
    ...{ apiVersion, kind, metadata: { namespace, name } },
    status: { conditions: [...conditions] },
  };
}

/** The pod of a Job, which ended badly and is not started again. */
async function failedPod({ kube }: ExecutionBench, job: string): Promise<void> {
  const found = await kube.get({ ...JOB, name: job });
  if (!found.ok) throw new Error(found.error.message);
  const owner = { ...{ apiVersion: 'batch/v1', kind: 'Job', name: job, controller: true } };
  await kube.create({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    spec: { restartPolicy: 'Never', containers: [{ name: 'main' }] },
    metadata: {
      ...{ namespace: 'shop', name: `${job}-x` },
      ownerReferences: [{ ...owner, uid: found.value.metadata.uid ?? '' }],
    },
    status: { phase: 'Failed', containerStatuses: [ENDED_BADLY] },
  });
}

describe('the verdict on a chart whose hook fails', () => {
  const chart = { name: 'web', version: '3.0.0' };
  async function broken(prepare: (bench: ExecutionBench) => Promise<void>): Promise<PlanVerdict> {
    const bench = new ExecutionBench();
    const flaw = { hookEvents: ['pre-install'], invalid: true };
    bench.addChart({ ...chart, ...flaw, render: () => [] });
    bench.helm.interfereOnce(() => prepare(bench));
    return bench.spoke().carryOut(anOffer({ chart }));
  }

  it('shows the hook, its pod and the log of that', async () => {
    const verdict = await broken(async (bench) => {
      await bench.kube.create(aJob('web-pre-install', [FAILED]));
      await failedPod(bench, 'web-pre-install');
      bench.kube.setPodLogs('shop', 'web-pre-install-x', 'cannot migrate\n');
    });
    expect(verdict).toMatchObject({
      ...{ verdict: 'failed', outcome: 'broken', reason: 'HelmFailed' },
      message: expect.stringMatching(
        /; hook Job shop\/web-pre-install: has failed; pod web-pre-install-x failed: container main ended with Error, exit code 3; read its log:\ncannot migrate$/,
      ),
      evidence: { log: 'cannot migrate' },
    });
  });

  it('shows one that has not come to its end', async () => {
    const verdict = await broken(async ({ kube }) => {
      await kube.create(aJob('web-pre-install'));
    });
    expect(verdict.message).toMatch(
      /; hook Job shop\/web-pre-install: 0 of 1 completions reached$/,
    );
  });

  it.each([
    {
      name: 'that has gone already',
      prepare: () => Promise.resolve(),
    },
    {
      name: 'that had failed before the plan',
      prepare: async ({ kube }: ExecutionBench) => {
        const before = { ...FAILED, lastTransitionTime: '2026-03-01T00:00:00Z' };
        await kube.create(aJob('web-pre-install', [before]));
      },
    },
    {
      name: 'that may not be looked at',
      prepare: ({ kube }: ExecutionBench) => {
        const no = { status: 403, reason: 'Forbidden', message: 'no', causes: [] };
        kube.intercept(({ ref }) =>
          ref.kind === 'Job' ? { code: 'kube/forbidden', ...no } : undefined,
        );
        return Promise.resolve();
      },
    },
  ])('says nothing of a hook $name', async ({ prepare }) => {
    const verdict = await broken(prepare);
    expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'broken' });
    expect(verdict.message).not.toContain('hook Job');
  });

  it('keeps its verdict though the API server goes away', async () => {
    const verdict = await broken(({ kube }) => {
      kube.intercept(({ ref }) => {
        if (ref.kind === 'Job') throw new KubeUnavailable('it is away', { cause: null });
        return undefined;
      });
      return Promise.resolve();
    });
    expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'broken', reason: 'HelmFailed' });
  });
});

describe('the verdict on what Helm deployed', () => {
  it('fails at once for a crash loop, naming pod, reason and last log lines', async () => {
    const { bench, spoke, deployment } = await installing();
    bench.kube.setPodLogs('shop', 'web-1-x', 'starting\n', 'starting\npanic: no database\n');
    await crashingPod(bench, deployment);
    await bench.time.waitBegins(50);
    bench.time.advance(50);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy', reason: 'CrashLoopBackOff' },
      message: expect.stringMatching(/pod web-1-x container main .*\npanic: no database|panic/s),
      evidence: { log: 'starting\npanic: no database', head: { revision: 1 } },
    });
  });

  it.each([
    { name: 'while that is kept', lives: ['again\n', 'panic: no database\n'] },
    { name: 'or from this one', lives: ['panic: no database\n', undefined] },
  ] as const)('takes the log of a crash loop from the life before it, $name', async ({ lives }) => {
    const { bench, spoke, deployment } = await installing();
    const [current, previous] = lives;
    bench.kube.setPodLogs('shop', 'web-1-x', current, previous);
    await crashingPod(bench, deployment);
    await bench.time.waitBegins(50);
    bench.time.advance(50);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      evidence: { log: 'panic: no database' },
    });
  });

  it('shows the log of a pod that runs and is never ready', async () => {
    const { bench, spoke, deployment } = await installing();
    bench.kube.setPodLogs('shop', 'web-1-x', 'waiting for the database\n', 'another life\n');
    const running = { name: 'main', ready: false, state: { running: {} } };
    await crashingPod(bench, deployment, running);
    await bench.time.waitBegins(50);
    bench.time.advance(60_000);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      message: expect.stringMatching(/pod web-1-x is not ready: .*:\nwaiting for the database$/),
      evidence: { log: 'waiting for the database' },
    });
  });

  it('shows the log of the failed pod behind a failed Job', async () => {
    const bench = new ExecutionBench();
    bench.addChart({ name: 'web', version: '3.0.0', render: () => [aJob('migrate')] });
    const spoke = bench.spoke();
    spoke.offer(anOffer({ chart: { name: 'web', version: '3.0.0' } }));
    await spoke.told.until(
      ({ t, p }) => t === 'progress' && 'phase' in p && p.phase === 'verifying',
    );
    bench.kube.setPodLogs('shop', 'migrate-x', 'cannot migrate\n', 'another life\n');
    await failedPod(bench, 'migrate');
    await bench.kube.apply(aJob('migrate', [FAILED]), { fieldManager: 'jobs', force: true });
    await bench.time.waitBegins(50);
    bench.time.advance(50);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy', reason: 'BackoffLimitExceeded' },
      message: expect.stringMatching(
        /Job shop\/migrate: .*pod migrate-x failed: .*cannot migrate$/s,
      ),
      evidence: { log: 'cannot migrate' },
    });
  });

  const CRD = {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: 'gadgets.example.com' },
  };
  const condition = (type: string, status: string, reason: string) => ({
    ...{ type, status, reason, message: `says ${reason}` },
  });
  it.each([
    {
      name: 'cannot be served',
      conditions: [condition('NamesAccepted', 'False', 'PluralConflict')],
      expected: {
        ...{ verdict: 'failed', outcome: 'unhealthy', reason: 'PluralConflict' },
        message: expect.stringContaining(
          'CustomResourceDefinition gadgets.example.com: says PluralConflict',
        ),
      },
    },
    {
      name: 'is served',
      conditions: [condition('Established', 'True', 'InitialNamesAccepted')],
      expected: { verdict: 'succeeded', evidence: { objects: 1 } },
    },
    {
      name: 'is not there, which is how Helm leaves it in an upgrade',
      conditions: null,
      expected: { verdict: 'succeeded', evidence: { objects: 0 } },
    },
  ])('judges a kind of the folder crds that $name', async ({ conditions, expected }) => {
    const { apiVersion, kind } = CRD;
    const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
    const plural = 'customresourcedefinitions';
    const bench = new ExecutionBench([{ apiVersion, kind, plural, namespaced: false, verbs }]);
    const chart = { name: 'web', version: '3.0.0' };
    bench.addChart({ ...chart, definitions: JSON.stringify(CRD), render: () => [] });
    if (conditions !== null) await bench.kube.create({ ...CRD, status: { conditions } });
    expect(await bench.spoke().carryOut(anOffer({ chart }))).toMatchObject(expected);
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
