import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReleaseOperation } from './release-operation.js';
import { HelmClusterBench } from './testing/helm-cluster-bench.js';
import { hookManifest, jobManifest, OperatorBench } from './testing/operator-bench.js';

const benches = { 3: new HelmClusterBench(3), 4: new HelmClusterBench(4) } as const;
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
      const { secretUid: deadHolder } = await web.base();
      const report = await web.operate(operation, { deadHolder, hookTimeoutMs: 2_000 });
      expect(report).toMatchObject({ result: row.expected, repairs: [{ was: row.status }] });
      expect(await web.history()).toEqual(row.left);
      expect(await web.operate(await web.upgrade('p9', await web.chart()))).toMatchObject({
        result: 'applied',
      });
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
    expect((await web.operate(await web.upgrade('p2', one))).result).toBe('applied');
    expect(await web.data()).toMatchObject({ text: 'default' });
  });
});

describe('a hook', () => {
  let web: OperatorBench;
  beforeEach(async () => {
    web = new OperatorBench(await benches[4].open());
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
    { event: 'pre-upgrade', behaviour: 'fail', version: '1.0.0', says: /Job Failed/ },
    { event: 'post-upgrade', behaviour: 'fail', version: '2.0.0', says: /Job Failed/ },
    { event: 'pre-upgrade', behaviour: '', version: '1.0.0', says: /deadline exceeded/ },
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

describe('a release that a third party changed', () => {
  let web: OperatorBench;
  beforeEach(async () => {
    web = new OperatorBench(await benches[4].open());
  });

  it('was uninstalled and installed anew: the same revision, the same content, another release', async () => {
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

  it('was uninstalled: an upgrade declines, an uninstallation has nothing left to do', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const mine = await web.upgrade('p2', await web.chart());
    const removal = await web.uninstall('p3');
    await web.runHelm(await web.uninstall('theirs'));
    expect(await web.operate(mine)).toMatchObject({ result: 'base_moved', commands: [] });
    expect(await web.operate(removal)).toMatchObject({ result: 'already', commands: [] });
  });
});

function matching(data: string | Readonly<Record<string, string>>): unknown {
  return typeof data === 'string' ? data : expect.objectContaining(data);
}
