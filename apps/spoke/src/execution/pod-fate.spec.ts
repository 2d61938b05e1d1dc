import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@apollo-deploy/kube';
import { podFate } from './pod-fate.js';

const NAMESPACE = 'apollo';
const HOLDER = { namespace: NAMESPACE, name: 'spoke-0', node: 'node-a' };

const pod = (phase: string, ...states: object[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: NAMESPACE, name: 'spoke-0' },
  spec: { nodeName: 'node-a' },
  status: { phase, containerStatuses: states.map((state) => ({ state })) },
});
const node = (ready: string, more: object = {}, bootID = 'boot-1'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-a' },
  spec: more,
  status: { nodeInfo: { bootID }, conditions: [{ type: 'Ready', status: ready }] },
});
const FENCED = { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] };
const ENDED = { terminated: { exitCode: 137 } };

async function fateOf(given: {
  readonly pod?: KubeObject;
  readonly node?: KubeObject;
  readonly uid?: string;
  readonly forbidden?: string;
}) {
  const kube = new InMemoryKubeApi({ namespaces: [NAMESPACE] });
  const stored = given.pod === undefined ? undefined : await kube.create(given.pod);
  if (given.node !== undefined) await kube.create(given.node);
  if (given.forbidden !== undefined) {
    kube.intercept(({ ref }) =>
      ref.kind === given.forbidden
        ? { code: 'kube/forbidden', status: 403, reason: 'Forbidden', message: 'no', causes: [] }
        : undefined,
    );
  }
  const uid = given.uid ?? (stored?.ok === true ? (stored.value.metadata.uid ?? '') : 'gone');
  return podFate(kube, { ...HOLDER, uid }, 'boot-1');
}

describe('the pod that a claim was held in', () => {
  it.each([
    { name: 'it runs', given: { pod: pod('Running', { running: {} }), node: node('True') } },
    {
      name: 'it runs beside a container that has ended',
      given: { pod: pod('Running', ENDED, { running: {} }), node: node('True') },
    },
    {
      name: 'somebody gave it up, and its kubelet has not said that it ended',
      given: { pod: pod('Failed', { running: {} }), node: node('Unknown') },
    },
    { name: 'it was forced away from a silent node', given: { node: node('Unknown') } },
    { name: 'its node may not be looked at', given: { forbidden: 'Node' } },
    { name: 'it may not be looked at', given: { forbidden: 'Pod', node: node('True') } },
  ])('may live when $name', async ({ given }) => {
    expect((await fateOf(given)).state).toBe('unprovable');
  });

  it.each([
    { name: 'all its containers have ended', given: { pod: pod('Failed', ENDED, ENDED) } },
    { name: 'it is gone from a node that answers', given: { node: node('True') } },
    { name: 'it is gone, and so is its node', given: {} },
    {
      name: 'it is gone, and its node was started anew',
      given: { node: node('Unknown', {}, 'boot-2') },
    },
    {
      name: 'it is gone, and a person has fenced its node',
      given: { node: node('Unknown', FENCED) },
    },
    {
      name: 'another pod has its name, on a node that answers',
      given: { uid: 'older', pod: pod('Running', { running: {} }), node: node('True') },
    },
  ])('is dead when $name', async ({ given }) => {
    expect(await fateOf(given)).toEqual({ state: 'dead' });
  });

  it.each([
    { given: { node: node('Unknown') }, says: /node node-a .*taint it \S+out-of-service/ },
    { given: { forbidden: 'Node' }, says: /give the spoke's account the right to get nodes/ },
    {
      given: { forbidden: 'Pod' },
      says: /give the spoke's account the right to get pods in apollo/,
    },
  ])('tells what to do: $says', async ({ given, says }) => {
    expect(await fateOf(given)).toMatchObject({ why: expect.stringMatching(says) });
  });
});
