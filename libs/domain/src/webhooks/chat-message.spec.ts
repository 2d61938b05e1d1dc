import { describe, expect, it } from '@jest/globals';
import { chatMessage } from './chat-message.js';
import type { ToldEvent } from './cloud-event.js';

const LINK = 'https://apollo.example/api/v1/deployments/deploy-1';

function said(change: Partial<ToldEvent> = {}): unknown {
  return chatMessage({
    ...{ event: 'deployment.failed', id: 'event-1', at: '2026-01-05T09:00:00.000Z', link: LINK },
    subject: { kind: 'deployment', name: 'deploy-1', environment: 'prod', product: 'aria' },
    data: { version: '2.0.0', notes: 'failed: 2 pods crash', by: 'ann' },
    source: 'https://apollo.example',
    ...change,
  })['text'];
}

describe('a message in a chat', () => {
  it('says what happened to what and where, why, by whom, and where to read more', () => {
    expect(said()).toBe(
      [
        '❌ *aria 2.0.0* in prod: could not be deployed',
        'failed: 2 pods crash',
        'by ann',
        `<${LINK}|deployment deploy-1>`,
      ].join('\n'),
    );
  });

  it('makes no link, and calls nobody, of what somebody wrote', () => {
    const data = { notes: 'see <https://evil.example|this>\n<!channel> & more' };
    expect(said({ data })).toBe(
      [
        '❌ *aria* in prod: could not be deployed',
        'see &lt;https://evil.example|this&gt; &lt;!channel&gt; &amp; more',
        `<${LINK}|deployment deploy-1>`,
      ].join('\n'),
    );
  });

  it('tells of a spoke by its alarm, and where its address is not known by its path', () => {
    const given = {
      event: 'spoke.alarm',
      subject: { kind: 'spoke', name: 'prod-1', environment: 'prod' },
      data: { alarm: { kind: 'clone', message: 'it runs twice' } },
      link: '/api/v1/spokes/prod-1',
    } as const;
    expect(said(given)).toBe(
      '🚨 *prod-1* in prod: raised an alarm\nit runs twice\nspoke prod-1 (/api/v1/spokes/prod-1)',
    );
  });

  it.each<{ name: string; event: ToldEvent['event']; data: ToldEvent['data']; says: string }>([
    {
      name: 'a rollback that goes on',
      event: 'deployment.deploying',
      data: { kind: 'rollback', version: '1.1.0', fromVersion: '1.2.0' },
      says: '↩️ *aria* in prod: is being rolled back from 1.2.0 to 1.1.0',
    },
    {
      name: 'a rollback that is done',
      event: 'deployment.completed',
      data: { kind: 'rollback', version: '1.1.0', fromVersion: '1.2.0' },
      says: '↩️ *aria* in prod: is rolled back from 1.2.0 to 1.1.0',
    },
    {
      name: 'a rollback of which nobody knows what it leaves, and which failed',
      event: 'deployment.failed',
      data: { kind: 'rollback', version: '1.1.0', fromVersion: null },
      says: '❌ *aria* in prod: could not be rolled back to 1.1.0',
    },
    {
      name: 'a rollback that was taken back itself',
      event: 'deployment.rolled_back',
      data: { kind: 'rollback', version: '1.1.0', fromVersion: '1.2.0', rollbackVersion: '1.2.0' },
      says: '❌ *aria* in prod: could not be rolled back from 1.2.0 to 1.1.0',
    },
    {
      name: 'a hotfix that goes on',
      event: 'deployment.deploying',
      data: { kind: 'hotfix', version: '1.2.0', fromVersion: '1.1.0' },
      says: '🚑 *aria 1.2.0* in prod: is being deployed as a hotfix',
    },
    {
      name: 'a promotion that was taken back',
      event: 'deployment.rolled_back',
      data: { kind: 'promote', version: '1.2.0', rollbackVersion: '1.1.0' },
      says: '↩️ *aria 1.2.0* in prod: was rolled back to 1.1.0',
    },
    {
      name: 'a promotion whose place another one took',
      event: 'deployment.failed',
      data: { kind: 'promote', version: '1.2.0', supersededBy: 'deploy-2' },
      says: '⏭️ *aria 1.2.0* in prod: gave way: deployment deploy-2 took its place',
    },
  ])('says what became of $name', ({ event, data, says }) => {
    expect(said({ event, data })).toBe(`${says}\n<${LINK}|deployment deploy-1>`);
  });

  const ASKED = {
    event: 'plan.approval_requested',
    subject: { kind: 'plan', name: 'plan-1', environment: 'prod', product: 'aria' },
    link: '/api/v1/plans/plan-1',
  } as const;

  it('asks people for exactly what, whom, by which rule and how, and says who wants it and why', () => {
    const data = {
      ...{ rule: 'production', roles: ['sre'], people: 2, version: '1.1.0', by: 'engine' },
      ...{ kind: 'promote', requestedBy: 'ann', reason: 'tested' },
    };
    expect(said({ ...ASKED, data })).toBe(
      [
        '✋ *aria 1.1.0* in prod: waits for approval by sre, 1 more of any role (rule production)',
        'tested',
        'promote asked for by ann',
        '`apolloctl approve plan-1`',
        'plan plan-1 (/api/v1/plans/plan-1)',
      ].join('\n'),
    );
  });

  it('asks for what no deployment asked for, and names nobody then', () => {
    const data = { rule: 'production', roles: ['sre'], people: 1, version: '1.1.0', by: 'engine' };
    expect(said({ ...ASKED, event: 'plan.approval_escalated', data })).toBe(
      [
        '⏰ *aria 1.1.0* in prod: still waits for approval by sre (rule production)',
        '`apolloctl approve plan-1`',
        'plan plan-1 (/api/v1/plans/plan-1)',
      ].join('\n'),
    );
  });

  it('that only tries a webhook is in no environment', () => {
    const given = {
      event: 'webhook.tested',
      subject: { kind: 'webhook', name: 'chat', environment: 'none' },
      data: {},
      link: '/api/v1/webhooks/1',
    } as const;
    expect(said(given)).toBe(
      '👋 *chat*: reaches you; nothing has happened\nwebhook chat (/api/v1/webhooks/1)',
    );
  });
});
