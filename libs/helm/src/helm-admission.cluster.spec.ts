import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { boundTo } from './testing/bound-account.js';
import { HelmClusterBench } from './testing/helm-cluster-bench.js';
import { OperatorBench } from './testing/operator-bench.js';

const benches = { 3: new HelmClusterBench(3), 4: new HelmClusterBench(4) } as const;
afterAll(() => Promise.all([benches[3].close(), benches[4].close()]));

const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const BINDINGS = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
const claim = (name: string, storage: string): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  });
const service = (name: string): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name } },
    spec: { ports: [{ port: 80 }] },
  });

describe.each([{ major: 3 }, { major: 4 }] as const)('a cluster, Helm $major,', ({ major }) => {
  let web: OperatorBench;
  const made: string[] = [];
  beforeEach(async () => {
    web = new OperatorBench(await benches[major].open());
  });
  afterEach(async () => {
    for (const path of made.splice(0)) await web.open.cluster.send({ method: 'DELETE', path });
  });

  const post = async (path: string, body: object): Promise<void> => {
    const answer = await web.open.cluster.send({ method: 'POST', path, body });
    if (answer.status !== 201) throw new Error(answer.body);
  };

  /** Denies these operations on ConfigMaps of the namespace from now on. */
  const denying = async (operations: readonly string[], expression: string): Promise<void> => {
    const { namespace: name } = web.open;
    const only = { matchLabels: { 'kubernetes.io/metadata.name': name } };
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations, resources: ['configmaps'] };
    await post(POLICIES, {
      metadata: { name },
      spec: {
        matchConstraints: { resourceRules: [rule] },
        validations: [{ expression, message: 'frozen by the cluster owner' }],
      },
    });
    const matchResources = { namespaceSelector: only };
    await post(BINDINGS, {
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'], matchResources },
    });
    made.push(`${BINDINGS}/${name}`, `${POLICIES}/${name}`);
    await eventually('the policy to be at work', () => isDenied(operations));
  };
  /** True once a dry run of a probe that no policy lets through is denied; else undefined. */
  const isDenied = async (operations: readonly string[]): Promise<true | undefined> => {
    const { kube, namespace } = web.open;
    const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace } };
    const answer = operations.includes('DELETE')
      ? await kube.delete(
          { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'web' },
          { dryRun: true },
        )
      : await kube.apply(
          { ...probe, data: { version: 'probe' } },
          { fieldManager: 'probe', force: true, dryRun: true },
        );
    return !answer.ok && answer.error.message.includes('frozen') ? true : undefined;
  };
  const FROZEN = expect.stringMatching(
    /^kube\/invalid: .*ConfigMap \S+\/web.*frozen by the cluster owner/s,
  );

  /** Sets a bound to the namespace; the answer waits until so much of it is counted as used. */
  const quota = async (hard: Readonly<Record<string, string>>) => {
    const namespace = `/api/v1/namespaces/${web.open.namespace}`;
    const path = `${namespace}/resourcequotas`;
    // What every namespace is given: of what comes while a quota is first counted, nobody keeps count.
    const given = { method: 'GET', path: `${namespace}/configmaps/kube-root-ca.crt` } as const;
    await eventually('what every namespace has', async () =>
      (await web.open.cluster.send(given)).status === 200 ? true : undefined,
    );
    await post(path, { metadata: { name: 'small' }, spec: { hard } });
    return (used: Readonly<Record<string, string>>) =>
      eventually('the quota to be counted', async () => {
        const { body } = await web.open.cluster.send({ method: 'GET', path: `${path}/small` });
        const { status } = JSON.parse(body) as { readonly status?: { readonly used?: object } };
        return isDeepStrictEqual(status?.used, used) ? true : undefined;
      });
  };

  it('whose admission denies an object refuses an installation before anything is touched', async () => {
    await denying(['CREATE'], 'false');
    const operation = web.install('p1', await web.chart());
    expect(await web.obstacles(operation)).toEqual([FROZEN]);
    expect(await web.observe()).toEqual({ kind: 'absent' });
    expect(await web.operate(operation)).toMatchObject({ result: 'broken' });
  });

  it('whose admission denies a change refuses an upgrade and a rollback', async () => {
    await web.operate(web.install('p1', await web.chart()));
    await web.operate(await web.upgrade('p2', await web.chart()));
    await denying(['CREATE', 'UPDATE'], "object.data.version == '2.0.0'");
    expect(await web.obstacles(await web.upgrade('p3', await web.chart()))).toEqual([FROZEN]);
    expect(await web.obstacles(await web.rollback('p3', 1))).toEqual([FROZEN]);
    expect(await web.history()).toEqual(['1 superseded', '2 deployed']);
    expect(await web.operate(await web.rollback('p3', 1))).toMatchObject({ result: 'broken' });
  });

  it('whose admission keeps an object refuses its removal', async () => {
    await web.operate(web.install('p1', await web.chart()));
    await denying(['DELETE'], 'false');
    const operation = await web.uninstall('p2');
    expect(await web.obstacles(operation)).toEqual([FROZEN]);
    expect(await web.history()).toEqual(['1 deployed']);
    expect(await web.operate(operation)).toMatchObject({ result: 'broken' });
  });

  it('whose quota has no room refuses an installation and an upgrade, not a rollback', async () => {
    const used = await quota({ 'count/services': '1' });
    await used({ 'count/services': '0' });
    await web.operate(web.install('p1', await web.chart({ 'templates/a.yaml': service('one') })));
    await web.operate(
      await web.upgrade('p2', await web.chart({ 'templates/a.yaml': service('one') })),
    );
    await used({ 'count/services': '1' });
    const full = expect.stringMatching(
      /^kube\/forbidden: Service \S+\/two: .*exceeded quota: small/s,
    );
    const two = { 'templates/a.yaml': service('one'), 'templates/b.yaml': service('two') };
    const more = await web.upgrade('p3', await web.chart(two));
    expect(await web.obstacles(more)).toEqual([full]);
    expect(await web.obstacles(await web.rollback('p3', 1))).toEqual([]);
    expect(await web.history()).toEqual(['1 superseded', '2 deployed']);
    expect(await web.operate(more)).toMatchObject({ result: 'broken' });
  });

  it('whose quota has no room for several objects together refuses them before anything is touched', async () => {
    const used = await quota({ services: '2', 'requests.storage': '5Gi', 'count/configmaps': '9' });
    // The one that every namespace has.
    await used({ services: '0', 'requests.storage': '0', 'count/configmaps': '1' });
    const one = { 'templates/a.yaml': service('one') };
    await web.operate(web.install('p1', await web.chart(one)));
    const three = {
      ...one,
      ...{ 'templates/b.yaml': service('two'), 'templates/c.yaml': service('three') },
      ...{ 'templates/d.yaml': claim('left', '3Gi'), 'templates/e.yaml': claim('right', '2560Mi') },
    };
    const more = await web.upgrade('p2', await web.chart(three));
    expect(await web.obstacles(more)).toEqual([
      `helm/over_quota: ResourceQuota ${web.open.namespace}/small: the new objects of this plan ask for requests.storage=5632Mi together (PersistentVolumeClaim left, PersistentVolumeClaim right), and 5Gi of 5Gi is free; raise the quota, delete what is not needed any more in ${web.open.namespace}, or have the chart bring less`,
      `helm/over_quota: ResourceQuota ${web.open.namespace}/small: the new objects of this plan ask for services=2 together (Service three, Service two), and 1 of 2 is free; raise the quota, delete what is not needed any more in ${web.open.namespace}, or have the chart bring less`,
    ]);
    expect(await web.history()).toEqual(['1 deployed']);
    expect(await web.operate(more)).toMatchObject({
      ...{ result: 'broken', message: expect.stringContaining('exceeded quota: small') },
    });
  });

  it('whose quota has no room for Helm’s own record besides the objects says so', async () => {
    const used = await quota({ secrets: '2' });
    await used({ secrets: '0' });
    await web.operate(web.install('p1', await web.chart()));
    await used({ secrets: '1' });
    const secret = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' } });
    const more = await web.upgrade('p2', await web.chart({ 'templates/a.yaml': secret }));
    expect(await web.obstacles(more)).toEqual([
      expect.stringMatching(
        /small: .* secrets=2 together \(Secret key, Secret sh\.helm\.release\.v1\.web\.v2\), and 1 of 2 is free/,
      ),
    ]);
    expect(await web.operate(more)).toMatchObject({ result: 'broken' });
  });

  it('whose quotas the spoke may not read says nothing of them', async () => {
    const used = await quota({ services: '1' });
    await used({ services: '0' });
    const everything = { apiGroups: [''], resources: ['secrets', 'configmaps', 'services'] };
    const bound = await boundTo(web.open, [{ ...everything, verbs: ['*'] }]);
    const two = { 'templates/a.yaml': service('one'), 'templates/b.yaml': service('two') };
    const operation = web.install('p1', await web.chart(two));
    expect(await web.as(bound).obstacles(operation)).toEqual([]);
    expect(await web.obstacles(operation)).toHaveLength(1);
    bound.close();
  });
});
