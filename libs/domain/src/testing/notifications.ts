import type { Notification } from '../notifications/notification.js';
import type { Webhook } from '../webhooks/webhook.js';

export function aNotification(change: Partial<Notification> = {}): Notification {
  return {
    id: 'notification-1',
    receiver: 'hermes',
    sequence: 1,
    deployment: 'deploy-1',
    environment: 'prod',
    body: { message: 'Deployed aria to prod', level: 'success', source: 'APOLLO' },
    createdAt: '2026-01-05T09:00:00.000Z',
    attempts: 0,
    triedSince: '2026-01-05T09:00:00.000Z',
    nextAttemptAt: '2026-01-05T09:00:00.000Z',
    ...change,
  };
}

export function aWebhook(change: Partial<Webhook> = {}): Webhook {
  return {
    id: 'webhook-1',
    name: 'pager',
    kind: 'standard',
    url: 'https://pager.example/apollo',
    secret: `whsec_${'A'.repeat(43)}=`,
    createdBy: 'ann',
    createdAt: '2026-01-05T09:00:00.000Z',
    version: 1,
    ...change,
  };
}
