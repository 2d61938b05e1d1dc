import type { KubeObject } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { checkQuotas } from './check-quotas.js';
import { quotaAsks } from './quota-asks.js';

const QUOTAS = {
  ...{ apiVersion: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas' },
  ...{ namespaced: true, verbs: ['create', 'list'] },
};
const service = (name: string, spec: object = {}): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec },
});
const claim = (spec: object): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec },
  metadata: { name: 'data', namespace: 'shop' },
});

describe('what the new objects of a plan ask for together', () => {
  let kube: InMemoryKubeApi;
  let lists: number;
  beforeEach(() => {
    kube = new InMemoryKubeApi({ namespaces: ['shop', 'other'], resources: [QUOTAS] });
    lists = 0;
    kube.intercept(({ verb }) => {
      lists += verb === 'list' ? 1 : 0;
      return undefined;
    });
  });
  const quota = (fields: object, namespace = 'shop'): Promise<unknown> =>
    kube.create({
      ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'small', namespace } },
      ...fields,
    });
  const check = async (...made: KubeObject[]): Promise<readonly string[]> =>
    (await checkQuotas(kube, made, { coming: made, namespace: 'shop' })).map(
      ({ message }) => message,
    );
  const [hard, used] = [{ services: '3' }, { services: '2' }];
  const two = [service('a'), service('b')];

  it('is too much where the quota has room for one of them', async () => {
    await quota({ status: { hard, used } });
    expect(await check(...two)).toEqual([
      'ResourceQuota shop/small: the new objects of this plan ask for services=2 together (Service a, Service b), and 1 of 3 is free; raise the quota, delete what is not needed any more in shop, or have the chart bring less',
    ]);
    expect(lists).toBe(1);
  });

  it('is told in one order, however the answers came', async () => {
    await quota({ status: { hard, used } });
    expect(await check(...[...two].reverse())).toEqual(await check(...two));
  });

  it.each([
    { name: 'there is room', fields: { status: { hard, used: { services: '1' } } } },
    { name: 'it is for only some objects', fields: { spec: { scopes: ['Terminating'] } } },
    { name: 'it is for a class of objects', fields: { spec: { scopeSelector: {} } } },
    { name: 'nothing of it is counted yet', fields: { status: { hard } } },
    { name: 'it bounds something else', fields: { status: { hard: { pods: '0' }, used } } },
    { name: 'it is of another namespace', fields: {}, namespace: 'other' },
  ])('is fine where $name', async ({ fields, namespace }) => {
    await quota({ status: { hard, used }, ...fields }, namespace);
    expect(await check(...two)).toEqual([]);
  });

  it('is fine where the plan brings the quota itself, which Helm writes first', async () => {
    await quota({ status: { hard, used } });
    const metadata = { name: 'small', namespace: 'shop' };
    const raised = { ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata }, spec: { hard: {} } };
    const written = (made: readonly KubeObject[], coming: readonly KubeObject[]) =>
      checkQuotas(kube, made, { coming, namespace: 'shop' });
    expect(await written(two, [...two, raised])).toEqual([]);
    const { namespace: _, ...bare } = metadata;
    expect(await written(two, [{ ...raised, metadata: bare }])).toEqual([]);
    const other = { ...metadata, name: 'other' };
    expect(await written(two, [{ ...raised, metadata: other }])).toHaveLength(1);
  });

  it('is not asked for where there are no new objects', async () => {
    expect(await check()).toEqual([]);
    expect(lists).toBe(0);
  });
});

describe('what a quota counts of a new object', () => {
  const counted = { 'count/services': '1', services: '1' };
  const claimed = { 'count/persistentvolumeclaims': '1', persistentvolumeclaims: '1' };
  const stored = { resources: { requests: { storage: '1Gi' } } };
  const ports = [{ port: 80 }, { port: 81, nodePort: 30_001 }];
  it.each([
    { name: 'a service', object: service('a', { ports }), expected: counted },
    {
      name: 'a service with ports of the nodes',
      object: service('a', { type: 'NodePort', ports }),
      expected: { ...counted, 'services.nodeports': '2' },
    },
    {
      name: 'a load balancer',
      object: service('a', { type: 'LoadBalancer', ports }),
      expected: { ...counted, 'services.loadbalancers': '1', 'services.nodeports': '2' },
    },
    {
      name: 'a load balancer that takes only the ports it names',
      object: service('a', { type: 'LoadBalancer', ports, allocateLoadBalancerNodePorts: false }),
      expected: { ...counted, 'services.loadbalancers': '1', 'services.nodeports': '1' },
    },
    {
      name: 'a claim',
      object: claim(stored),
      expected: { ...claimed, 'requests.storage': '1Gi' },
    },
    {
      name: 'a claim of a class',
      object: claim({ ...stored, storageClassName: 'fast' }),
      expected: {
        ...{ ...claimed, 'requests.storage': '1Gi' },
        'fast.storageclass.storage.k8s.io/requests.storage': '1Gi',
        'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
      },
    },
  ])('is told for $name', ({ object, expected }) => {
    const plural = object.kind === 'Service' ? 'services' : 'persistentvolumeclaims';
    expect(quotaAsks(object, { apiVersion: 'v1', plural })).toEqual(expected);
  });

  it('is the number alone for kinds of a group', () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' } };
    const asked = quotaAsks(job, { apiVersion: 'batch/v1', plural: 'jobs' });
    expect(asked).toEqual({ 'count/jobs.batch': '1' });
  });
});
