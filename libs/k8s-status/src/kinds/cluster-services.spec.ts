import { describe, expect, it } from '@jest/globals';
import { computeStatus } from '../compute-status.js';
import { condition, live } from '../testing/live-objects.js';

describe('the status of a PersistentVolumeClaim', () => {
  it.each([
    { phase: 'Bound', expected: { health: 'Healthy', reason: 'Bound' } },
    {
      phase: 'Pending',
      expected: {
        health: 'Progressing',
        message:
          'waits for a volume of storage class fast; if it binds on first use and nothing uses ' +
          'the claim, give the spoke a health rule for PersistentVolumeClaim with "healthy": []',
      },
    },
    { phase: undefined, expected: { health: 'Progressing', reason: 'Pending' } },
    { phase: 'Lost', expected: { health: 'Degraded', reason: 'Lost', terminal: true } },
    { phase: 'Odd', expected: { health: 'Unknown', reason: 'UnknownPhase' } },
  ])('in phase $phase is $expected.health', ({ phase, expected }) => {
    const spec = { storageClassName: 'fast' };
    const object = live('v1', 'PersistentVolumeClaim', { spec, status: { phase } });
    expect(computeStatus(object)).toMatchObject(expected);
  });
});

describe('the status of a Service', () => {
  it.each([
    { name: 'ClusterIP', type: 'ClusterIP', ingress: undefined, health: 'Healthy' },
    { name: 'ExternalName', type: 'ExternalName', ingress: undefined, health: 'Healthy' },
    { name: 'no type', type: undefined, ingress: undefined, health: 'Healthy' },
    {
      name: 'LoadBalancer without address',
      type: 'LoadBalancer',
      ingress: [],
      health: 'Progressing',
    },
    {
      name: 'LoadBalancer with address',
      type: 'LoadBalancer',
      ingress: [{ ip: '192.0.2.1' }],
      health: 'Healthy',
    },
  ])('$name: $health', ({ type, ingress, health }) => {
    const object = live('v1', 'Service', { spec: { type }, status: { loadBalancer: { ingress } } });
    expect(computeStatus(object).health).toBe(health);
  });

  it('does not apply to a kind of that name in another group', () => {
    const object = live('serving.knative.dev/v1', 'Service', {
      status: { observedGeneration: 1, conditions: [condition('Ready', 'False', 'Deploying')] },
    });
    expect(computeStatus(object)).toMatchObject({ health: 'Progressing', reason: 'Deploying' });
  });
});

describe('an address that nobody may ever publish', () => {
  it.each([
    {
      kind: 'Ingress',
      apiVersion: 'networking.k8s.io/v1',
      message:
        'waits for an ingress controller to publish an address; if none here ever does, ' +
        'give the spoke a health rule for Ingress with "healthy": []',
    },
    {
      kind: 'Service',
      apiVersion: 'v1',
      message:
        'waits for the address of its load balancer; if none here ever gives one, ' +
        'give the spoke a health rule for Service with "healthy": []',
    },
  ])('is waited for with the cure for a $kind', ({ apiVersion, kind, message }) => {
    const object = live(apiVersion, kind, { spec: { type: 'LoadBalancer' } });
    const expected = { health: 'Progressing', reason: 'AddressPending', message };
    expect(computeStatus(object)).toEqual(expected);
  });
});

describe('the status of an Ingress', () => {
  it.each([
    { name: 'no address', loadBalancer: {}, health: 'Progressing' },
    {
      name: 'an address',
      loadBalancer: { ingress: [{ hostname: 'lb.example' }] },
      health: 'Healthy',
    },
  ])('$name: $health', ({ loadBalancer, health }) => {
    const object = live('networking.k8s.io/v1', 'Ingress', { status: { loadBalancer } });
    expect(computeStatus(object).health).toBe(health);
  });
});

describe('the status of a HorizontalPodAutoscaler', () => {
  const able = condition('AbleToScale', 'True', 'SucceededGetScale');
  const active = condition('ScalingActive', 'True', 'ValidMetricFound');
  const noMetrics = condition('ScalingActive', 'False', 'FailedGetResourceMetric', 'no metrics');
  it.each([
    { name: 'able and active', conditions: [able, active], expected: { health: 'Healthy' } },
    {
      name: 'without metrics',
      conditions: [able, noMetrics],
      expected: {
        ...{ health: 'Degraded', reason: 'FailedGetResourceMetric' },
        message:
          'no metrics; if nothing here ever serves metrics, ' +
          'give the spoke a health rule for HorizontalPodAutoscaler with "healthy": []',
      },
    },
    {
      name: 'without its target',
      conditions: [condition('AbleToScale', 'False', 'FailedGetScale', 'no target')],
      expected: { health: 'Degraded', reason: 'FailedGetScale', message: 'no target' },
    },
    {
      name: 'switched off because its target has no replicas',
      conditions: [able, condition('ScalingActive', 'False', 'ScalingDisabled')],
      expected: { health: 'Healthy' },
    },
    {
      name: 'at its limit',
      conditions: [condition('ScalingLimited', 'True', 'TooManyReplicas')],
      expected: { health: 'Healthy', reason: 'TooManyReplicas' },
    },
    ...['AmbiguousSelector', 'InvalidMetricSourceType', 'InvalidSelector'].map((reason) => ({
      name: `unable to scale for ${reason}`,
      conditions: [able, condition('ScalingActive', 'False', reason)],
      expected: { health: 'Degraded', reason },
    })),
    {
      name: 'unable to scale for a reason that is not known yet',
      conditions: [condition('AbleToScale', 'False', 'SomethingNew', 'says why')],
      expected: { health: 'Degraded', reason: 'SomethingNew', message: 'says why' },
    },
    ...['BackoffBoth', 'BackoffDownscale', 'BackoffUpscale'].map((reason) => ({
      name: `between two scalings (${reason})`,
      conditions: [condition('AbleToScale', 'False', reason, 'scaled a moment ago')],
      expected: { health: 'Healthy', reason, message: 'scaled a moment ago' },
    })),
    {
      name: 'evaluated, and with nothing to tell of scaling',
      conditions: [condition('ScalingLimited', 'False', 'DesiredWithinRange')],
      expected: { health: 'Progressing', reason: 'DesiredWithinRange' },
    },
    {
      name: 'not evaluated yet',
      conditions: [],
      expected: { health: 'Progressing', reason: 'AwaitingController' },
    },
  ])('$name', ({ conditions, expected }) => {
    const inStatus = live('autoscaling/v2', 'HorizontalPodAutoscaler', { status: { conditions } });
    expect(computeStatus(inStatus)).toMatchObject(expected);
    const key = 'autoscaling.alpha.kubernetes.io/conditions';
    const annotations = { [key]: JSON.stringify(conditions) };
    const inAnnotation = live('autoscaling/v1', 'HorizontalPodAutoscaler', {
      meta: { annotations },
    });
    expect(computeStatus(inAnnotation)).toMatchObject(expected);
  });

  it('ignores an annotation that is no JSON', () => {
    const annotations = { 'autoscaling.alpha.kubernetes.io/conditions': '[{' };
    const object = live('autoscaling/v1', 'HorizontalPodAutoscaler', { meta: { annotations } });
    expect(computeStatus(object).health).toBe('Progressing');
  });
});

describe('the status of a PodDisruptionBudget', () => {
  const type = 'DisruptionAllowed';
  it.each([
    { conditions: [condition(type, 'True', 'SufficientPods')], expected: 'Healthy' },
    { conditions: [condition(type, 'False', 'InsufficientPods')], expected: 'Healthy' },
    { conditions: [condition(type, 'False', 'SyncFailed')], expected: 'Degraded' },
    { conditions: [], expected: 'Progressing' },
  ])('with $conditions.0.reason is $expected', ({ conditions, expected }) => {
    const object = live('policy/v1', 'PodDisruptionBudget', { status: { conditions } });
    expect(computeStatus(object).health).toBe(expected);
  });
});

describe('a PodDisruptionBudget that was changed', () => {
  const sufficient = condition('DisruptionAllowed', 'True', 'SufficientPods');
  it.each([
    { name: 'has not been looked at', status: { observedGeneration: 1 }, expected: 'Progressing' },
    { name: 'has been', status: { observedGeneration: 2 }, expected: 'Healthy' },
    { name: 'is served without a generation', status: {}, expected: 'Healthy' },
  ])('$name: $expected', ({ status, expected }) => {
    const object = live('policy/v1', 'PodDisruptionBudget', {
      meta: { generation: 2 },
      status: { ...status, conditions: [sufficient] },
    });
    expect(computeStatus(object).health).toBe(expected);
  });

  it('is not judged by what was said of it before', () => {
    const fault = { ...condition('DisruptionAllowed', 'False', 'SyncFailed') };
    const object = live('policy/v1', 'PodDisruptionBudget', {
      meta: { generation: 2 },
      status: { conditions: [{ ...fault, observedGeneration: 1 }] },
    });
    expect(computeStatus(object).health).toBe('Progressing');
  });
});

describe('the status of an APIService', () => {
  const apiService = (conditions: object[]) =>
    live('apiregistration.k8s.io/v1', 'APIService', { status: { conditions } });
  it.each([
    {
      name: 'served',
      object: apiService([condition('Available', 'True', 'Passed', 'all checks passed')]),
      expected: { health: 'Healthy', reason: 'Passed' },
    },
    {
      name: 'not served',
      object: apiService([condition('Available', 'False', 'MissingEndpoints', 'no endpoints')]),
      expected: { health: 'Progressing', reason: 'MissingEndpoints', message: 'no endpoints' },
    },
    {
      name: 'new',
      object: apiService([]),
      expected: { health: 'Progressing', reason: 'AwaitingController' },
    },
  ])('$name: $expected.health', ({ object, expected }) => {
    expect(computeStatus(object)).toMatchObject(expected);
  });
});

describe('the status of a CustomResourceDefinition', () => {
  const accepted = condition('NamesAccepted', 'True', 'NoConflicts');
  it.each([
    {
      name: 'served',
      conditions: [accepted, condition('Established', 'True', 'InitialNamesAccepted')],
      expected: { health: 'Healthy', reason: 'Established' },
    },
    {
      name: 'a name that another one has',
      conditions: [condition('NamesAccepted', 'False', 'PluralConflict')],
      expected: { health: 'Degraded', reason: 'PluralConflict', terminal: true },
    },
    {
      name: 'being installed',
      conditions: [accepted, condition('Established', 'False', 'Installing')],
      expected: { health: 'Progressing', reason: 'Installing' },
    },
    {
      name: 'not served, for another reason',
      conditions: [accepted, condition('Established', 'False', 'NotAccepted')],
      expected: { health: 'Degraded', reason: 'NotAccepted' },
    },
    { name: 'new', conditions: [], expected: { health: 'Progressing', reason: 'Installing' } },
  ])('$name', ({ conditions, expected }) => {
    const apiVersion = 'apiextensions.k8s.io/v1';
    const object = live(apiVersion, 'CustomResourceDefinition', { status: { conditions } });
    expect(computeStatus(object)).toMatchObject(expected);
  });
});
