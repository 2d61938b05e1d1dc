import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HelmChartOperator } from './helm-chart-operator.js';
import type { HelmValues } from './helm-command.js';
import { observeRelease } from './observe-release.js';
import { preflight } from './preflight.js';
import { ReleaseReader } from './release-reader.js';
import type { InstallOperation, UpgradeOperation } from './release-operation.js';
import { headOf } from './release-state.js';
import { HelmClusterBench, type HelmBench } from './testing/helm-cluster-bench.js';

const json = (object: object): string => JSON.stringify(object);
const config = (name: string, data: object = {}): string =>
  json({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

const WEB = json({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'example.com/web:1' }] },
    },
  },
});

const benches = { 3: new HelmClusterBench(3), 4: new HelmClusterBench(4) } as const;
afterAll(() => Promise.all([benches[3].close(), benches[4].close()]));

describe.each([{ major: 3 }, { major: 4 }] as const)('preflight, Helm $major,', ({ major }) => {
  let open: HelmBench;
  beforeEach(async () => {
    open = await benches[major].open();
  });

  const operation = async (
    files: Record<string, string>,
    values: HelmValues = {},
  ): Promise<InstallOperation> => {
    const path = await open.packChart({ name: 'web', version: '1.0.0', files });
    return {
      type: 'install',
      planId: 'p1',
      release: 'web',
      namespace: open.namespace,
      base: { revision: 0, secretUid: null },
      chart: { path, name: 'web', version: '1.0.0' },
      values,
    };
  };
  const check = async (subject: InstallOperation | UpgradeOperation) => {
    const reader = new ReleaseReader(open.kube);
    const state = await observeRelease(open.kube, subject, reader);
    return preflight({ ...open, reader }, { operation: subject, state });
  };
  const install = (subject: InstallOperation) =>
    new HelmChartOperator(open).operate(subject, {
      abort: new AbortController().signal,
      totalDeadlineMs: 60_000,
      hookTimeoutMs: 30_000,
      deadHolder: null,
    });
  const upgradeOf = async (subject: InstallOperation): Promise<UpgradeOperation> => {
    const head = headOf(await observeRelease(open.kube, subject));
    const base = { revision: head?.revision ?? 0, secretUid: head?.secretUid ?? null };
    return { ...subject, type: 'upgrade', base };
  };

  it('finds nothing in a chart that is fine, and leaves no trace', async () => {
    const mode = [
      'apiVersion: v1',
      'kind: Pod',
      'metadata: {name: pod}',
      'spec:',
      '  containers: [{name: c, image: example.com/c:1}]',
      '  volumes: [{name: v, configMap: {name: web, defaultMode: 0644}}]',
    ].join('\n');
    const subject = await operation({
      'templates/a.yaml': config('web'),
      'templates/b.yaml': mode,
    });
    expect(await check(subject)).toEqual({
      ok: true,
      value: { findings: [], checked: 2, letThrough: [], hookRuns: 0 },
    });
    expect(await observeRelease(open.kube, subject)).toEqual({ kind: 'absent' });
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: open.namespace, name: 'web' };
    expect(await open.kube.get(ref)).toMatchObject({ error: { code: 'kube/not_found' } });
  });

  it.each([
    {
      name: 'a value out of bounds',
      object: { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 99_999_999 }] } },
      expected: { code: 'kube/invalid', field: 'spec.ports[0].port' },
    },
    {
      name: 'a field nobody knows',
      object: { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }], bogus: 1 } },
      expected: { code: 'kube/invalid', field: '.spec.bogus' },
    },
    {
      name: 'a kind the cluster does not serve',
      object: { apiVersion: 'example.com/v1', kind: 'Unheard' },
      expected: { code: 'kube/unknown_kind', field: null },
    },
    {
      name: 'a namespace that is not there',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'web', namespace: 'nowhere' },
      },
      expected: { code: 'kube/not_found', field: null },
    },
  ])('finds $name', async ({ object, expected }) => {
    const subject = await operation({
      'templates/a.yaml': json({ metadata: { name: 'web' }, ...object }),
      'templates/b.yaml': config('fine'),
    });
    const result = await check(subject);
    expect(result).toMatchObject({ ok: true, value: { checked: 2 } });
    const [finding] = result.ok ? result.value.findings : [];
    expect(finding).toMatchObject({ ...expected, severity: 'blocking', ref: { name: 'web' } });
  });

  it('finds an object that belongs to somebody else', async () => {
    await open.kube.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace: open.namespace },
    });
    const result = await check(await operation({ 'templates/a.yaml': config('web') }));
    expect(result).toMatchObject({
      value: { findings: [{ code: 'helm/not_owned', severity: 'blocking' }] },
    });
  });

  it('finds nothing in a release that is unchanged, and a field that must not change', async () => {
    const job = (image: string): string =>
      json({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'work' },
        spec: {
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] } },
        },
      });
    const subject = await operation({ 'templates/a.yaml': job('example.com/a:1') });
    expect((await install(subject)).result).toBe('applied');
    expect(await check(await upgradeOf(subject))).toMatchObject({ value: { findings: [] } });
    const changed = await operation({ 'templates/a.yaml': job('example.com/a:2') });
    const result = await check(await upgradeOf(changed));
    expect(result).toMatchObject({
      value: {
        findings: [
          {
            code: 'kube/invalid',
            field: 'spec.template',
            message: expect.stringContaining('immutable'),
            severity: 'blocking',
          },
        ],
      },
    });
  });

  it.each([
    {
      name: 'a person set, which the chart takes back',
      manager: 'kubectl',
      severity: 'overridden',
    },
    { name: 'an autoscaler set', manager: 'kube-controller-manager', severity: 'blocking' },
  ])('names replicas that $name', async ({ manager, severity }) => {
    const subject = await operation({ 'templates/a.yaml': WEB });
    expect((await install(subject)).result).toBe('applied');
    const scaled = await open.cluster.send({
      method: 'PATCH',
      path: `/apis/apps/v1/namespaces/${open.namespace}/deployments/web/scale?fieldManager=${manager}`,
      body: { spec: { replicas: 3 } },
    });
    expect(scaled.status).toBe(200);
    const result = await check(await upgradeOf(subject));
    expect(result).toMatchObject({
      value: { findings: [{ code: 'kube/field_conflict', field: '.spec.replicas', severity }] },
    });
    // The chart's own change is no conflict, whichever way Helm applies it.
    const changed = await operation({ 'templates/a.yaml': WEB.replace('web:1"', 'web:2"') });
    expect(await check(await upgradeOf(changed))).toMatchObject({
      value: { findings: [{ code: 'kube/field_conflict', field: '.spec.replicas', severity }] },
    });
  });

  it('says when Helm 3 takes over a release of Helm 4', async () => {
    const subject = await operation({ 'templates/a.yaml': config('web') });
    expect((await install(subject)).result).toBe('applied');
    const { helm } = await benches[3].open();
    const reader = new ReleaseReader(open.kube);
    const state = await observeRelease(open.kube, subject, reader);
    const asked = { operation: await upgradeOf(subject), state };
    const report = await preflight({ kube: open.kube, helm, reader }, asked);
    const message = expect.stringMatching(/Helm 3\.\S+ overwrites that .* give this spoke Helm 4/);
    const told = { code: 'helm/older_than_release', severity: 'overridden', message };
    expect(report).toMatchObject({ value: { findings: major === 4 ? [told] : [] } });
  });

  it('lets through what depends on the chart’s own kinds and namespaces', async () => {
    const suffix = open.namespace;
    const definition = json({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `gadgets.${suffix}.example.com` },
      spec: {
        group: `${suffix}.example.com`,
        scope: 'Namespaced',
        names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object' } },
          },
        ],
      },
    });
    const gadget = {
      apiVersion: `${suffix}.example.com/v1`,
      kind: 'Gadget',
      metadata: { name: 'g' },
    };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${suffix}-b` } };
    const inside = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'in', namespace: `${suffix}-b` },
    };
    const subject = await operation({
      'crds/gadget.yaml': definition,
      'templates/gadget.yaml': json(gadget),
      'templates/namespace.yaml': json(namespace),
      'templates/inside.yaml': json(inside),
    });
    const result = await check(subject);
    expect(result).toMatchObject({ value: { findings: [], checked: 1 } });
    const kinds = result.ok ? result.value.letThrough.map(({ kind }) => kind).sort() : [];
    expect(kinds).toEqual(['ConfigMap', 'Gadget']);
  });

  it('does not stumble over a hook that ran before', async () => {
    const hook = (image: string): string =>
      json({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'hook', annotations: { 'helm.sh/hook': 'post-install,post-upgrade' } },
        spec: {
          template: {
            metadata: { annotations: { 'apollo.dev/behaviour': 'complete' } },
            spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] },
          },
        },
      });
    const subject = await operation({ 'templates/a.yaml': hook('example.com/a:1') });
    expect((await install(subject)).result).toBe('applied');
    const changed = await operation({ 'templates/a.yaml': hook('example.com/a:2') });
    expect(await check(await upgradeOf(changed))).toMatchObject({ value: { findings: [] } });
  });

  it('asks the cluster when the chart looks things up', async () => {
    const template = [
      `{{ $found := lookup "v1" "Namespace" "" "${open.namespace}" }}`,
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata: {name: {{ $found.metadata.name | required "the cluster was not asked" }}}',
    ].join('\n');
    const subject = await operation({ 'templates/a.yaml': template });
    expect(await check(subject)).toMatchObject({ ok: true, value: { findings: [] } });
  });

  it('refuses a chart that cannot be rendered, in Helm’s words', async () => {
    const subject = await operation({ 'templates/a.yaml': '{{ fail "name a colour" }}' });
    expect(await check(subject)).toMatchObject({
      ok: false,
      error: { code: 'helm/render_failed', message: expect.stringContaining('name a colour') },
    });
  });
});
