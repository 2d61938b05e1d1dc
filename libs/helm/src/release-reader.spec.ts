import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { KubeUnavailable } from '@apollo-deploy/kube';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { observeRelease } from './observe-release.js';
import { readRevision } from './release-codec.js';
import { headOf } from './release-state.js';
import { RELEASE_SECRET_KIND, ReleaseReader } from './release-reader.js';
import { configMapChart } from './testing/config-map-chart.js';
import { ScriptedHelmRunner } from './testing/scripted-helm-runner.js';

const TARGET = { release: 'web', namespace: 'shop' };
const OPTIONS = { totalDeadlineMs: 1000, abort: new AbortController().signal };

describe('a reader of releases', () => {
  let kube: InMemoryKubeApi;
  let helm: ScriptedHelmRunner;
  let reader: ReleaseReader;
  let fetched: string[];
  beforeEach(async () => {
    kube = new InMemoryKubeApi({ namespaces: ['shop'] });
    helm = new ScriptedHelmRunner(kube);
    reader = new ReleaseReader(kube);
    fetched = [];
    kube.intercept(({ verb, ref }) => {
      if (verb === 'get' && ref.kind === 'Secret') fetched.push(ref.name ?? '');
      return undefined;
    });
    await run('install');
    fetched = [];
  });
  const run = (verb: 'install' | 'upgrade') => {
    const chartPath = helm.addChart(configMapChart({ name: 'web', version: '1.0.0' }));
    const content = { ...TARGET, planId: 'p1', values: {}, chartPath, timeoutMs: 1000 };
    return verb === 'install'
      ? helm.run({ verb, ...content, createNamespace: false }, OPTIONS)
      : helm.run({ verb, ...content, forceConflicts: true }, OPTIONS);
  };
  const listedRevision = async () => {
    const listed = await kube.list(RELEASE_SECRET_KIND, { namespace: 'shop' });
    const [revision] = listed.ok ? listed.value.items.map(readRevision) : [];
    if (revision === null || revision === undefined) throw new Error('no revision');
    return revision;
  };
  const head = async () => headOf(await observeRelease(kube, TARGET, reader));

  it('fetches a payload once for all who ask, one after the other or at once', async () => {
    const [first, second] = await Promise.all([head(), head()]);
    expect(await head()).toEqual(first);
    expect(second).toEqual(first);
    expect(fetched).toEqual(['sh.helm.release.v1.web.v1']);
  });

  it('fetches what has changed anew', async () => {
    await head();
    await run('upgrade');
    fetched = [];
    expect(await head()).toMatchObject({ revision: 2, status: 'deployed' });
    expect(fetched).toEqual(['sh.helm.release.v1.web.v2']);
  });

  it('tells another release of the same name from the one before', async () => {
    const before = await head();
    const target = { ...TARGET, planId: 'p2', timeoutMs: 1000 };
    await helm.run({ verb: 'uninstall', ...target }, OPTIONS);
    await run('install');
    const after = await head();
    expect(after?.revision).toBe(1);
    expect(after?.secretUid).not.toBe(before?.secretUid);
  });

  it('keeps no answer to a question that was overtaken by a change', async () => {
    const revision = await listedRevision();
    await run('upgrade');
    fetched = [];
    const [first] = [await reader.read('shop', revision), await reader.read('shop', revision)];
    expect(first).toMatchObject({ ok: true, value: { revision: 1, status: 'superseded' } });
    expect(fetched).toHaveLength(2);
  });

  it('asks again after an outage', async () => {
    let broken = true;
    kube.intercept(({ verb }) => {
      if (verb === 'get' && broken) throw new KubeUnavailable('no route', { cause: null });
      return undefined;
    });
    await expect(head()).rejects.toThrow('no route');
    broken = false;
    expect(await head()).toMatchObject({ revision: 1 });
  });
});
