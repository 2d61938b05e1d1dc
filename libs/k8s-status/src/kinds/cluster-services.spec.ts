import { describe, expect, it } from '@jest/globals';
import { computeStatus } from '../compute-status.js';
import { condition, live } from '../testing/live-objects.js';

describe('the status of a PersistentVolumeClaim', () => {
  it.each([
    { phase: 'Bound', expected: { health: 'Healthy', reason: 'Bound' } },
    {
      phase: 'Pending',
      expected: { health: 'Progressing', message: 'waits for a volume of storage class fast' },
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
      expected: { health: 'Degraded', reason: 'FailedGetResourceMetric', message: 'no metrics' },
    },
    {
      name: 'without its target',
      conditions: [condition('AbleToScale', 'False', 'FailedGetScale')],
      expected: { health: 'Degraded', reason: 'FailedGetScale' },
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
    { name: 'not evaluated yet', conditions: [], expected: { health: 'Progressing' } },
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
