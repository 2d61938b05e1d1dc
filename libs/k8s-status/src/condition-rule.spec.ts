import { describe, expect, it } from '@jest/globals';
import { computeStatus } from './compute-status.js';
import { conditionRules, ruleKey, type ConditionRule } from './condition-rule.js';
import { condition, live } from './testing/live-objects.js';

const RULE: ConditionRule = {
  group: 'certs.example.com',
  kind: 'Certificate',
  suspended: [{ type: 'Paused' }],
  progressing: [{ type: 'Issuing' }],
  failed: [{ type: 'Ready', status: 'False', reasons: ['Denied', 'InvalidRequest'] }],
  healthy: [{ type: 'Ready' }, { type: 'Published', reasons: ['Everywhere'] }],
};
const ready = condition('Ready', 'True', 'Issued', 'is valid until May');
const published = condition('Published', 'True', 'Everywhere');
const denied = condition('Ready', 'False', 'Denied', 'the issuer said no');

const certificate = (conditions: readonly object[], status: object = {}) =>
  live('certs.example.com/v1', 'Certificate', {
    meta: { generation: 2 },
    status: { ...status, conditions },
  });

describe('a rule about conditions', () => {
  it.each([
    {
      name: 'all that makes it healthy',
      object: certificate([published, ready]),
      expected: { health: 'Healthy', reason: 'Issued', message: 'is valid until May' },
    },
    {
      name: 'one of two missing',
      object: certificate([ready]),
      expected: {
        health: 'Progressing',
        reason: 'ConditionMissing',
        message: 'waits for condition Published True (Everywhere); this Certificate has only Ready',
      },
    },
    {
      name: 'one of two for another reason',
      object: certificate([ready, condition('Published', 'True', 'Nearly', 'in one zone')]),
      expected: {
        health: 'Progressing',
        reason: 'Nearly',
        message: 'waits for condition Published True (Everywhere); it is True: in one zone',
      },
    },
    {
      name: 'no conditions at all',
      object: certificate([]),
      expected: {
        health: 'Progressing',
        reason: 'ConditionMissing',
        message: 'waits for condition Ready True; this Certificate has no conditions',
      },
    },
    {
      name: 'a failure by one of its reasons',
      object: certificate([denied]),
      expected: {
        health: 'Degraded',
        reason: 'Denied',
        message: 'the issuer said no',
        terminal: true,
      },
    },
    {
      name: 'not ready for another reason, which may mend',
      object: certificate([condition('Ready', 'False', 'Pending', 'in the queue')]),
      expected: {
        health: 'Progressing',
        reason: 'Pending',
        message: 'waits for condition Ready True; it is False: in the queue',
      },
    },
    {
      name: 'a failure that is being worked on',
      object: certificate([denied, condition('Issuing', 'True', 'Retrying')]),
      expected: { health: 'Progressing', reason: 'Retrying', message: 'Issuing is True' },
    },
    {
      name: 'paused in whatever state',
      object: certificate([denied, condition('Paused', 'True', 'ByHand')]),
      expected: { health: 'Suspended', reason: 'ByHand', message: 'Paused is True' },
    },
    {
      name: 'an older specification, by its status',
      object: certificate([ready, published], { observedGeneration: 1 }),
      expected: {
        health: 'Progressing',
        reason: 'AwaitingController',
        message: 'generation 2 has not been observed by its controller yet (observed: 1)',
      },
    },
    {
      name: 'an older specification, by the condition itself',
      object: certificate([{ ...ready, observedGeneration: 1 }, published]),
      expected: {
        health: 'Progressing',
        reason: 'ConditionMissing',
        message: 'waits for condition Ready True; this Certificate has only Published',
      },
    },
  ])('judges $name', ({ object, expected }) => {
    expect(computeStatus(object, { rules: conditionRules([RULE]) })).toEqual(expected);
  });

  it('does not fail a rollout at once by what was wrong before it', () => {
    const context = {
      rules: conditionRules([RULE]),
      since: new Date('2026-03-01T10:00:06Z'),
    };
    expect(computeStatus(certificate([denied]), context)).toEqual({
      health: 'Degraded',
      reason: 'Denied',
      message: 'the issuer said no',
    });
  });

  it.each([
    { group: '', kind: 'Node', expected: 'Node' },
    { group: 'apps', kind: 'Deployment', expected: 'Deployment.apps' },
  ])('is kept under $expected', ({ expected, ...kind }) => {
    expect(ruleKey(kind)).toBe(expected);
  });
});

describe('a rule by which existing is enough', () => {
  const rules = conditionRules([
    { group: 'networking.k8s.io', kind: 'Ingress', healthy: [] },
    { group: '', kind: 'Service', failed: [{ type: 'Broken' }], healthy: [] },
  ]);
  it.each([
    {
      name: 'an Ingress without an address',
      object: live('networking.k8s.io/v1', 'Ingress', { status: { loadBalancer: {} } }),
      expected: { health: 'Healthy', reason: 'Exists', message: 'exists' },
    },
    {
      name: 'a Service that has failed by the same rule',
      object: live('v1', 'Service', {
        spec: { type: 'LoadBalancer' },
        status: { conditions: [condition('Broken', 'True', 'NoQuota', 'no quota')] },
      }),
      expected: { health: 'Degraded', reason: 'NoQuota', message: 'no quota', terminal: true },
    },
    {
      name: 'an Ingress that is being deleted',
      object: live('networking.k8s.io/v1', 'Ingress', {
        meta: { deletionTimestamp: '2026-03-01T10:00:00Z' },
      }),
      expected: { health: 'Progressing', reason: 'Terminating', message: 'is being deleted' },
    },
  ])('judges $name as $expected.health', ({ object, expected }) => {
    expect(computeStatus(object, { rules })).toEqual(expected);
  });
});
