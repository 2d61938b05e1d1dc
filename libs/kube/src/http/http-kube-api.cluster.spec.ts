import { afterAll, describe, expect, it } from '@jest/globals';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { describeKubeApi } from '../kube-api.contract.js';
import { HttpKubeApi } from './http-kube-api.js';
import { KubeConnection } from './kube-connection.js';

interface Opened {
  readonly kube: HttpKubeApi;
  readonly cluster: SharedTestCluster;
}

let opened: Promise<Opened> | undefined;

async function open(): Promise<Opened> {
  const cluster = await sharedTestCluster();
  const path = cluster.kubeconfigPath;
  return { cluster, kube: new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path })) };
}

afterAll(async () => {
  const { kube, cluster } = await (opened ??= open());
  kube.close();
  await cluster.release();
});

describeKubeApi('over HTTPS', async () => {
  const { kube, cluster } = await (opened ??= open());
  return { kube, namespace: await cluster.freshNamespace('kube') };
});

describe('HttpKubeApi', () => {
  it('names every invalid field of an applied object', async () => {
    const { kube, cluster } = await (opened ??= open());
    const namespace = await cluster.freshNamespace('kube');
    const service = (spec: object) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec,
    });
    const dry = { fieldManager: 'test', force: false, dryRun: true };
    const port = await kube.apply(service({ ports: [{ port: 99_999_999 }] }), dry);
    expect(port).toMatchObject({ error: { code: 'kube/invalid', status: 422 } });
    expect(port).toMatchObject({
      error: { causes: [{ field: 'spec.ports[0].port' }, { field: 'spec.ports[0].targetPort' }] },
    });
    const bogus = await kube.apply(service({ ports: [{ port: 80 }], bogus: 1 }), dry);
    expect(bogus).toMatchObject({
      error: { code: 'kube/invalid', causes: [{ field: '.spec.bogus' }] },
    });
  });

  it('lets the API server read the rendered text', async () => {
    const { kube, cluster } = await (opened ??= open());
    const namespace = await cluster.freshNamespace('kube');
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace } };
    const yaml = [
      'apiVersion: v1',
      'kind: Pod',
      'metadata: {name: web}',
      'spec:',
      '  containers: [{name: c, image: example.com/c:1}]',
      '  volumes: [{name: v, emptyDir: {}}, {name: w, configMap: {name: m, defaultMode: 0644}}]',
    ].join('\n');
    const applied = await kube.apply(pod, {
      fieldManager: 'test',
      force: false,
      dryRun: true,
      yaml,
    });
    expect(applied).toMatchObject({
      ok: true,
      value: { spec: { volumes: [{}, { configMap: { defaultMode: 0o644 } }] } },
    });
  });

  it('is unavailable, and not for waiting to cure, with a kubeconfig that is not there', async () => {
    const path = '/nonexistent/kubeconfig';
    const lost = new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path }));
    await expect(lost.serverVersion()).rejects.toMatchObject({
      name: 'KubeUnavailable',
      retryable: false,
      message: expect.stringContaining('check the file /nonexistent/kubeconfig'),
    });
  });
});
