import { describe, expect, it } from '@jest/globals';
import { kubeconfigText, readKubeconfig } from './kubeconfig.js';

const ACCESS = { cluster: 'dev', apiUrl: 'https://127.0.0.1:21001', token: 'secret' };

describe('kubeconfig', () => {
  it('names a context after the cluster and trusts its certificate', () => {
    const text = kubeconfigText({ ...ACCESS, certificateAuthority: 'PEM' });
    expect(JSON.parse(text)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'apollo-dev',
          cluster: { server: 'https://127.0.0.1:21001', 'certificate-authority-data': 'UEVN' },
        },
      ],
      users: [{ name: 'apollo-dev', user: { token: 'secret' } }],
      contexts: [{ name: 'apollo-dev', context: { cluster: 'apollo-dev', user: 'apollo-dev' } }],
      'current-context': 'apollo-dev',
    });
  });

  it('does without a certificate only when none is given', () => {
    expect(kubeconfigText(ACCESS)).toContain('"insecure-skip-tls-verify": true');
    expect(kubeconfigText({ ...ACCESS, certificateAuthority: 'PEM' })).not.toContain('insecure');
  });

  it.each([
    { name: 'with a certificate', access: { ...ACCESS, certificateAuthority: 'PEM' } },
    { name: 'without one', access: ACCESS },
  ])('can be read back $name', ({ access }) => {
    expect(readKubeconfig(kubeconfigText(access))).toEqual(access);
  });

  it('of another make is not taken for ours', () => {
    expect(() => readKubeconfig('{"clusters": []}')).toThrow(TypeError);
  });
});
