import type { Json } from '@apollo-deploy/kernel';

/** Who is told of deployments, each of what it wants to hear and in its own words. */
export const RECEIVERS = ['hermes', 'lcis', 'event_bus'] as const;
export type Receiver = (typeof RECEIVERS)[number];

export const NOTIFICATION_STATUSES = ['waiting', 'delivered', 'dead'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

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
  /** The id of the deployment that it is about. */
  readonly deployment: string;
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

/** Why an attempt failed: the receiver was not there, or said no to just this. */
export interface FailedAttempt {
  readonly kind: 'unavailable' | 'refused';
  readonly detail: string;
}

const MINUTE_MS = 60_000;
/** How long to wait after the first, second, … attempt; after more, as long as after the last of these. */
const PAUSES_MS = [5_000, 5 * MINUTE_MS, 30 * MINUTE_MS, 120 * MINUTE_MS] as const;
const LONGEST_PAUSE_MS = 120 * MINUTE_MS;
/** A receiver that is away may come back for so long. */
const KEPT_TRYING_MS = 3 * 24 * 60 * MINUTE_MS;
/** Who says no says so again, most often. */
const REFUSALS_MAX = 4;

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
 * go on: one that was refused four times, and any that was tried for three days. `chance`: evenly spread
 * over 0 ≤ x < 1; it lengthens or shortens the pause by up to a fifth.
 */
export function notificationFailed(
  notification: Notification,
  { kind, detail }: FailedAttempt,
  now: Date,
  chance: number,
): Notification {
  const { nextAttemptAt: _, ...rest } = notification;
  const attempts = notification.attempts + 1;
  const tried = { ...rest, attempts, lastError: detail };
  const isOver =
    (kind === 'refused' && attempts >= REFUSALS_MAX) ||
    now.getTime() - Date.parse(notification.triedSince) >= KEPT_TRYING_MS;
  if (isOver) return { ...tried, deadAt: now.toISOString() };
  const pauseMs = (PAUSES_MS[attempts - 1] ?? LONGEST_PAUSE_MS) * (0.8 + chance * 0.4);
  return { ...tried, nextAttemptAt: new Date(now.getTime() + Math.round(pauseMs)).toISOString() };
}

/** To be told once more, from the start, in its old place: before all that came after it. */
export function notificationReplayed(notification: Notification, now: Date): Notification {
  const { deliveredAt: _, deadAt: __, lastError: ___, ...rest } = notification;
  const at = now.toISOString();
  return { ...rest, attempts: 0, triedSince: at, nextAttemptAt: at };
}
