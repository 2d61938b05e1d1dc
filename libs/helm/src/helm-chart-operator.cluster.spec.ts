import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventRecorder } from '@apollo-deploy/kube/testing';
import { HelmChartOperator } from './helm-chart-operator.js';
import type { HelmValues } from './helm-command.js';
import { RELEASE_SECRET_KIND } from './release-reader.js';
import { withStatus } from './release-codec.js';
import type { ReleaseOperation } from './release-operation.js';
import { HelmClusterBench } from './testing/helm-cluster-bench.js';
import { hookManifest, OperatorBench } from './testing/operator-bench.js';

const INVALID = [
  'apiVersion: v1',
  'kind: Service',
  'metadata: {name: web}',
  'spec: {ports: [{port: 99999999}]}',
].join('\n');

const bench = new HelmClusterBench();
afterAll(() => bench.close());

describe('HelmChartOperator with real Helm', () => {
  let web: OperatorBench;
  beforeEach(async () => {
    web = new OperatorBench(await bench.open());
  });

  const markFailed = async (name: string): Promise<void> => {
    const { namespace } = web.open;
    const secret = await web.open.kube.get({ ...RELEASE_SECRET_KIND, namespace, name });
    if (!secret.ok) throw new Error(secret.error.message);
    const failed = withStatus(secret.value, 'failed', 'its helm died');
    if (!failed.ok) throw new Error(failed.error.message);
    await web.open.kube.replace(failed.value);
  };

  it('carries out every type of plan, one revision each, marked with its plan', async () => {
    const [one, two] = [await web.chart(), await web.chart()];
    const done: string[] = [];
    const carryOut = async (operation: ReleaseOperation): Promise<void> => {
      const report = await web.operate(operation);
      const { planId = '', revision = 0, description = '' } = report.head ?? {};
      done.push([report.result, report.commands.length, revision, planId, description].join(' | '));
    };
    await carryOut(web.install('p1', one, { text: 'one' }));
    await carryOut(await web.upgrade('p2', two, { text: 'two' }));
    expect(await web.data()).toEqual({ text: 'two', version: '2.0.0' });
    await carryOut({ ...(await web.upgrade('p3', two, {})), type: 'config_update' });
    expect(await web.data()).toEqual({ text: 'default', version: '2.0.0' });
    await carryOut(await web.rollback('p4', 1));
    expect(await web.data()).toEqual({ text: 'one', version: '1.0.0' });
    await carryOut(await web.uninstall('p5'));
    expect(await web.data()).toBe('kube/not_found');
    expect(done).toEqual([
      'applied | 1 | 1 | p1 | apollo plan p1: install',
      'applied | 1 | 2 | p2 | apollo plan p2: upgrade',
      'applied | 1 | 3 | p3 | apollo plan p3: upgrade',
      'applied | 1 | 4 | p1 | apollo plan p4: rollback',
      'applied | 1 | 0 |  | ',
    ]);
  });

  it('recognises every outcome of its own when asked again', async () => {
    const [one, two] = [await web.chart(), await web.chart()];
    const twice = async (operation: ReleaseOperation): Promise<string[]> => [
      (await web.operate(operation)).result,
      (await web.operate(operation)).result,
    ];
    const results = [
      ...(await twice(web.install('p1', one))),
      ...(await twice(await web.upgrade('p2', two))),
      ...(await twice(await web.rollback('p3', 1))),
      ...(await twice(await web.uninstall('p4'))),
    ];
    expect(results).toEqual(Array.from({ length: 4 }, () => ['applied', 'already']).flat());
  });

  it.each<{ name: string; values: HelmValues }>([
    { name: 'nested, with lists', values: { a: { b: [1, { c: 'd' }], e: {} }, f: [] } },
    { name: 'null, at the top and below', values: { a: null, b: { c: null, d: 1 } } },
    {
      name: 'numbers at the edges',
      values: { a: 0.1, b: 1e21, c: 9_007_199_254_740_991, d: -0.5 },
    },
    {
      name: 'texts that look like something else',
      values: { a: 'yes', b: '0644', c: '1e3', d: '~' },
    },
    {
      name: 'texts of all kinds',
      values: { a: 'Grüße 🚀', b: 'two\nlines\n', c: '', 'd.e': '{{ x }}' },
    },
  ])('recognises its outcome whatever the values: $name', async ({ values }) => {
    const defaults = { 'values.yaml': 'a: 1\nb: {c: 2, z: 3}\n' };
    const operation = web.install('p1', await web.chart(defaults), values);
    expect((await web.operate(operation)).result).toBe('applied');
    expect((await web.operate(operation)).result).toBe('already');
  });

  it('removes a failed first installation before it tries again', async () => {
    const broken = await web.chart({ 'templates/service.yaml': INVALID });
    const failed = await web.operate(web.install('p1', broken));
    expect(failed).toMatchObject({ result: 'broken', hooksMayHaveRun: false });
    expect(failed.message).toContain('99999999');
    expect(await web.history()).toEqual(['1 failed']);
    const retry = { ...web.install('p2', await web.chart()), base: await web.base() };
    expect(await web.operate(retry)).toMatchObject({ result: 'applied', head: { revision: 1 } });
    expect(await web.data()).toMatchObject({ version: '2.0.0' });
  });

  it.each(['upgrade', 'config_update'] as const)(
    'carries out a plan of type %s after Helm died between two revisions',
    async (type) => {
      const one = await web.chart();
      await web.operate(web.install('p1', one));
      await web.operate(await web.upgrade('p2', one, { text: 'two' }));
      await markFailed('sh.helm.release.v1.web.v2');
      expect(await web.history()).toEqual(['1 superseded', '2 failed']);
      const report = await web.operate({
        ...(await web.upgrade('p3', one, { text: 'three' })),
        type,
      });
      expect(report).toMatchObject({ result: 'applied', head: { revision: 3 } });
      expect(await web.data()).toMatchObject({ text: 'three' });
    },
  );

  it('repairs an installation whose helm was killed in a hook', async () => {
    const slow = await web.chart({ 'templates/hook.yaml': hookManifest('pre-install') });
    const report = await web.killedWhen('pending-install', web.install('p1', slow));
    expect(report).toMatchObject({
      result: 'broken',
      hooksMayHaveRun: true,
      commands: [{ signal: 'SIGKILL' }],
      repairs: [{ revision: 1, was: 'pending-install' }],
    });
    expect(await web.history()).toEqual(['1 failed']);
    const retry = { ...web.install('p2', await web.chart()), base: await web.base() };
    expect((await web.operate(retry)).result).toBe('applied');
  });

  it('repairs an upgrade whose helm was killed in a hook', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const slow = await web.chart({ 'templates/hook.yaml': hookManifest('pre-upgrade') });
    const report = await web.killedWhen('pending-upgrade', await web.upgrade('p2', slow));
    expect(report).toMatchObject({
      result: 'broken',
      hooksMayHaveRun: true,
      repairs: [{ revision: 2, was: 'pending-upgrade' }],
    });
    expect(await web.history()).toEqual(['1 deployed', '2 failed']);
    expect((await web.operate(await web.upgrade('p3', await web.chart()))).result).toBe('applied');
    expect(await web.history()).toEqual(['1 superseded', '2 failed', '3 deployed']);
  });

  it('repairs a rollback whose hook failed, which Helm itself leaves pending', async () => {
    const one = await web.chart({ 'templates/hook.yaml': hookManifest('post-rollback', 'fail') });
    await web.operate(web.install('p1', one));
    await web.operate(await web.upgrade('p2', await web.chart()));
    const rollback = await web.rollback('p3', 1);
    const report = await web.operate(rollback);
    expect(report).toMatchObject({
      result: 'broken',
      hooksMayHaveRun: true,
      repairs: [{ revision: 3, was: 'pending-rollback' }],
      head: { revision: 3, status: 'failed' },
    });
    expect((await web.operate(rollback)).result).toBe('broken');
    expect((await web.operate(await web.upgrade('p4', await web.chart()))).result).toBe('applied');
  });

  it('finishes an uninstallation whose hook failed before', async () => {
    await web.operate(
      web.install(
        'p1',
        await web.chart({ 'templates/hook.yaml': hookManifest('pre-delete', 'fail') }),
      ),
    );
    const report = await web.operate(await web.uninstall('p2'));
    expect(report).toMatchObject({ result: 'broken', repairs: [{ was: 'uninstalling' }] });
    expect(await web.history()).toEqual(['1 failed']);
    await web.operate(await web.upgrade('p3', await web.chart()));
    const again = await web.operate(await web.uninstall('p4'));
    expect(again).toMatchObject({ result: 'applied', after: { kind: 'absent' } });
  });

  it('waits for a helm that may live, and does not repair under it', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const slow = await web.upgrade(
      'p2',
      await web.chart({ 'templates/hook.yaml': hookManifest('pre-upgrade') }),
    );
    const pids = new EventRecorder<number>();
    const running = web.operate(slow, { onProcess: ({ pid }) => pids.record(pid) });
    const pid = await pids.next();
    await web.secretWith('pending-upgrade');
    expect(await web.operate(slow)).toMatchObject({ result: 'locked', commands: [], repairs: [] });
    expect(await web.history()).toEqual(['1 deployed', '2 pending-upgrade']);
    process.kill(-pid, 'SIGKILL');
    await running;
  });

  it('stops an upgrade in order when it is called off', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const slow = await web.upgrade(
      'p2',
      await web.chart({ 'templates/hook.yaml': hookManifest('pre-upgrade') }),
    );
    const abort = new AbortController();
    const running = web.operate(slow, { abort: abort.signal });
    await web.secretWith('pending-upgrade');
    abort.abort();
    const report = await running;
    expect(report).toMatchObject({ result: 'broken', hooksMayHaveRun: true, repairs: [] });
    expect(await web.history()).toEqual(['1 deployed', '2 failed']);
  });

  it('stops an upgrade at its total deadline', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const slow = await web.upgrade(
      'p2',
      await web.chart({ 'templates/hook.yaml': hookManifest('pre-upgrade') }),
    );
    const report = await web.operate(slow, { totalDeadlineMs: 2_000 });
    expect(report).toMatchObject({ result: 'broken', commands: [{ timedOut: true }] });
    expect(await web.history()).toEqual(['1 deployed', '2 failed']);
  });

  it('says what is there in the end when a third party upgrades between look and command', async () => {
    const [one, two, three] = [await web.chart(), await web.chart(), await web.chart()];
    await web.operate(web.install('p1', one));
    const mine = await web.upgrade('p2', two);
    const theirs = await web.upgrade('theirs', three);
    const helm = {
      version: web.open.helm.version,
      render: web.open.helm.render.bind(web.open.helm),
      recordedChart: web.open.helm.recordedChart.bind(web.open.helm),
      bringsCrds: web.open.helm.bringsCrds.bind(web.open.helm),
      run: async (...args: Parameters<typeof web.open.helm.run>) => {
        await web.operate(theirs);
        return web.open.helm.run(...args);
      },
    };
    const report = await new HelmChartOperator({ kube: web.open.kube, helm }).operate(mine, {
      abort: new AbortController().signal,
      totalDeadlineMs: 60_000,
      hookTimeoutMs: 30_000,
      deadHolder: null,
    });
    // Helm itself does not mind; what is there in the end is this plan's content.
    expect(report).toMatchObject({ result: 'applied', head: { revision: 3, planId: 'p2' } });
    expect((await web.operate(await web.upgrade('p4', one))).result).toBe('applied');
    expect((await web.operate(mine)).result).toBe('base_moved');
  });

  it('declines after a third party changed the release by hand', async () => {
    const [one, two] = [await web.chart(), await web.chart()];
    await web.operate(web.install('p1', one));
    const mine = await web.upgrade('p2', two);
    await web.operate(await web.upgrade('theirs', two, { text: 'by hand' }));
    const report = await web.operate(mine);
    expect(report).toMatchObject({ result: 'base_moved', commands: [] });
    expect(await web.data()).toEqual({ text: 'by hand', version: '2.0.0' });
  });

  it('leaves a release made by hand alone until it is adopted', async () => {
    const [one, two] = [await web.chart(), await web.chart()];
    await web.operate(web.install('by-hand', one));
    const secret = await web.open.kube.get({
      ...RELEASE_SECRET_KIND,
      namespace: web.open.namespace,
      name: 'sh.helm.release.v1.web.v1',
    });
    if (!secret.ok) throw new Error(secret.error.message);
    const { labels = {} } = secret.value.metadata;
    const bare = Object.fromEntries(Object.entries(labels).filter(([name]) => !name.includes('/')));
    await web.open.kube.replace({
      ...secret.value,
      metadata: { ...secret.value.metadata, labels: bare },
    });
    const mine = await web.upgrade('p1', two);
    expect(await web.operate(mine)).toMatchObject({ result: 'refused', code: 'release/not_ours' });
    expect(await web.operate({ ...mine, adopt: true })).toMatchObject({ result: 'applied' });
  });
});
