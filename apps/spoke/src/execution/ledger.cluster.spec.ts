import { randomUUID } from 'node:crypto';
import { HttpKubeApi, KubeConnection } from '@apollo-deploy/kube';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { afterAll } from '@jest/globals';
import { ConfigMapLedger } from './config-map-ledger.js';
import { describeLedger } from './ledger.contract.js';

let shared: Promise<{ cluster: SharedTestCluster; kube: HttpKubeApi }> | null = null;

async function open() {
  const cluster = await sharedTestCluster();
  const credentials = { from: 'kubeconfig', path: cluster.kubeconfigPath } as const;
  return { cluster, kube: new HttpKubeApi(new KubeConnection(credentials)) };
}

afterAll(async () => {
  const opened = await shared;
  opened?.kube.close();
  await opened?.cluster.release();
});

describeLedger('in a real cluster', async () => {
  shared ??= open();
  const { kube } = await shared;
  // The ledger makes its namespace itself.
  const namespace = `ledger-${randomUUID().slice(0, 8)}`;
  return {
    ledger: new ConfigMapLedger(kube, namespace),
    other: new ConfigMapLedger(kube, namespace),
  };
});
