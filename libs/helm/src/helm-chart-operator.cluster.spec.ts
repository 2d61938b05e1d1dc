import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WatchEvent } from '@apollo-deploy/kube';
import { EventRecorder } from '@apollo-deploy/kube/testing';
import { HelmChartOperator, type OperateOptions } from './helm-chart-operator.js';
import type { HelmValues } from './helm-command.js';
import type { HelmReport } from './helm-report.js';
import { observeRelease, RELEASE_SECRET_KIND } from './observe-release.js';
import { withStatus } from './release-codec.js';
import type { ChartArchive, ReleaseBase, ReleaseOperation } from './release-operation.js';
import { headOf, underlyingState } from './release-state.js';
import { HelmClusterBench, type HelmBench } from './testing/helm-cluster-bench.js';

const NONE: ReleaseBase = { revision: 0, secretUid: null };

const CONFIG = [
  'apiVersion: v1',
  'kind: ConfigMap',
  'metadata: {name: web}',
  'data: {text: {{ .Values.text | default "default" | quote }}, version: {{ .Chart.Version }}}',
].join('\n');

const INVALID = [
  'apiVersion: v1',
  'kind: Service',
  'metadata: {name: web}',
  'spec: {ports: [{port: 99999999}]}',
].join('\n');

const job = (image: string, annotations: Record<string, string> = {}, behaviour = ''): string =>
  JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work', annotations },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { annotations: behaviour === '' ? {} : { 'apollo.dev/behaviour': behaviour } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] },
      },
    },
  });

/** A hook that runs until it is killed, unless told to end. */
const hook = (event: string, behaviour = ''): string =>
  job('example.com/hook:1', { 'helm.sh/hook': event }, behaviour);

const bench = new HelmClusterBench();
afterAll(() => bench.close());

describe('HelmChartOperator with real Helm', () => {
  let open: HelmBench;
  let versions: number;
  beforeEach(async () => {
    open = await bench.open();
    versions = 0;
  });

  const chart = async (files: Record<string, string> = {}): Promise<ChartArchive> => {
    versions += 1;
    const version = `${String(versions)}.0.0`;
    const templates = { 'templates/config.yaml': CONFIG, ...files };
    const path = await open.packChart({ name: 'web', version, files: templates });
    return { path, name: 'web', version };
  };
  const target = (planId: string, base: ReleaseBase) => ({
    planId,
    base,
    release: 'web',
    namespace: open.namespace,
  });
  const operate = (operation: ReleaseOperation, options: Partial<OperateOptions> = {}) =>
    new HelmChartOperator(open).operate(operation, {
      abort: new AbortController().signal,
      totalDeadlineMs: 60_000,
      hookTimeoutMs: 30_000,
      deadHolder: false,
      ...options,
    });
  const install = (planId: string, archive: ChartArchive, values: HelmValues = {}) =>
    ({ type: 'install', ...target(planId, NONE), chart: archive, values }) as const;
  const upgrade = async (planId: string, archive: ChartArchive, values: HelmValues = {}) =>
    ({ type: 'upgrade', ...target(planId, await base()), chart: archive, values }) as const;
  const observe = () => observeRelease(open.kube, target('', NONE));
  const base = async (): Promise<ReleaseBase> => {
    const head = headOf(await observe());
    return head === null ? NONE : { revision: head.revision, secretUid: head.secretUid };
  };
  const history = async () =>
    (underlyingState(await observe())?.history ?? []).map(
      ({ revision, status }) => `${String(revision)} ${status}`,
    );
  const data = async (): Promise<unknown> => {
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: open.namespace, name: 'web' };
    const got = await open.kube.get(ref);
    return got.ok ? got.value['data'] : got.error.code;
  };

  /** Runs an operation and kills its helm as soon as the release has this status. */
  const killedWhen = async (status: string, operation: ReleaseOperation): Promise<HelmReport> => {
    const pids = new EventRecorder<number>();
    const running = operate(operation, { onProcess: ({ pid }) => pids.record(pid) });
    const pid = await pids.next();
    await secretWith(status);
    process.kill(-pid, 'SIGKILL');
    return running;
  };
  const secretWith = async (status: string): Promise<void> => {
    const selection = {
      namespace: open.namespace,
      labelSelector: `owner=helm,status=${status}`,
      metadataOnly: true,
    };
    const listed = await open.kube.list(RELEASE_SECRET_KIND, selection);
    if (!listed.ok) throw new Error(listed.error.message);
    if (listed.value.items.length > 0) return;
    const { resourceVersion } = listed.value;
    const seen = new EventRecorder<WatchEvent>();
    const watch = open.kube.watch(
      RELEASE_SECRET_KIND,
      { ...selection, resourceVersion },
      seen.record,
    );
    await seen.next(({ type }) => type === 'added' || type === 'modified');
    watch.stop();
  };

  const markFailed = async (name: string): Promise<void> => {
    const { namespace } = open;
    const secret = await open.kube.get({ ...RELEASE_SECRET_KIND, namespace, name });
    if (!secret.ok) throw new Error(secret.error.message);
    const failed = withStatus(secret.value, 'failed', 'its helm died');
    if (!failed.ok) throw new Error(failed.error.message);
    await open.kube.replace(failed.value);
  };

  it('carries out every type of plan, one revision each, marked with its plan', async () => {
    const [one, two] = [await chart(), await chart()];
    const done: string[] = [];
    const carryOut = async (operation: ReleaseOperation): Promise<void> => {
      const report = await operate(operation);
      const { planId = '', revision = 0, description = '' } = report.head ?? {};
      done.push([report.result, report.commands.length, revision, planId, description].join(' | '));
    };
    await carryOut(install('p1', one, { text: 'one' }));
    await carryOut(await upgrade('p2', two, { text: 'two' }));
    expect(await data()).toEqual({ text: 'two', version: '2.0.0' });
    await carryOut({ ...(await upgrade('p3', two, {})), type: 'config_update' });
    expect(await data()).toEqual({ text: 'default', version: '2.0.0' });
    await carryOut({ type: 'rollback', ...target('p4', await base()), revision: 1 });
    expect(await data()).toEqual({ text: 'one', version: '1.0.0' });
    await carryOut({ type: 'uninstall', ...target('p5', await base()) });
    expect(await data()).toBe('kube/not_found');
    expect(done).toEqual([
      'applied | 1 | 1 | p1 | Install complete',
      'applied | 1 | 2 | p2 | Upgrade complete',
      'applied | 1 | 3 | p3 | Upgrade complete',
      'applied | 1 | 4 | p1 | apollo plan p4: rollback',
      'applied | 1 | 0 |  | ',
    ]);
  });

  it('recognises every outcome of its own when asked again', async () => {
    const [one, two] = [await chart(), await chart()];
    const twice = async (operation: ReleaseOperation): Promise<string[]> => [
      (await operate(operation)).result,
      (await operate(operation)).result,
    ];
    const results = [
      ...(await twice(install('p1', one))),
      ...(await twice(await upgrade('p2', two))),
      ...(await twice({ type: 'rollback', ...target('p3', await base()), revision: 1 })),
      ...(await twice({ type: 'uninstall', ...target('p4', await base()) })),
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
    const operation = install('p1', await chart(defaults), values);
    expect((await operate(operation)).result).toBe('applied');
    expect((await operate(operation)).result).toBe('already');
  });

  it('removes a failed first installation before it tries again', async () => {
    const broken = await chart({ 'templates/service.yaml': INVALID });
    const failed = await operate(install('p1', broken));
    expect(failed).toMatchObject({ result: 'broken', hooksMayHaveRun: false });
    expect(failed.message).toContain('99999999');
    expect(await history()).toEqual(['1 failed']);
    const retry = { ...install('p2', await chart()), base: await base() };
    expect(await operate(retry)).toMatchObject({ result: 'applied', head: { revision: 1 } });
    expect(await data()).toMatchObject({ version: '2.0.0' });
  });

  it.each(['upgrade', 'config_update'] as const)(
    'carries out a plan of type %s after Helm died between two revisions',
    async (type) => {
      const one = await chart();
      await operate(install('p1', one));
      await operate(await upgrade('p2', one, { text: 'two' }));
      await markFailed('sh.helm.release.v1.web.v2');
      expect(await history()).toEqual(['1 superseded', '2 failed']);
      const report = await operate({ ...(await upgrade('p3', one, { text: 'three' })), type });
      expect(report).toMatchObject({ result: 'applied', head: { revision: 3 } });
      expect(await data()).toMatchObject({ text: 'three' });
    },
  );

  it('says what is wrong when a field must not change, and goes on from there', async () => {
    const one = await chart({ 'templates/job.yaml': job('example.com/a:1') });
    await operate(install('p1', one));
    const two = await chart({ 'templates/job.yaml': job('example.com/a:2') });
    const report = await operate(await upgrade('p2', two));
    expect(report).toMatchObject({ result: 'broken', head: { revision: 2, status: 'failed' } });
    expect(report.message).toMatch(/field is immutable/);
    expect(await operate(await upgrade('p3', one))).toMatchObject({ result: 'applied' });
    expect(await history()).toEqual(['1 superseded', '2 failed', '3 deployed']);
  });

  it('repairs an installation whose helm was killed in a hook', async () => {
    const slow = await chart({ 'templates/hook.yaml': hook('pre-install') });
    const report = await killedWhen('pending-install', install('p1', slow));
    expect(report).toMatchObject({
      result: 'broken',
      hooksMayHaveRun: true,
      commands: [{ signal: 'SIGKILL' }],
      repairs: [{ revision: 1, was: 'pending-install' }],
    });
    expect(await history()).toEqual(['1 failed']);
    const retry = { ...install('p2', await chart()), base: await base() };
    expect((await operate(retry)).result).toBe('applied');
  });

  it('repairs an upgrade whose helm was killed in a hook', async () => {
    await operate(install('p1', await chart()));
    const slow = await chart({ 'templates/hook.yaml': hook('pre-upgrade') });
    const report = await killedWhen('pending-upgrade', await upgrade('p2', slow));
    expect(report).toMatchObject({
      result: 'broken',
      hooksMayHaveRun: true,
      repairs: [{ revision: 2, was: 'pending-upgrade' }],
    });
    expect(await history()).toEqual(['1 deployed', '2 failed']);
    expect((await operate(await upgrade('p3', await chart()))).result).toBe('applied');
    expect(await history()).toEqual(['1 superseded', '2 failed', '3 deployed']);
  });

  it('repairs a rollback whose hook failed, which Helm itself leaves pending', async () => {
    const one = await chart({ 'templates/hook.yaml': hook('post-rollback', 'fail') });
    await operate(install('p1', one));
    await operate(await upgrade('p2', await chart()));
    const rollback = { type: 'rollback', ...target('p3', await base()), revision: 1 } as const;
    const report = await operate(rollback);
    expect(report).toMatchObject({
      result: 'broken',
      hooksMayHaveRun: true,
      repairs: [{ revision: 3, was: 'pending-rollback' }],
      head: { revision: 3, status: 'failed' },
    });
    expect((await operate(rollback)).result).toBe('broken');
    expect((await operate(await upgrade('p4', await chart()))).result).toBe('applied');
  });

  it('finishes an uninstallation whose hook failed before', async () => {
    await operate(
      install('p1', await chart({ 'templates/hook.yaml': hook('pre-delete', 'fail') })),
    );
    const report = await operate({ type: 'uninstall', ...target('p2', await base()) });
    expect(report).toMatchObject({ result: 'broken', repairs: [{ was: 'uninstalling' }] });
    expect(await history()).toEqual(['1 failed']);
    await operate(await upgrade('p3', await chart()));
    const again = await operate({ type: 'uninstall', ...target('p4', await base()) });
    expect(again).toMatchObject({ result: 'applied', after: { kind: 'absent' } });
  });

  it('waits for a helm that may live, and does not repair under it', async () => {
    await operate(install('p1', await chart()));
    const slow = await upgrade('p2', await chart({ 'templates/hook.yaml': hook('pre-upgrade') }));
    const pids = new EventRecorder<number>();
    const running = operate(slow, { onProcess: ({ pid }) => pids.record(pid) });
    const pid = await pids.next();
    await secretWith('pending-upgrade');
    expect(await operate(slow)).toMatchObject({ result: 'locked', commands: [], repairs: [] });
    expect(await history()).toEqual(['1 deployed', '2 pending-upgrade']);
    process.kill(-pid, 'SIGKILL');
    await running;
  });

  it('stops an upgrade in order when it is called off', async () => {
    await operate(install('p1', await chart()));
    const slow = await upgrade('p2', await chart({ 'templates/hook.yaml': hook('pre-upgrade') }));
    const abort = new AbortController();
    const running = operate(slow, { abort: abort.signal });
    await secretWith('pending-upgrade');
    abort.abort();
    const report = await running;
    expect(report).toMatchObject({ result: 'broken', hooksMayHaveRun: true, repairs: [] });
    expect(await history()).toEqual(['1 deployed', '2 failed']);
  });

  it('stops an upgrade at its total deadline', async () => {
    await operate(install('p1', await chart()));
    const slow = await upgrade('p2', await chart({ 'templates/hook.yaml': hook('pre-upgrade') }));
    const report = await operate(slow, { totalDeadlineMs: 2_000 });
    expect(report).toMatchObject({ result: 'broken', commands: [{ timedOut: true }] });
    expect(await history()).toEqual(['1 deployed', '2 failed']);
  });

  it('says what is there in the end when a third party upgrades between look and command', async () => {
    const [one, two, three] = [await chart(), await chart(), await chart()];
    await operate(install('p1', one));
    const mine = await upgrade('p2', two);
    const theirs = await upgrade('theirs', three);
    const helm = {
      version: open.helm.version,
      render: open.helm.render.bind(open.helm),
      run: async (...args: Parameters<typeof open.helm.run>) => {
        await operate(theirs);
        return open.helm.run(...args);
      },
    };
    const report = await new HelmChartOperator({ kube: open.kube, helm }).operate(mine, {
      abort: new AbortController().signal,
      totalDeadlineMs: 60_000,
      hookTimeoutMs: 30_000,
      deadHolder: false,
    });
    // Helm itself does not mind; what is there in the end is this plan's content.
    expect(report).toMatchObject({ result: 'applied', head: { revision: 3, planId: 'p2' } });
    expect((await operate(await upgrade('p4', one))).result).toBe('applied');
    expect((await operate(mine)).result).toBe('base_moved');
  });

  it('declines after a third party changed the release by hand', async () => {
    const [one, two] = [await chart(), await chart()];
    await operate(install('p1', one));
    const mine = await upgrade('p2', two);
    await operate(await upgrade('theirs', two, { text: 'by hand' }));
    const report = await operate(mine);
    expect(report).toMatchObject({ result: 'base_moved', commands: [] });
    expect(await data()).toEqual({ text: 'by hand', version: '2.0.0' });
  });

  it('takes back a field that was changed by hand', async () => {
    const one = await chart();
    await operate(install('p1', one));
    const metadata = { name: 'web', namespace: open.namespace };
    await open.kube.apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text: 'by hand' } },
      { fieldManager: 'kubectl-edit', force: true },
    );
    expect((await operate(await upgrade('p2', one))).result).toBe('applied');
    expect(await data()).toMatchObject({ text: 'default' });
  });

  it('leaves a release made by hand alone until it is adopted', async () => {
    const [one, two] = [await chart(), await chart()];
    await operate(install('by-hand', one));
    const secret = await open.kube.get({
      ...RELEASE_SECRET_KIND,
      namespace: open.namespace,
      name: 'sh.helm.release.v1.web.v1',
    });
    if (!secret.ok) throw new Error(secret.error.message);
    const { labels = {} } = secret.value.metadata;
    const bare = Object.fromEntries(Object.entries(labels).filter(([name]) => !name.includes('/')));
    await open.kube.replace({
      ...secret.value,
      metadata: { ...secret.value.metadata, labels: bare },
    });
    const mine = await upgrade('p1', two);
    expect(await operate(mine)).toMatchObject({ result: 'refused', code: 'release/not_ours' });
    expect(await operate({ ...mine, adopt: true })).toMatchObject({ result: 'applied' });
  });
});
