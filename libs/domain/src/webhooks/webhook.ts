/** `standard`: signed CloudEvents by Standard Webhooks. `slack`: a message for people in a chat. */
export const WEBHOOK_KINDS = ['standard', 'slack'] as const;

/** What webhooks may be told of; some are told of all, others of some of them. */
export const WEBHOOK_EVENTS = [
  'deployment.deploying',
  'deployment.completed',
  'deployment.failed',
  'deployment.rolled_back',
  'plan.approval_requested',
  'plan.approval_escalated',
  'plan.failed',
  'plan.unknown',
  'hold.placed',
  'hold.ended',
  'break_glass.opened',
  'break_glass.used',
  'break_glass.ended',
  'break_glass.reviewed',
  'break_glass.unused',
  'break_glass.overdue',
  'spoke.alarm',
  'spoke.ledger_lost',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** How many webhooks there may be. */
export const WEBHOOKS_MAX = 100;

/** Somebody outside who is told of what happens, by HTTPS. */
export interface Webhook {
  readonly id: string;
  /** What people call it; nobody else's. */
  readonly name: string;
  readonly kind: (typeof WEBHOOK_KINDS)[number];
  /** Where it listens. A password by itself where the kind is `slack`: never shown as a whole. */
  readonly url: string;
  /** Only of these events; absent = of all. */
  readonly events?: readonly WebhookEvent[];
  /** Only of these environments; absent = of all. */
  readonly environments?: readonly string[];
  /** Only of these products; what is about no product is not told then. Absent = of all. */
  readonly products?: readonly string[];
  /**
   * What its messages are signed with: `whsec_` and base64. Never shown after it was made. Absent where
   * the kind is `slack`: nobody looks at a signature there.
   */
  readonly secret?: string;
  /** What they are signed with besides, until an instant (RFC 3339). */
  readonly formerSecret?: FormerSecret;
  /** Why nobody is told there now; absent = it is on. */
  readonly off?: SwitchedOff;
  readonly createdBy: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly version: number;
}

interface FormerSecret {
  readonly secret: string;
  /** RFC 3339. */
  readonly until: string;
}

interface SwitchedOff {
  /** RFC 3339. */
  readonly at: string;
  readonly reason: string;
}

/** Where something happened, and to what product if to any. */
export interface WebhookOccasion {
  readonly event: WebhookEvent;
  readonly environment: string;
  readonly product?: string;
}

/** Whether a webhook is to be told of something: it is on, and everything it is limited to is met. */
export function wantsToHear(
  { events, environments, products, off }: Webhook,
  { event, environment, product }: WebhookOccasion,
): boolean {
  return (
    off === undefined &&
    (events?.includes(event) ?? true) &&
    (environments?.includes(environment) ?? true) &&
    (products === undefined || (product !== undefined && products.includes(product)))
  );
}

/** What a message is signed with at an instant, the newest first. */
export function secretsAt({ secret, formerSecret }: Webhook, now: Date): readonly string[] {
  const isKept = formerSecret !== undefined && now.getTime() < Date.parse(formerSecret.until);
  return [...(secret === undefined ? [] : [secret]), ...(isKept ? [formerSecret.secret] : [])];
}
