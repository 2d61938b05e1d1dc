import { describe, expect, it } from '@jest/globals';
import { cloudEvent, toldFacts, type ToldEvent } from './cloud-event.js';
import { WEBHOOK_EVENTS } from './webhook.js';

const AT = '2026-01-05T09:00:00.000Z';
const LINK = 'https://apollo.example/api/v1/deployments/deploy-1';

function told(change: Partial<ToldEvent> = {}): ToldEvent {
  return {
    ...{ event: 'deployment.completed', id: 'event-1', at: AT, link: LINK },
    subject: { kind: 'deployment', name: 'deploy-1', environment: 'prod', product: 'aria' },
    data: { kind: 'promote', strategy: 'rolling', version: '2.0.0', fromVersion: '1.0.0' },
    source: 'https://apollo.example',
    ...change,
  };
}

describe('an event for a webhook', () => {
  it('is a CDEvent in the envelope of CloudEvents, word for word', () => {
    const type = 'dev.cdevents.service.upgraded.0.2.0';
    expect(cloudEvent(told())).toEqual({
      ...{ specversion: '1.0', id: 'event-1', source: 'https://apollo.example', type },
      ...{ subject: 'prod/aria', time: AT, datacontenttype: 'application/json' },
      data: {
        context: {
          ...{ version: '0.4.1', id: 'event-1', source: 'https://apollo.example', type },
          timestamp: AT,
        },
        subject: {
          ...{ id: 'prod/aria', type: 'service', source: 'https://apollo.example' },
          content: { environment: { id: 'prod' }, artifactId: 'pkg:helm/aria@2.0.0' },
        },
        customData: {
          ...{ event: 'deployment.completed', link: LINK, environment: 'prod', product: 'aria' },
          subject: { kind: 'deployment', name: 'deploy-1' },
          facts: { kind: 'promote', strategy: 'rolling', version: '2.0.0', fromVersion: '1.0.0' },
        },
        customDataContentType: 'application/json',
      },
    });
  });

  it.each<{ name: string; given: Partial<ToldEvent>; type: string; artifact?: string }>([
    {
      name: 'what nobody had before',
      given: { data: { kind: 'deploy', version: '1.0.0', fromVersion: null } },
      type: 'dev.cdevents.service.deployed.0.2.0',
      artifact: 'pkg:helm/aria@1.0.0',
    },
    {
      name: 'what ran already',
      given: { data: { kind: 'deploy', version: '1.0.0', fromVersion: '1.0.0' } },
      type: 'dev.cdevents.service.deployed.0.2.0',
      artifact: 'pkg:helm/aria@1.0.0',
    },
    {
      name: 'a rollback that is done',
      given: { data: { kind: 'rollback', version: '1.0.0', fromVersion: '2.0.0' } },
      type: 'dev.cdevents.service.rolledback.0.2.0',
      artifact: 'pkg:helm/aria@1.0.0',
    },
    {
      name: 'a deployment that was taken back',
      given: {
        event: 'deployment.rolled_back',
        data: { kind: 'promote', version: '1.2.0', fromVersion: '1.1.0', rollbackVersion: '1.0.0' },
      },
      type: 'dev.cdevents.service.rolledback.0.2.0',
      artifact: 'pkg:helm/aria@1.0.0',
    },
    {
      name: 'a first deployment that was taken back',
      given: { event: 'deployment.rolled_back', data: { kind: 'deploy', version: '1.0.0' } },
      type: 'dev.cdeventsx.apollo-deployment.rolledback.0.1.0',
    },
    {
      name: 'a rollback that was taken back',
      given: {
        event: 'deployment.rolled_back',
        data: { kind: 'rollback', version: '1.0.0', fromVersion: '2.0.0' },
      },
      type: 'dev.cdeventsx.apollo-deployment.rolledback.0.1.0',
    },
    {
      name: 'a version with a build',
      given: { data: { kind: 'deploy', version: '1.0.0+b.7' } },
      type: 'dev.cdevents.service.deployed.0.2.0',
      artifact: 'pkg:helm/aria@1.0.0%2Bb.7',
    },
    {
      name: 'a deployment that begins',
      given: { event: 'deployment.deploying' },
      type: 'dev.cdeventsx.apollo-deployment.deploying.0.1.0',
    },
    {
      name: 'a break-glass that nobody reviewed',
      given: { event: 'break_glass.overdue' },
      type: 'dev.cdeventsx.apollo-breakglass.overdue.0.1.0',
    },
    {
      name: 'a request for approval',
      given: { event: 'plan.approval_requested' },
      type: 'dev.cdeventsx.apollo-plan.approvalrequested.0.1.0',
    },
  ])('has the type of $name', ({ given, type, artifact }) => {
    const { type: is, data } = cloudEvent(told(given));
    expect(is).toBe(type);
    const { content } = (data as { subject: { content: object } }).subject;
    const environment = { id: 'prod' };
    expect(content).toEqual(
      artifact === undefined ? { environment } : { environment, artifactId: artifact },
    );
  });

  it('has a type that CDEvents accepts, whatever happened', () => {
    const ours = /^dev\.cdeventsx\.[a-zA-Z0-9]+-[a-zA-Z]+\.[a-zA-Z]+\.[0-9]\.[0-9]\.[0-9]$/;
    for (const event of [...WEBHOOK_EVENTS, 'webhook.tested'] as const) {
      const { type } = cloudEvent(told({ event, data: {} }));
      expect(type).toMatch(ours);
    }
  });

  it('tells what is named and nothing else', () => {
    const facts = toldFacts({ version: '1.0.0', values: { password: 'x' }, evidence: 'y' });
    expect(facts).toEqual({ version: '1.0.0' });
  });

  it('cuts what is long', () => {
    const facts = toldFacts({
      notes: 'n'.repeat(501),
      violations: Array.from({ length: 30 }, () => 'v'.repeat(101)),
      alarm: { kind: 'clone', message: 'm'.repeat(600), deep: { secret: true } },
    });
    expect(facts).toEqual({
      notes: `${'n'.repeat(500)}…`,
      violations: Array.from({ length: 20 }, () => `${'v'.repeat(100)}…`),
      alarm: { kind: 'clone', message: `${'m'.repeat(500)}…` },
    });
  });

  it('stays below 20 kB, whatever its facts are', () => {
    const names = ['kind', 'notes', 'message', 'reason', 'why', 'cause', 'outcome', 'verdict'];
    const long = Object.fromEntries(names.map((name) => [name, '漢'.repeat(10_000)]));
    const roles = Array.from({ length: 999 }, () => '漢'.repeat(999));
    const text = JSON.stringify(cloudEvent(told({ data: { ...long, roles, missing: roles } })));
    expect(new TextEncoder().encode(text).length).toBeLessThan(20_000);
  });
});
