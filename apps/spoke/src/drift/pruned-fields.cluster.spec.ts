import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  eventually,
  sharedTestCluster,
  type SharedTestCluster,
} from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterScene } from '../testing/cluster-scene.js';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const run = promisify(execFile);

/** Somebody has installed it by hand: plans with such a field are refused before Helm runs. */
describe.each([
  { helm: 'Helm 3', helm3: true, options: [] },
  { helm: 'Helm 4 on the client side', helm3: false, options: ['--server-side=false'] },
])('a field of a release of $helm that its schema does not know', ({ helm3, options }) => {
  let cluster: SharedTestCluster;
  let scene: ClusterScene;
  let namespace: string;
  let group: string;
  let chart: string;

  beforeAll(async () => {
    cluster = await sharedTestCluster();
    namespace = await cluster.freshNamespace('pruned');
    group = `${namespace}.example.com`;
    await define();
    chart = await mkdtemp(join(tmpdir(), 'apollo-widget-'));
    await mkdir(join(chart, 'templates'));
    await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: widget\nversion: 1.0.0\n');
    await writeFile(
      join(chart, 'templates/widget.yaml'),
      `apiVersion: ${group}/v1
kind: Widget
metadata: {name: web}
spec: {size: 3, mode: loud, colour: red, parts: [{name: a, weight: 1}]}
`,
    );
    scene = await ClusterScene.open({ cluster, helm3 });
  }, 900_000);
  afterAll(async () => {
    await cluster.send({ method: 'DELETE', path: `${DEFINITIONS}/widgets.${group}` });
    await scene.close();
    await rm(chart, { recursive: true });
  });

  async function define(): Promise<void> {
    const text = { type: 'string' };
    const part = { type: 'object', properties: { name: text } };
    const properties = {
      ...{ size: { type: 'integer' }, mode: text, parts: { type: 'array', items: part } },
    };
    const spec = { type: 'object', properties };
    const openAPIV3Schema = { type: 'object', properties: { spec } };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
    const names = { plural: 'widgets', singular: 'widget', kind: 'Widget' };
    const body = {
      ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      metadata: { name: `widgets.${group}` },
      spec: { group, names, scope: 'Namespaced', versions },
    };
    const answer = await cluster.send({ method: 'POST', path: DEFINITIONS, body });
    if (answer.status !== 201) throw new Error(answer.body);
    await eventually('the kind to be served', async () => {
      const path = `/apis/${group}/v1/widgets`;
      return (await cluster.send({ method: 'GET', path })).status === 200 ? true : undefined;
    });
  }

  it('is no drift, and one that somebody took out is', async () => {
    const { kubeconfigPath } = cluster;
    const where = ['--namespace', namespace, '--kubeconfig', kubeconfigPath, ...options];
    await run(helm3 ? cluster.helm3 : cluster.helm, ['install', 'web', chart, ...where]);
    const untouched = await scene.report(
      namespace,
      ({ objects }) => objects[0]?.digest !== undefined,
    );
    expect(untouched.drift).toEqual([]);

    const path = `/apis/${group}/v1/namespaces/${namespace}/widgets/web?fieldManager=kubectl-edit`;
    const body = { spec: { mode: null } };
    expect((await cluster.send({ method: 'PATCH', path, body })).status).toBe(200);
    const report = await scene.report(namespace, ({ drift }) => drift.length > 0);
    expect(report.drift).toMatchObject([{ kind: 'Widget', name: 'web', field: 'spec.mode' }]);
  });
});
