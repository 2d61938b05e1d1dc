import type { Json } from '@apollo-deploy/kernel';

/** Who is told of deployments, each of what it wants to hear and in its own words. */
export const RECEIVERS = ['hermes', 'lcis', 'event_bus'] as const;
export type NamedReceiver = (typeof RECEIVERS)[number];
/** One of these, or a webhook by its id. */
export type Receiver = NamedReceiver | `webhook/${string}`;
const WEBHOOK = 'webhook/';

export const NOTIFICATION_STATUSES = ['waiting', 'delivered', 'dead'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

export function webhookReceiver(id: string): Receiver {
  return `${WEBHOOK}${id}`;
}

/** The id of the webhook that a receiver is; `undefined` for the others. */
export function webhookOf(receiver: string): string | undefined {
  return receiver.startsWith(WEBHOOK) ? receiver.slice(WEBHOOK.length) : undefined;
}

/** What somebody is to be told, word for word. */
export interface Notice {
  readonly receiver: Receiver;
  readonly body: Readonly<Record<string, Json>>;
}

/** A notice on its way, in the line of its receiver. */
export interface Notification extends Notice {
  readonly id: string;
  /** Its place: a receiver is told in the order of these numbers, which rise and may have gaps. */
  readonly sequence: number;
  /** The id of the deployment that it is about; absent = it is about something else. */
  readonly deployment?: string;
  readonly environment: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** How often it was tried, since the last replay. */
  readonly attempts: number;
  /** Since when it is tried: when it was written, or replayed. RFC 3339. */
  readonly triedSince: string;
  /** When it is tried next; absent = it is not. RFC 3339. */
  readonly nextAttemptAt?: string;
  /** When it was taken. RFC 3339. */
  readonly deliveredAt?: string;
  /** When it was given up. RFC 3339. */
  readonly deadAt?: string;
  /** What the last attempt came to that failed. */
  readonly lastError?: string;
}

/** Why an attempt failed: the receiver was not there, said no to just this, or wants nothing any more. */
export interface FailedAttempt {
  readonly kind: 'unavailable' | 'refused' | 'gone';
  readonly detail: string;
  /** When the receiver wants to be told again, at the earliest; absent = it did not say. */
  readonly notBefore?: Date;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long a receiver is tried, and how often. */
interface Patience {
  /** How long to wait after the first, second, … attempt; after more, as long as after the last. */
  readonly pausesMs: readonly number[];
  /** A receiver that is away may come back for so long. */
  readonly triedForMs: number;
  readonly attemptsMax: number;
  /** Who says no says so again, most often. */
  readonly refusalsMax: number;
}

const AGENTS: Patience = {
  pausesMs: [5_000, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS],
  triedForMs: 72 * HOUR_MS,
  attemptsMax: Infinity,
  refusalsMax: 4,
};
/** As Standard Webhooks recommends; a refusal may be a mistake that its owner mends. */
const WEBHOOKS: Patience = {
  pausesMs: [
    ...[5_000, 5 * MINUTE_MS, 30 * MINUTE_MS],
    ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS),
  ],
  triedForMs: 76 * HOUR_MS,
  attemptsMax: 10,
  refusalsMax: 10,
};
/** What a receiver asks for beyond that is not heeded. */
const LONGEST_WISH_MS = 24 * HOUR_MS;

export function notificationStatusOf({ deliveredAt, deadAt }: Notification): NotificationStatus {
  if (deliveredAt !== undefined) return 'delivered';
  return deadAt === undefined ? 'waiting' : 'dead';
}

/** A notice as it is written: to be told at once. */
export function newNotification(
  notice: Notice,
  about: Pick<Notification, 'id' | 'deployment' | 'environment'>,
  now: Date,
): Omit<Notification, 'sequence'> {
  const at = now.toISOString();
  return { ...notice, ...about, createdAt: at, attempts: 0, triedSince: at, nextAttemptAt: at };
}

export function notificationTaken(notification: Notification, now: Date): Notification {
  const { nextAttemptAt: _, lastError: __, ...rest } = notification;
  return { ...rest, attempts: notification.attempts + 1, deliveredAt: now.toISOString() };
}

/**
 * After an attempt that failed: to be tried again after a pause, or given up, so that those behind it
 * go on. HERMES, LCIS and the event bus: what was refused four times, and what was tried for three days.
 * A webhook: what was tried ten times, or for 76 hours; at once where it wants nothing any more. `chance`:
 * evenly spread over 0 ≤ x < 1; it lengthens or shortens the pause by up to a fifth.
 */
export function notificationFailed(
  notification: Notification,
  { kind, detail, notBefore }: FailedAttempt,
  now: Date,
  chance: number,
): Notification {
  const { nextAttemptAt: _, ...rest } = notification;
  const attempts = notification.attempts + 1;
  const tried = { ...rest, attempts, lastError: detail };
  const patience = webhookOf(notification.receiver) === undefined ? AGENTS : WEBHOOKS;
  const isOver =
    kind === 'gone' ||
    (kind === 'refused' && attempts >= patience.refusalsMax) ||
    attempts >= patience.attemptsMax ||
    now.getTime() - Date.parse(notification.triedSince) >= patience.triedForMs;
  if (isOver) return { ...tried, deadAt: now.toISOString() };
  const { pausesMs } = patience;
  const pauseMs = (pausesMs[attempts - 1] ?? pausesMs.at(-1) ?? 0) * (0.8 + chance * 0.4);
  const wishMs = Math.min(LONGEST_WISH_MS, (notBefore?.getTime() ?? 0) - now.getTime());
  const waitMs = Math.round(Math.max(pauseMs, wishMs));
  return { ...tried, nextAttemptAt: new Date(now.getTime() + waitMs).toISOString() };
}

/** To be told once more, from the start, in its old place: before all that came after it. */
export function notificationReplayed(notification: Notification, now: Date): Notification {
  const { deliveredAt: _, deadAt: __, lastError: ___, ...rest } = notification;
  const at = now.toISOString();
  return { ...rest, attempts: 0, triedSince: at, nextAttemptAt: at };
}
