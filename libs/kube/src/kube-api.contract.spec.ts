import { describeKubeApi } from './kube-api.contract.js';
import { InMemoryKubeApi } from './in-memory/in-memory-kube-api.js';

describeKubeApi('in memory', () =>
  Promise.resolve({
    kube: new InMemoryKubeApi({ namespaces: ['test'] }),
    namespace: 'test',
  }),
);
