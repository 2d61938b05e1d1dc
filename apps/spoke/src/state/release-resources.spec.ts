import type { PodReport } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { releaseResources } from './release-resources.js';

const pod = (more: Partial<PodReport>): PodReport => ({
  ...{ name: 'web-1', phase: 'Running', ready: true, restarts: 0 },
  ...{ requests: { cpu: '100m' }, limits: { memory: '64Mi' } },
  ...more,
});

describe('the resources of a release', () => {
  it.each([
    {
      name: 'nothing, of no pods',
      pods: [],
      expected: { requests: {}, limits: {}, pods: 0, measuredPods: 0 },
    },
    {
      name: 'no usage where none is measured',
      pods: [pod({}), pod({})],
      expected: {
        ...{ requests: { cpu: '200m' }, limits: { memory: '128Mi' } },
        ...{ pods: 2, measuredPods: 0 },
      },
    },
    {
      name: 'the usage of those pods that are measured',
      pods: [pod({ usage: { cpu: '30m' } }), pod({}), pod({ usage: { cpu: '12m' } })],
      expected: {
        ...{ requests: { cpu: '300m' }, limits: { memory: '192Mi' }, usage: { cpu: '42m' } },
        ...{ pods: 3, measuredPods: 2 },
      },
    },
    {
      name: 'nothing of pods that have ended',
      pods: [pod({ phase: 'Succeeded' }), pod({ phase: 'Failed' }), pod({ phase: 'Pending' })],
      expected: {
        ...{ requests: { cpu: '100m' }, limits: { memory: '64Mi' }, pods: 1, measuredPods: 0 },
      },
    },
  ])('are $name', ({ pods, expected }) => {
    expect(releaseResources(pods)).toEqual(expected);
  });
});
