export { addWebhook, type NewWebhook } from './add-webhook.js';
export {
  changeWebhook,
  removeWebhook,
  rotateWebhookSecret,
  type SeenWebhook,
  type WebhookChange,
} from './change-webhook.js';
export { noteWebhookTest } from './note-webhook-test.js';
export { shownUrl } from './shown-webhook.js';
export { tellWebhooks } from './tell-webhooks.js';
