import { describe, expect, it } from '@jest/globals';
import { computeStatus } from '../compute-status.js';
import { condition, live } from '../testing/live-objects.js';

describe('the status of a Job', () => {
  const job = (conditions: object[], spec: object = {}, counters: object = {}) =>
    live('batch/v1', 'Job', { spec: { ...spec }, status: { conditions, ...counters } });
  it.each([
    {
      name: 'started and running',
      object: job([], { completions: 2 }, { active: 1, succeeded: 1 }),
      expected: { health: 'Progressing', reason: 'Running', message: '1 of 2 completions reached' },
    },
    {
      name: 'retrying',
      object: job([], {}, { failed: 2 }),
      expected: { message: '0 of 1 completions reached, 2 pods failed' },
    },
    {
      name: 'retrying for the first time',
      object: job([], {}, { failed: 1 }),
      expected: { message: '0 of 1 completions reached, 1 pod failed' },
    },
    {
      name: 'complete',
      object: job([condition('Complete', 'True', 'CompletionsReached')]),
      expected: { health: 'Healthy', reason: 'Complete' },
    },
    {
      name: 'its success criteria met, its pods still ending',
      object: job([condition('SuccessCriteriaMet', 'True', 'CompletionsReached')]),
      expected: { health: 'Progressing' },
    },
    {
      name: 'failed',
      object: job([condition('Failed', 'True', 'BackoffLimitExceeded', 'limit reached')]),
      expected: {
        health: 'Degraded',
        reason: 'BackoffLimitExceeded',
        message: 'limit reached',
        terminal: true,
      },
    },
    {
      name: 'bound to fail',
      object: job([condition('FailureTarget', 'True', 'DeadlineExceeded')]),
      expected: { health: 'Degraded', reason: 'DeadlineExceeded', terminal: true },
    },
    {
      name: 'with a condition that says it has not failed',
      object: job([condition('Failed', 'False', 'Fine'), condition('Complete', 'False', 'No')]),
      expected: { health: 'Progressing' },
    },
    {
      name: 'suspended',
      object: job([condition('Suspended', 'True', 'JobSuspended')]),
      expected: { health: 'Suspended' },
    },
    {
      name: 'suspended before its controller saw it',
      object: job([], { suspend: true }),
      expected: { health: 'Suspended' },
    },
    {
      name: 'resumed and running',
      object: job([condition('Suspended', 'False', 'JobResumed')], { suspend: false }),
      expected: { health: 'Progressing', reason: 'Running' },
    },
  ])('$name', ({ object, expected }) => {
    expect(computeStatus(object)).toMatchObject(expected);
  });
});

describe('the status of a CronJob', () => {
  const at = '2026-03-01T10:00:00Z';
  const cronJob = (status: object, spec: object = {}) =>
    live('batch/v1', 'CronJob', { spec: { ...spec }, status: { ...status } });
  it.each([
    { name: 'never due', object: cronJob({}), expected: { reason: 'NotDueYet' } },
    {
      name: 'without a status',
      object: live('batch/v1', 'CronJob', { spec: {} }),
      expected: { health: 'Healthy', reason: 'NotDueYet' },
    },
    {
      name: 'suspended, its last run failed',
      object: cronJob(
        { lastScheduleTime: at, lastSuccessfulTime: '2026-03-01T09:00:00Z' },
        { suspend: true },
      ),
      expected: { health: 'Healthy', reason: 'Suspended' },
    },
    {
      name: 'running',
      object: cronJob({ active: [{ kind: 'Job', name: 'x' }], lastScheduleTime: at }),
      expected: { health: 'Healthy', reason: 'Running' },
    },
    {
      name: 'never succeeded',
      object: cronJob({ lastScheduleTime: at }),
      expected: { health: 'Healthy', reason: 'NoSuccessYet' },
    },
    {
      name: 'last success a second before the last run',
      object: cronJob({ lastScheduleTime: at, lastSuccessfulTime: '2026-03-01T09:59:59Z' }),
      expected: {
        health: 'Degraded',
        reason: 'LastRunFailed',
        message: 'its run of 2026-03-01T10:00:00.000Z did not succeed; see the logs of its Job',
      },
    },
    {
      name: 'last success in the second of the last run',
      object: cronJob({ lastScheduleTime: at, lastSuccessfulTime: at }),
      expected: { health: 'Healthy', reason: 'LastRunSucceeded' },
    },
    {
      name: 'read by a client that parses times',
      object: cronJob({ lastScheduleTime: new Date(at), lastSuccessfulTime: new Date(0) }),
      expected: { health: 'Degraded' },
    },
  ])('$name', ({ object, expected }) => {
    expect(computeStatus(object)).toMatchObject(expected);
  });
});

describe('a failure from before the change', () => {
  const failedAt = '2026-03-01T10:00:05Z';
  const job = live('batch/v1', 'Job', {
    status: { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded', 'limit reached')] },
  });
  const cronJob = live('batch/v1', 'CronJob', {
    status: { lastScheduleTime: failedAt, lastSuccessfulTime: '2026-03-01T09:00:00Z' },
  });
  it.each([
    { kind: 'Job', object: job, reason: 'BackoffLimitExceeded', terminal: true },
    { kind: 'CronJob', object: cronJob, reason: 'LastRunFailed', terminal: undefined },
  ])('of a $kind is told and not held against the change', ({ object, reason, terminal }) => {
    const after = computeStatus(object, { since: new Date('2026-03-01T10:00:06Z') });
    expect(after).toMatchObject({ health: 'Degraded', reason, older: true });
    expect(after.message).toMatch(/\(before this change\)$/);
    expect(after.terminal).toBeUndefined();
    const within = computeStatus(object, { since: new Date('2026-03-01T10:00:05.900Z') });
    expect(within).toMatchObject({ health: 'Degraded', reason });
    expect([within.older, within.terminal]).toEqual([undefined, terminal]);
  });
});
