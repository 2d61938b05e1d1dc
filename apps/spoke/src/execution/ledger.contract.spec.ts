import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { ConfigMapLedger } from './config-map-ledger.js';
import { describeLedger } from './ledger.contract.js';

describeLedger('in memory', () => {
  const kube = new InMemoryKubeApi();
  const open = (): ConfigMapLedger => new ConfigMapLedger(kube, 'apollo-system');
  return Promise.resolve({ ledger: open(), other: open() });
});
