import { describe, expect, it } from '@jest/globals';
import { aWebhook } from '../testing.js';
import { secretsAt, wantsToHear, type Webhook, type WebhookOccasion } from './webhook.js';

const DEPLOYED: WebhookOccasion = {
  event: 'deployment.completed',
  environment: 'prod',
  product: 'aria',
};
const ALARM: WebhookOccasion = { event: 'spoke.alarm', environment: 'prod' };
const UNTIL = '2026-01-06T09:00:00.000Z';

describe('a webhook', () => {
  it.each<{ name: string; given: Partial<Webhook>; occasion: WebhookOccasion; expected: boolean }>([
    { name: 'limited to nothing', given: {}, occasion: DEPLOYED, expected: true },
    {
      name: 'limited to another event',
      given: { events: ['plan.failed'] },
      occasion: DEPLOYED,
      expected: false,
    },
    {
      name: 'limited to events, this among them',
      given: { events: ['plan.failed', 'deployment.completed'] },
      occasion: DEPLOYED,
      expected: true,
    },
    {
      name: 'limited to another environment',
      given: { environments: ['dev'] },
      occasion: DEPLOYED,
      expected: false,
    },
    {
      name: 'limited to the product',
      given: { environments: ['prod'], products: ['aria'] },
      occasion: DEPLOYED,
      expected: true,
    },
    {
      name: 'limited to a product, of what is about none',
      given: { products: ['aria'] },
      occasion: ALARM,
      expected: false,
    },
    {
      name: 'that is off',
      given: { off: { at: UNTIL, reason: 'gone' } },
      occasion: DEPLOYED,
      expected: false,
    },
  ])('is told, or not: one $name', ({ given, occasion, expected }) => {
    expect(wantsToHear(aWebhook(given), occasion)).toBe(expected);
  });

  it.each<{ name: string; given: Partial<Webhook>; now: string; expected: readonly string[] }>([
    { name: 'its secret', given: {}, now: UNTIL, expected: ['new'] },
    {
      name: 'both secrets until the former one is over',
      given: { formerSecret: { secret: 'old', until: UNTIL } },
      now: '2026-01-06T08:59:59.999Z',
      expected: ['new', 'old'],
    },
    {
      name: 'its secret alone from then on',
      given: { formerSecret: { secret: 'old', until: UNTIL } },
      now: UNTIL,
      expected: ['new'],
    },
  ])('signs with $name', ({ given, now, expected }) => {
    expect(secretsAt(aWebhook({ secret: 'new', ...given }), new Date(now))).toEqual(expected);
  });

  it('signs nothing where it has no secret', () => {
    const { secret: _, ...unsigned } = aWebhook({ kind: 'slack' });
    expect(secretsAt(unsigned, new Date(UNTIL))).toEqual([]);
  });
});
