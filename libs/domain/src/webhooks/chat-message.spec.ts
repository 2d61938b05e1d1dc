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
});
