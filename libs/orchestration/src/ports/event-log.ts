import type { Json, Result } from '@apollo-deploy/kernel';

/** What an event is about, with what people select events by. */
export interface EventSubject {
  readonly kind: 'plan' | 'entity' | 'spoke' | 'schedule' | 'break-glass' | 'deployment';
  /** Id of the plan, break-glass or deployment, or name of the entity, spoke or schedule. */
  readonly name: string;
  /** The entity itself, or that of the plan; absent for all others. */
  readonly entity?: string;
  readonly environment: string;
  readonly product?: string;
}

/** Something that has changed. Holds neither Helm values nor secrets. */
export interface NewEvent {
  /** RFC 3339. */
  readonly at: string;
  /** Kind of the subject and what became of it, such as `plan.blocked`. */
  readonly type: string;
  readonly subject: EventSubject;
  /** A few facts, so that most readers need not ask for the subject itself. */
  readonly data: Readonly<Record<string, Json>>;
}

/** An event with its place in the log. */
export interface StoredEvent extends NewEvent {
  /** Opaque; only this log can put two of them in order. */
  readonly id: string;
}

/** No event of this id is in the log: it was forgotten, or is another log's. */
export interface UnknownEvent {
  readonly code: 'unknown_event';
}

/**
 * What has changed lately, in an order that never changes: an event that was not there when a later
 * one was read, never comes to stand before it. So whoever reads on after the last event it has,
 * misses nothing. An event may be withheld for as long as older transactions are open.
 */
export interface EventLog {
  /** Adds events of this transaction, in their order. */
  append(events: readonly NewEvent[]): Promise<void>;
  /** Up to `limit` events after the one with this id, oldest first; absent = from the oldest. */
  after(
    id: string | undefined,
    limit: number,
  ): Promise<Result<readonly StoredEvent[], UnknownEvent>>;
  /** Absent while nothing has ever happened. */
  newestId(): Promise<string | undefined>;
  /** Takes out the oldest events, up to the first of this instant (RFC 3339); the newest stays. */
  forgetBefore(instant: string): Promise<void>;
}
