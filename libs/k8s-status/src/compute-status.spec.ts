import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { computeStatus } from './compute-status.js';
import { KIND_RULES } from './kinds/index.js';
import { HEALTHS, worstHealth } from './object-status.js';
import { condition, live } from './testing/live-objects.js';

describe('the status of any object', () => {
  it.each([
    { name: 'null', object: null, expected: { health: 'Missing', reason: 'NotFound' } },
    { name: 'undefined', object: undefined, expected: { health: 'Missing', reason: 'NotFound' } },
    { name: 'a text', object: 'x', expected: { health: 'Unknown', reason: 'NotAnObject' } },
    { name: 'a list', object: [], expected: { health: 'Unknown', reason: 'NotAnObject' } },
    {
      name: 'without a kind',
      object: { apiVersion: 'v1' },
      expected: { health: 'Unknown', reason: 'NotAnObject' },
    },
    { name: 'a ConfigMap', object: live('v1', 'ConfigMap'), expected: { health: 'Healthy' } },
    { name: 'a Secret', object: live('v1', 'Secret'), expected: { health: 'Healthy' } },
    {
      name: 'a Role',
      object: live('rbac.authorization.k8s.io/v1', 'Role'),
      expected: { health: 'Healthy' },
    },
    {
      name: 'a kind called constructor',
      object: live('v1', 'constructor'),
      expected: { health: 'Healthy', reason: 'Exists' },
    },
    {
      name: 'a namespace being deleted',
      object: live('v1', 'Namespace', { meta: { deletionTimestamp: '2026-03-01T10:00:00Z' } }),
      expected: { health: 'Progressing', reason: 'Terminating' },
    },
  ])('$name', ({ object, expected }) => {
    expect(computeStatus(object)).toMatchObject(expected);
  });
});

describe('the status of a custom resource', () => {
  const widget = (status: object, generation = 1) =>
    live('example.com/v1', 'Widget', { meta: { generation }, status: { ...status } });
  const ready = condition('Ready', 'True', 'Done');
  it.each([
    { name: 'without a status', object: live('example.com/v1', 'Widget'), health: 'Healthy' },
    { name: 'ready', object: widget({ conditions: [ready] }), health: 'Healthy' },
    {
      name: 'not ready',
      object: widget({ conditions: [condition('Ready', 'False', 'Waiting')] }),
      health: 'Progressing',
    },
    {
      name: 'ready unknown',
      object: widget({ conditions: [condition('Ready', 'Unknown', 'Waiting')] }),
      health: 'Progressing',
    },
    {
      name: 'ready, but of an older generation',
      object: widget({ observedGeneration: 1, conditions: [ready] }, 2),
      health: 'Progressing',
    },
    {
      name: 'ready, but its condition says it is of an older generation',
      object: widget({ conditions: [{ ...ready, observedGeneration: 1 }] }, 2),
      health: 'Progressing',
    },
    {
      name: 'stalled, but at an older generation',
      object: widget(
        { conditions: [{ ...condition('Stalled', 'True', 'S'), observedGeneration: 1 }] },
        2,
      ),
      health: 'Healthy',
    },
    {
      name: 'ready, its controller never writes the generation',
      object: widget({ conditions: [ready] }, 2),
      health: 'Healthy',
    },
    {
      name: 'reconciling, though also stalled',
      object: widget({
        conditions: [condition('Stalled', 'True', 'S'), condition('Reconciling', 'True', 'R')],
      }),
      health: 'Progressing',
    },
    {
      name: 'stalled, though ready',
      object: widget({ conditions: [ready, condition('Stalled', 'True', 'S')] }),
      health: 'Degraded',
    },
    {
      name: 'no longer stalled',
      object: widget({ conditions: [ready, condition('Stalled', 'False', 'S')] }),
      health: 'Healthy',
    },
  ])('$name: $health', ({ object, health }) => {
    expect(computeStatus(object).health).toBe(health);
  });

  it.each([
    { name: 'dated before the change', at: '2026-03-01T09:59:59Z', status: {}, terminal: false },
    { name: 'dated in its second', at: '2026-03-01T10:00:00Z', status: {}, terminal: true },
    {
      name: 'dated before, of the newest generation all the same',
      at: '2026-03-01T09:59:59Z',
      status: { observedGeneration: 1 },
      terminal: true,
    },
  ])('that is stalled fails a rollout at once only on new evidence: $name', (row) => {
    const stalled = condition('Stalled', 'True', 'S', 'stuck', row.at);
    const since = new Date('2026-03-01T10:00:00.700Z');
    const status = computeStatus(widget({ ...row.status, conditions: [stalled] }), { since });
    expect([status.health, status.terminal === true]).toEqual(['Degraded', row.terminal]);
  });

  it('follows a rule given for its kind, in every version, except while it is being deleted', () => {
    const rules = {
      'Widget.example.com': () => ({ health: 'Suspended', reason: 'Own', message: '' }) as const,
    };
    expect(computeStatus(widget({}), { rules }).health).toBe('Suspended');
    expect(computeStatus(live('example.com/v2', 'Widget'), { rules }).health).toBe('Suspended');
    const deleted = live('example.com/v1', 'Widget', { meta: { deletionTimestamp: 'now' } });
    expect(computeStatus(deleted, { rules }).health).toBe('Progressing');
  });
});

describe('the worst health', () => {
  it('is Healthy of none', () => {
    expect(worstHealth([])).toBe('Healthy');
  });

  it.each(HEALTHS.map((health, rank) => ({ health, better: HEALTHS.slice(0, rank) })))(
    'is $health beside all that is better, in any order',
    ({ health, better }) => {
      expect(worstHealth([...better, health])).toBe(health);
      expect(worstHealth([health, ...better])).toBe(health);
    },
  );
});

describe('odd shapes', () => {
  const kinds = [...Object.keys(KIND_RULES), 'ConfigMap', 'Widget.example.com'].map((key) => {
    const [kind = '', ...group] = key.split('.');
    return { kind, apiVersion: group.length === 0 ? 'v1' : `${group.join('.')}/v1` };
  });
  const keys = [
    ...['replicas', 'observedGeneration', 'conditions', 'phase', 'containerStatuses', 'active'],
    ...['type', 'status', 'reason', 'state', 'lastState', 'waiting', 'terminated', 'exitCode'],
    ...['restartPolicy', 'updateStrategy', 'loadBalancer', 'ingress', 'lastScheduleTime'],
    ...['generation', 'annotations', 'labels', 'ownerReferences', 'startTime', '__proto__'],
  ];
  const words = ['True', 'False', 'Failed', 'CrashLoopBackOff', 'Ready', '2026-03-01T10:00:00Z'];
  const oddJson = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, -1, 0, 1, 1.5, 8.64e15, '', ...words),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 5 }),
    ),
  })).value;

  it('never throw, whatever JSON stands where', () => {
    const parts = fc.record({ metadata: oddJson, spec: oddJson, status: oddJson });
    fc.assert(
      fc.property(fc.constantFrom(...kinds), parts, fc.date(), (kind, odd, now) => {
        const { health, reason } = computeStatus({ ...kind, ...odd }, { now, since: now });
        expect(HEALTHS).toContain(health);
        expect(reason).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });

  it('never throw, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(HEALTHS).toContain(computeStatus(anything).health);
      }),
    );
  });
});
