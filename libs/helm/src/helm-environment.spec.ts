import { describe, expect, it } from '@jest/globals';
import { helmEnvironment } from './helm-environment.js';

const environment = {
  PATH: '/usr/bin',
  HTTPS_PROXY: 'http://proxy.internal',
  HOME: '/home/agent',
  HELM_PLUGINS: '/evil',
  KUBECONFIG: '/other',
  KUBERNETES_SERVICE_HOST: '10.0.0.1',
  APOLLO_TOKEN: 'secret',
};
const homes = {
  HOME: '/run/1',
  TMPDIR: '/run/1',
  HELM_CONFIG_HOME: '/run/1/config',
  HELM_CACHE_HOME: '/run/1/cache',
  HELM_DATA_HOME: '/run/1/data',
  KUBECACHEDIR: '/cache',
};
const paths = { home: '/run/1', discoveryCache: '/cache', environment };

describe('helmEnvironment', () => {
  it('is nothing but what Helm needs', () => {
    expect(helmEnvironment({ ...paths, kubeconfigPath: '/kubeconfig' })).toEqual({
      PATH: '/usr/bin',
      HTTPS_PROXY: 'http://proxy.internal',
      ...homes,
      KUBECONFIG: '/kubeconfig',
    });
  });

  it('says where the API server is when the account of the pod is used', () => {
    expect(helmEnvironment({ ...paths, kubeconfigPath: null })).toEqual({
      PATH: '/usr/bin',
      HTTPS_PROXY: 'http://proxy.internal',
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      ...homes,
    });
  });
});
