import type { Context } from '@apollo-deploy/orchestration';
import type { EventLog } from './event-log.js';
import type { SessionRegistry } from './session-registry.js';
import type { Timer } from './timer.js';

/** What all connections of a replica share. */
export interface ConnectionServices {
  readonly context: Context;
  readonly sessions: SessionRegistry;
  /** The spoke was heard. */
  readonly heard: (spoke: string) => void;
  /** The spoke has room for messages of the outbox. */
  readonly wakeDelivery: (spoke: string) => void;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}
