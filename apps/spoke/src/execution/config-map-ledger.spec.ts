import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { describe, expect, it } from '@jest/globals';
import { ConfigMapLedger, ledgerName } from './config-map-ledger.js';

describe('the name of a ledger', () => {
  it.each([
    {
      name: 'short names',
      namespace: 'shop',
      releaseName: 'web',
      starts: 'apollo-ledger-web-shop-',
    },
    {
      name: 'names of the greatest length',
      namespace: 'n'.repeat(63),
      releaseName: 'r'.repeat(53),
      starts: `apollo-ledger-${'r'.repeat(40)}-`,
    },
  ])('can be read and is a valid object name: $name', ({ namespace, releaseName, starts }) => {
    const name = ledgerName({ namespace, releaseName });
    expect(name.startsWith(starts)).toBe(true);
    expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,251}[a-z0-9])?$/);
  });

  it('differs where only the border between the names does', () => {
    expect(ledgerName({ namespace: 'b', releaseName: 'a-b' })).not.toBe(
      ledgerName({ namespace: 'b-b', releaseName: 'a' }),
    );
  });
});

describe('a ledger that cannot be used', () => {
  const release = { namespace: 'shop', releaseName: 'web' };

  it.each([
    { name: 'no JSON', data: { ledger: '{' } },
    { name: 'JSON of another shape', data: { ledger: '{"claim":7}' } },
    { name: 'nothing', data: {} },
  ])('says so, and is not taken for an empty one: $name', async ({ data }) => {
    const kube = new InMemoryKubeApi({ namespaces: ['apollo-system'] });
    await kube.create({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data },
      metadata: { name: ledgerName(release), namespace: 'apollo-system' },
    });
    await expect(new ConfigMapLedger(kube, 'apollo-system').read(release)).rejects.toThrow(
      /the ledger in ConfigMap apollo-system\/apollo-ledger-web-shop-[0-9a-f]{16} cannot be read/,
    );
  });

  it('names the right that is missing', async () => {
    const kube = new InMemoryKubeApi();
    kube.intercept(() => ({
      ...{ code: 'kube/forbidden', status: 403, reason: 'Forbidden', causes: [] },
      message: 'configmaps is forbidden',
    }));
    await expect(new ConfigMapLedger(kube, 'apollo-system').read(release)).rejects.toThrow(
      "configmaps is forbidden; give the spoke's account that right",
    );
  });
});
