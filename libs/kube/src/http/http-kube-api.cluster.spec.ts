import { afterAll } from '@jest/globals';
import { sharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { describeKubeApi } from '../kube-api.contract.js';
import { HttpKubeApi } from './http-kube-api.js';
import { KubeConnection } from './kube-connection.js';

let kube: HttpKubeApi | undefined;
afterAll(() => kube?.close());

describeKubeApi('over HTTPS', async () => {
  const cluster = await sharedTestCluster();
  kube ??= new HttpKubeApi(
    new KubeConnection({ from: 'kubeconfig', path: cluster.kubeconfigPath }),
  );
  return { kube, namespace: await cluster.freshNamespace('kube') };
});
