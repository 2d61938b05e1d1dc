import {
  eventually,
  sharedTestCluster,
  type SharedTestCluster,
} from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterScene } from '../testing/cluster-scene.js';

const REGISTRATION = '/apis/admissionregistration.k8s.io/v1';
const CPU = '75m';

/** Sets what the chart sets as well, and adds a container that it does not know. */
const CHANGES = `[
  JSONPatch{op: "replace", path: "/spec/template/spec/containers/0/resources/requests/cpu", value: "${CPU}"},
  JSONPatch{op: "add", path: "/spec/template/spec/containers/-", value:
    Object.spec.template.spec.containers{name: "injected", image: "registry.example/injected:1"}}
]`;

describe.each([
  { helm: 'Helm 4', helm3: false },
  { helm: 'Helm 3', helm3: true },
])('what admission makes of a release of $helm', ({ helm3 }) => {
  let cluster: SharedTestCluster;
  let scene: ClusterScene;
  let namespace: string;

  beforeAll(async () => {
    cluster = await sharedTestCluster();
    namespace = await cluster.freshNamespace('admission');
    await mutated(namespace);
    scene = await ClusterScene.open({ cluster, helm3 });
  }, 900_000);
  afterAll(async () => {
    await cluster.send({
      method: 'DELETE',
      path: `${REGISTRATION}/mutatingadmissionpolicies/${namespace}`,
    });
    await cluster.send({
      method: 'DELETE',
      path: `${REGISTRATION}/mutatingadmissionpolicybindings/${namespace}`,
    });
    await scene.close();
  });

  async function made(path: string, body: object): Promise<void> {
    const answer = await cluster.send({ method: 'POST', path, body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.body}`);
  }

  /** From now on the API server changes every Deployment that is written to the namespace. */
  async function mutated(name: string): Promise<void> {
    const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'] };
    await made(`${REGISTRATION}/mutatingadmissionpolicies`, {
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingAdmissionPolicy' },
      metadata: { name },
      spec: {
        matchConstraints: { resourceRules: [{ ...rule, resources: ['deployments'] }] },
        matchConditions: [
          {
            name: 'once',
            expression: '!object.spec.template.spec.containers.exists(c, c.name == "injected")',
          },
        ],
        ...{ reinvocationPolicy: 'Never', failurePolicy: 'Fail' },
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: CHANGES } }],
      },
    });
    await made(`${REGISTRATION}/mutatingadmissionpolicybindings`, {
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingAdmissionPolicyBinding' },
      metadata: { name },
      spec: {
        policyName: name,
        matchResources: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
        },
      },
    });
    await eventually('the policy to be in force', async () => {
      const path = `/apis/apps/v1/namespaces/${name}/deployments?dryRun=All`;
      const containers = [
        { name: 'main', image: 'registry.example/a:1', resources: { requests: { cpu: '50m' } } },
      ];
      const [labels, metadata] = [{ app: 'probe' }, { name: 'probe' }];
      const template = { metadata: { labels }, spec: { containers } };
      const body = { metadata, spec: { selector: { matchLabels: labels }, template } };
      const tried = await cluster.send({ method: 'POST', path, body });
      return tried.body.includes('injected') ? true : undefined;
    });
  }

  async function requestedCpu(): Promise<unknown> {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
    const { body } = await cluster.send({ method: 'GET', path });
    const { spec } = JSON.parse(body) as {
      readonly spec: {
        readonly template: { readonly spec: { readonly containers: readonly object[] } };
      };
    };
    return spec.template.spec.containers;
  }

  it('is no drift: neither a field that it set otherwise nor a container that it added', async () => {
    const { revision, releaseDigest } = await scene.installed(namespace);
    expect(await requestedCpu()).toMatchObject([
      { resources: { requests: { cpu: CPU } } },
      { name: 'injected' },
    ]);
    const report = await scene.report(namespace, ({ health }) => health === 'Healthy');
    expect(report.drift).toEqual([]);

    const values = { config: { MODE: 'quiet' } };
    const offer = scene.offer('broken/good', '1.0.0', {
      ...{ namespace, type: 'config_update', values, base: { revision, releaseDigest } },
    });
    const { result, release } = await scene.hub.carryOut(offer);
    expect(result).toMatchObject({ verdict: 'succeeded' });
    expect(release).toMatchObject({ head: { revision: 2 }, drift: [] });
  });
});
