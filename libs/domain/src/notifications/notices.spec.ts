import { describe, expect, it } from '@jest/globals';
import { type Moment, momentsOf, noticesOf, type ToldDeployment } from './notices.js';

const ARIA: ToldDeployment = {
  service: 'aria',
  environment: 'staging',
  kind: 'deploy',
  strategy: 'rolling',
  status: 'completed',
  toVersion: '1.1.0',
  durationSeconds: 42.5,
};

describe('what a deployment comes to', () => {
  it.each<{
    name: string;
    kind?: ToldDeployment['kind'];
    from: string | undefined;
    to: string;
    expected: readonly Moment[];
  }>([
    { name: 'asked for', from: undefined, to: 'pending', expected: [] },
    {
      name: 'asked for, and let in at once',
      from: undefined,
      to: 'pre_checks',
      expected: ['started'],
    },
    {
      name: 'asked for, and there already',
      from: undefined,
      to: 'completed',
      expected: ['started', 'completed'],
    },
    { name: 'let in', from: 'pending', to: 'pre_checks', expected: ['started'] },
    { name: 'let in, past the checks', from: 'pending', to: 'deploying', expected: ['started'] },
    { name: 'going on', from: 'pre_checks', to: 'backing_up', expected: [] },
    { name: 'looked at again', from: 'deploying', to: 'deploying', expected: [] },
    { name: 'done', from: 'health_check', to: 'completed', expected: ['completed'] },
    { name: 'failed', from: 'backing_up', to: 'failed', expected: ['failed'] },
    { name: 'rejected while it waited', from: 'pending', to: 'failed', expected: ['failed'] },
    { name: 'rolled back', from: 'health_check', to: 'rolled_back', expected: ['failed'] },
    {
      name: 'a hotfix asked for',
      kind: 'hotfix',
      from: undefined,
      to: 'pending',
      expected: ['hotfix_initiated'],
    },
    {
      name: 'a hotfix done',
      kind: 'hotfix',
      from: 'health_check',
      to: 'completed',
      expected: ['completed'],
    },
    {
      name: 'a rollback asked for',
      kind: 'rollback',
      from: undefined,
      to: 'pending',
      expected: ['rolling_back'],
    },
    {
      name: 'a rollback let in',
      kind: 'rollback',
      from: 'pending',
      to: 'pre_checks',
      expected: [],
    },
    {
      name: 'a rollback done',
      kind: 'rollback',
      from: 'deploying',
      to: 'completed',
      expected: ['rolled_back'],
    },
    {
      name: 'a rollback failed',
      kind: 'rollback',
      from: 'deploying',
      to: 'failed',
      expected: ['rollback_failed'],
    },
  ])('is told: $name', ({ kind = 'deploy', from, to, expected }) => {
    expect(momentsOf(from, { kind, status: to })).toEqual(expected);
  });
});

describe('what others are told', () => {
  it.each([
    { name: 'a thousand characters', notes: 'x'.repeat(1000), expected: 'x'.repeat(1000) },
    { name: 'more', notes: `failed: ${'x'.repeat(1001)}`, expected: `${'x'.repeat(1000)}…` },
    { name: 'nothing', notes: '', expected: '' },
  ])('of why it failed, is $name', ({ notes, expected }) => {
    const [, , event] = noticesOf('failed', { ...ARIA, notes });
    expect(event?.body['data']).toMatchObject({ error: expected });
  });

  it.each<{ moment: Moment; given?: Partial<ToldDeployment>; expected: readonly string[] }>([
    {
      moment: 'started',
      expected: [
        'event_bus {"event_type":"deployment_started","source":"APOLLO","data":{"service":"aria","env":"staging"}}',
      ],
    },
    {
      moment: 'completed',
      expected: [
        'hermes {"message":"✅ Deployed aria to staging","level":"success","source":"APOLLO"}',
        'lcis {"content":"Successfully deployed aria to staging using rolling strategy","domain":"DEPLOYMENT","type":"success","source_agent":"APOLLO","tags":["deployment","devops"]}',
        'event_bus {"event_type":"deployment_completed","source":"APOLLO","data":{"service":"aria","env":"staging","duration":42.5}}',
      ],
    },
    {
      moment: 'failed',
      given: { notes: 'Failed: Backup failed - aborting deployment' },
      expected: [
        'hermes {"message":"❌ Deployment failed: aria to staging - Backup failed - aborting deployment","level":"error","source":"APOLLO"}',
        'lcis {"content":"Deployment failed: aria to staging - Backup failed - aborting deployment","domain":"DEPLOYMENT","type":"failure","source_agent":"APOLLO","tags":["deployment","devops"]}',
        'event_bus {"event_type":"deployment_failed","source":"APOLLO","data":{"service":"aria","env":"staging","error":"Backup failed - aborting deployment"}}',
      ],
    },
    {
      moment: 'hotfix_initiated',
      given: { reason: 'Critical auth bug' },
      expected: [
        'hermes {"message":"⚠️ HOTFIX initiated for aria: Critical auth bug","level":"warning","source":"APOLLO"}',
        'lcis {"content":"HOTFIX to PROD: aria - Reason: Critical auth bug","domain":"DEPLOYMENT","type":"warning","source_agent":"APOLLO","tags":["deployment","devops"]}',
      ],
    },
    {
      moment: 'rolling_back',
      expected: [
        'hermes {"message":"🔄 Rolling back aria to 1.1.0","level":"warning","source":"APOLLO"}',
      ],
    },
    {
      moment: 'rolled_back',
      expected: [
        'lcis {"content":"Rolled back aria to 1.1.0","domain":"DEPLOYMENT","type":"success","source_agent":"APOLLO","tags":["deployment","devops"]}',
      ],
    },
    {
      moment: 'rollback_failed',
      given: { notes: 'HADES is away' },
      expected: [
        'lcis {"content":"Rollback failed for aria: HADES is away","domain":"DEPLOYMENT","type":"failure","source_agent":"APOLLO","tags":["deployment","devops"]}',
      ],
    },
  ])('word for word: $moment', ({ moment, given, expected }) => {
    const told = noticesOf(moment, { ...ARIA, ...given });
    expect(told.map(({ receiver, body }) => `${receiver} ${JSON.stringify(body)}`)).toEqual(
      expected,
    );
  });
});
