import type { KubeObject, KubeRefusal, ManifestDocument } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { checkObjects, type CheckContext } from './check-objects.js';

const OWNED = {
  labels: { 'app.kubernetes.io/managed-by': 'Helm' },
  annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' },
};
const config = (name: string, metadata: object = {}): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', data: {} },
  metadata: { name, ...metadata },
});
const hook = config('hook', { annotations: { 'helm.sh/hook': 'pre-upgrade,pre-install' } });
const documents = (...objects: KubeObject[]): ManifestDocument[] =>
  objects.map((object) => ({ object, yaml: null }));
const IMMUTABLE: KubeRefusal = {
  ...{ code: 'kube/invalid', message: 'immutable', status: 422, reason: 'Invalid', causes: [] },
};

describe('what checking a chart asks the cluster', () => {
  let kube: InMemoryKubeApi;
  let asked: string[];
  beforeEach(() => {
    kube = new InMemoryKubeApi({ namespaces: ['shop'] });
    asked = [];
    kube.intercept(({ verb, ref }) => {
      asked.push(`${verb} ${ref.name ?? ''}`);
      return undefined;
    });
  });
  const exists = async (object: KubeObject): Promise<void> => {
    const metadata = { ...object.metadata, namespace: 'shop' };
    const options = { fieldManager: 'helm', force: false };
    const made = await kube.apply({ ...object, metadata }, options);
    if (!made.ok) throw new Error(made.error.message);
    asked.length = 0;
  };
  const check = (objects: ManifestDocument[], context: Partial<CheckContext> = {}) =>
    checkObjects(kube, objects, {
      ...{ release: 'web', namespace: 'shop', verb: 'upgrade' },
      ...{ createsNamespace: false, own: [], definitions: [], ...context },
    });

  it('is one dry run for an object that is new', async () => {
    expect(await check(documents(config('a')))).toMatchObject({ checked: 1, findings: [] });
    expect(asked).toEqual(['apply a']);
  });

  it('is one dry run for an object that the release has already', async () => {
    await exists(config('a', OWNED));
    const own = documents(config('a', OWNED));
    expect(await check(documents(config('a')), { own })).toMatchObject({ findings: [] });
    expect(asked).toEqual(['apply a']);
  });

  it('is whose it is as well, where the release does not have it and it is there', async () => {
    await exists(config('a'));
    const { findings } = await check(documents(config('a')), { own: documents(config('b')) });
    expect(findings).toMatchObject([{ code: 'helm/not_owned' }]);
    expect(asked).toEqual(['apply a', 'get a']);
  });

  it('is one dry run for a hook, whether or not it ran before', async () => {
    expect(await check(documents(hook))).toMatchObject({ checked: 1, letThrough: [] });
    await exists(hook);
    expect(await check(documents(hook))).toMatchObject({ checked: 0, letThrough: [{}] });
    expect(asked).toEqual(['apply hook']);
  });

  it('is whether a refused hook is there, which Helm would then delete first', async () => {
    await exists(hook);
    kube.intercept(({ verb }) => (verb === 'apply' ? IMMUTABLE : undefined));
    expect(await check(documents(hook))).toMatchObject({ findings: [], letThrough: [{}] });
    expect(asked).toEqual(['apply hook', 'get hook']);
  });

  it('lets through what the chart defines, where the kind went after discovery', async () => {
    const spec = { group: 'apps', versions: [{ name: 'v1' }], names: { kind: 'Deployment' } };
    const definition = {
      ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      ...{ metadata: { name: 'deployments.apps' }, spec },
    };
    kube.intercept(() => ({ ...IMMUTABLE, code: 'kube/unknown_kind', status: 404 }));
    const context = { verb: 'install', definitions: documents(definition) } as const;
    const coming = { ...config('a'), apiVersion: 'apps/v1', kind: 'Deployment' };
    const { findings, letThrough } = await check(documents(coming), context);
    expect([findings, letThrough.length]).toEqual([[], 1]);
  });

  it.each([
    { name: 'lets through', createsNamespace: true, findings: 0, letThrough: 1 },
    { name: 'finds', createsNamespace: false, findings: 1, letThrough: 0 },
  ])(
    '$name what needs a namespace that is not there',
    async ({ createsNamespace, ...expected }) => {
      kube = new InMemoryKubeApi();
      const context = { verb: 'install', createsNamespace } as const;
      const { findings, letThrough } = await check(documents(config('a')), context);
      expect([findings.length, letThrough.length]).toEqual([
        expected.findings,
        expected.letThrough,
      ]);
    },
  );
});
