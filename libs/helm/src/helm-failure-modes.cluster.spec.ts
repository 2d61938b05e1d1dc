import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReleaseOperation } from './release-operation.js';
import { headOf } from './release-state.js';
import { isRemovedBy } from './removal-mark.js';
import { runProcess } from './run-process.js';
import { HelmClusterBench, type HelmBench } from './testing/helm-cluster-bench.js';
import { hookManifest, jobManifest, OperatorBench } from './testing/operator-bench.js';

const benches = { 3: new HelmClusterBench(3), 4: new HelmClusterBench(4) } as const;
/** What Helm 4 and Helm 3 say. */
const JOB_FAILED = /Job Failed|BackoffLimitExceeded/;
const TIMED_OUT = /deadline exceeded|timed out waiting for the condition/;
afterAll(() => Promise.all([benches[3].close(), benches[4].close()]));

describe.each([{ major: 3 }, { major: 4 }] as const)('Helm $major', ({ major }) => {
  let web: OperatorBench;
  beforeEach(async () => {
    web = new OperatorBench(await benches[major].open());
  });

  describe('dies together with its spoke', () => {
    const slow = (event: string) => web.chart({ 'templates/hook.yaml': hookManifest(event) });
    const cases: readonly {
      readonly status: string;
      readonly operation: () => Promise<ReleaseOperation>;
      readonly expected: string;
      readonly left: readonly string[];
    }[] = [
      {
        status: 'pending-install',
        operation: async () => web.install('p1', await slow('pre-install')),
        expected: 'broken',
        left: ['1 failed'],
      },
      {
        status: 'pending-upgrade',
        operation: async () => {
          await web.operate(web.install('p1', await web.chart()));
          return web.upgrade('p2', await slow('pre-upgrade'));
        },
        expected: 'broken',
        left: ['1 deployed', '2 failed'],
      },
      {
        status: 'pending-rollback',
        operation: async () => {
          await web.operate(web.install('p1', await slow('pre-rollback')));
          await web.operate(await web.upgrade('p2', await web.chart()));
          return web.rollback('p3', 1);
        },
        expected: 'broken',
        left: ['1 superseded', '2 deployed', '3 failed'],
      },
      {
        status: 'uninstalling',
        operation: async () => {
          const files = { 'templates/hook.yaml': hookManifest('pre-delete') };
          await web.operate(web.install('p1', await web.chart(files)));
          return web.uninstall('p2');
        },
        expected: 'broken',
        left: ['1 failed'],
      },
    ];
    it.each(cases)('$status: waits, repairs once it is proven dead, and goes on', async (row) => {
      const operation = await row.operation();
      await web.leftBehind(row.status, operation);
      expect(await web.operate(operation)).toMatchObject({ result: 'locked', commands: [] });
      const deadHolder = headOf(await web.observe())?.resourceVersion ?? '';
      const report = await web.operate(operation, { deadHolder, hookTimeoutMs: 2_000 });
      expect(report).toMatchObject({ result: row.expected, repairs: [{ was: row.status }] });
      expect(await web.history()).toEqual(row.left);
      expect(await web.operate(await web.upgrade('p9', await web.chart()))).toMatchObject({
        result: 'applied',
      });
    });

    it('is known by its removal, until somebody begins another by hand', async () => {
      await web.operate(web.install('p1', await slow('pre-delete')));
      await web.leftBehind('uninstalling', await web.uninstall('p2'));
      const known = async (planId: string): Promise<boolean> => {
        const head = headOf(await web.observe());
        return head?.status === 'uninstalling' && isRemovedBy(planId, head);
      };
      expect(await known('p2')).toBe(true);
      expect(await known('p3')).toBe(false);
      await removeByHand(web.open);
      expect(await known('p2')).toBe(false);
    });
  });
});

describe.each([{ major: 3 }, { major: 4 }] as const)('a chart for Helm $major', ({ major }) => {
  let web: OperatorBench;
  beforeEach(async () => {
    web = new OperatorBench(await benches[major].open());
  });

  it('that changes an immutable field: the field is named, and the next upgrade works', async () => {
    const one = await web.chart({ 'templates/job.yaml': jobManifest('example.com/a:1') });
    await web.operate(web.install('p1', one));
    const two = await web.chart({ 'templates/job.yaml': jobManifest('example.com/a:2') });
    const report = await web.operate(await web.upgrade('p2', two));
    expect(report).toMatchObject({ result: 'broken', head: { revision: 2, status: 'failed' } });
    expect(report.message).toMatch(/spec\.template: Invalid value/);
    expect((await web.operate(await web.upgrade('p3', one))).result).toBe('applied');
  });

  it('takes back a field that was changed by hand', async () => {
    const one = await web.chart();
    await web.operate(web.install('p1', one));
    const metadata = { name: 'web', namespace: web.open.namespace };
    await web.open.kube.apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text: 'by hand' } },
      { fieldManager: 'kubectl-edit', force: true },
    );
    const plan = await web.upgrade('p2', one);
    expect(await web.obstacles({ ...plan, fieldConflicts: 'refuse' })).toEqual([
      expect.stringMatching(
        /^kube\/field_conflict: ConfigMap \S+\/web: .*kubectl-edit.*\.data\.text/s,
      ),
    ]);
    expect(await web.obstacles(plan)).toEqual([]);
    expect((await web.operate(plan)).result).toBe('applied');
    expect(await web.data()).toMatchObject({ text: 'default' });
  });
});

describe.each([{ major: 3 }, { major: 4 }] as const)('a hook, Helm $major,', ({ major }) => {
  let web: OperatorBench;
  beforeEach(async () => {
    web = new OperatorBench(await benches[major].open());
  });

  it.each([
    { event: 'pre-install', left: ['1 failed'], data: 'kube/not_found' },
    { event: 'post-install', left: ['1 failed'], data: { version: '1.0.0' } },
  ])('that fails at $event: a failed installation, to be removed by the next', async (row) => {
    const files = { 'templates/hook.yaml': hookManifest(row.event, 'fail') };
    const report = await web.operate(web.install('p1', await web.chart(files)));
    expect(report).toMatchObject({ result: 'broken', hooksMayHaveRun: true, repairs: [] });
    expect(report.message).toContain('work');
    expect(await web.history()).toEqual(row.left);
    expect(await web.data()).toEqual(matching(row.data));
    const retry = { ...web.install('p2', await web.chart()), base: await web.base() };
    expect(await web.operate(retry)).toMatchObject({ result: 'applied', head: { revision: 1 } });
  });

  it.each([
    { event: 'pre-upgrade', behaviour: 'fail', version: '1.0.0', says: JOB_FAILED },
    { event: 'post-upgrade', behaviour: 'fail', version: '2.0.0', says: JOB_FAILED },
    { event: 'pre-upgrade', behaviour: '', version: '1.0.0', says: TIMED_OUT },
  ])('at $event ($behaviour): a failed upgrade that says why', async (row) => {
    await web.operate(web.install('p1', await web.chart()));
    const files = { 'templates/hook.yaml': hookManifest(row.event, row.behaviour) };
    const mine = await web.upgrade('p2', await web.chart(files));
    const report = await web.operate(mine, {
      hookTimeoutMs: row.behaviour === '' ? 2_000 : 30_000,
    });
    expect(report).toMatchObject({ result: 'broken', hooksMayHaveRun: true, repairs: [] });
    expect(report.message).toMatch(row.says);
    expect(await web.history()).toEqual(['1 deployed', '2 failed']);
    expect(await web.data()).toMatchObject({ version: row.version });
  });

  it('that fails at post-delete: helm fails, and the release is gone all the same', async () => {
    const files = { 'templates/hook.yaml': hookManifest('post-delete', 'fail') };
    await web.operate(web.install('p1', await web.chart(files)));
    const report = await web.operate(await web.uninstall('p2'));
    expect(report).toMatchObject({ result: 'applied', commands: [{ exitCode: 1 }] });
    expect(await web.data()).toBe('kube/not_found');
  });
});

describe.each([{ major: 3 }, { major: 4 }] as const)('a release, Helm $major,', ({ major }) => {
  let web: OperatorBench;
  beforeEach(async () => {
    web = new OperatorBench(await benches[major].open());
  });

  it('that a third party uninstalled and installed anew: the same revision, the same content, another release', async () => {
    const one = await web.chart();
    await web.operate(web.install('p1', one));
    const mine = await web.upgrade('p2', await web.chart());
    await web.runHelm(await web.uninstall('theirs'));
    await web.runHelm(web.install('p1', one));
    expect(await web.history()).toEqual(['1 deployed']);
    const { secretUid } = await web.base();
    expect(secretUid).not.toBe(mine.base.secretUid);
    expect(await web.operate(mine)).toMatchObject({ result: 'base_moved', commands: [] });
    expect(await web.data()).toMatchObject({ version: one.version });
  });

  it('that a third party uninstalled: an upgrade declines, an uninstallation has nothing left to do', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const mine = await web.upgrade('p2', await web.chart());
    const removal = await web.uninstall('p3');
    await web.runHelm(await web.uninstall('theirs'));
    expect(await web.operate(mine)).toMatchObject({ result: 'base_moved', commands: [] });
    expect(await web.operate(removal)).toMatchObject({ result: 'already', commands: [] });
  });
});

describe.each([{ major: 3 }, { major: 4 }] as const)('a plan, Helm $major,', ({ major }) => {
  let web: OperatorBench;
  beforeEach(async () => {
    web = new OperatorBench(await benches[major].open());
  });

  it('declines after a third party upgraded the release', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const mine = await web.upgrade('p2', await web.chart());
    await web.runHelm(await web.upgrade('theirs', await web.chart()));
    expect(await web.operate(mine)).toMatchObject({ result: 'base_moved', commands: [] });
    expect(await web.history()).toEqual(['1 superseded', '2 deployed']);
    expect(await web.data()).toMatchObject({ version: '3.0.0' });
  });

  it('removes a first installation that failed before it tries again', async () => {
    const port =
      'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 0}]}\n';
    const failed = web.install('p1', await web.chart({ 'templates/service.yaml': port }));
    expect(await web.operate(failed)).toMatchObject({ result: 'broken', hooksMayHaveRun: false });
    expect(await web.history()).toEqual(['1 failed']);
    const retry = { ...web.install('p2', await web.chart()), base: await web.base() };
    expect(await web.operate(retry)).toMatchObject({ result: 'applied', head: { revision: 1 } });
    expect(await web.data()).toMatchObject({ version: '2.0.0' });
  });

  it('that upgrades a release whose first installation failed keeps its volumes, and removes nothing', async () => {
    const claim = JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    const volumes = { 'templates/claim.yaml': claim };
    const failing = { ...volumes, 'templates/hook.yaml': hookManifest('post-install', 'fail') };
    const first = await web.operate(web.install('p1', await web.chart(failing)));
    expect(first.result).toBe('broken');
    expect(await web.history()).toEqual(['1 failed']);
    const before = await uidOfClaim(web);
    const report = await web.operate(await web.upgrade('p2', await web.chart(volumes)));
    expect(report).toMatchObject({ result: 'applied', commands: [{ verb: 'upgrade' }] });
    expect(report.commands).toHaveLength(1);
    expect(await uidOfClaim(web)).toBe(before);
    expect(await web.history()).toEqual(['1 superseded', '2 deployed']);
    expect(await web.data()).toMatchObject({ version: '2.0.0' });
  });

  it('for a chart of another name over a release is refused, and the release stays', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const other = await web.upgrade('p2', await web.chart({}, 'shop'));
    expect(await web.operate(other)).toMatchObject({
      ...{ result: 'refused', code: 'release/other_chart', commands: [] },
      message: expect.stringContaining('uninstall the release first'),
    });
    expect(await web.data()).toMatchObject({ version: '1.0.0' });
  });

  it('is named in Helm’s own history by every revision that worked', async () => {
    const one = await web.chart();
    const told: string[] = [];
    for (const plan of [
      () => web.install('p1', one),
      async () => web.upgrade('p2', await web.chart()),
      () => web.rollback('p3', 1),
    ]) {
      told.push((await web.operate(await plan())).head?.description ?? '');
    }
    expect(told).toEqual([
      'apollo plan p1: install',
      'apollo plan p2: upgrade',
      // Helm 3 takes no description for a rollback.
      major === 4 ? 'apollo plan p3: rollback' : 'Rollback to 1',
    ]);
  });
});

function matching(data: string | Readonly<Record<string, string>>): unknown {
  return typeof data === 'string' ? data : expect.objectContaining(data);
}

/** Of the claim `data`, which is another one once it was deleted and made anew. */
async function uidOfClaim({ open: { kube, namespace } }: OperatorBench): Promise<string> {
  const kind = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
  const got = await kube.get({ ...kind, namespace, name: 'data' });
  if (!got.ok) throw new Error(got.error.message);
  const { uid = '', deletionTimestamp } = got.value.metadata;
  if (deletionTimestamp !== undefined) throw new Error('the claim is being deleted');
  return uid;
}

/** Its hook is slower than this waits, so that it ends half-way. */
async function removeByHand({ options, namespace, directory }: HelmBench): Promise<void> {
  const { exitCode } = await runProcess({
    file: options.helmPath,
    args: ['uninstall', 'web', `--namespace=${namespace}`, '--timeout=1s'],
    env: { HOME: directory, KUBECONFIG: options.kubeconfigPath ?? '' },
    cwd: directory,
    deadlineMs: 30_000,
    graceMs: 1000,
  });
  expect(exitCode).toBe(1);
}
