import { CHAIN_START } from '@apollo-deploy/domain';
import { AuditSequencer, type Context } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from '../spokes/background-loop.js';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';
import type { HeadDelivery } from './head-delivery.js';

/** How long an entry waits for its place in the chain at most, in milliseconds, where nothing fails. */
const EVERY_MS = 2_000;

export interface AuditLoopOptions {
  readonly context: Context;
  readonly heads: Pick<HeadDelivery, 'due' | 'tell'>;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

/**
 * Links what was done to the chain over it, and says how far that reaches, in the log and to spokes:
 * whoever keeps that elsewhere keeps heads that nobody at the database can change.
 */
export function auditLoop({
  context,
  heads,
  timer,
  random,
  log,
}: AuditLoopOptions): BackgroundLoop {
  const sequencer = new AuditSequencer(context, context.ids.next());
  return new BackgroundLoop({
    name: 'linking the audit trail',
    everyMs: () => EVERY_MS,
    work: async () => {
      const due = heads.due();
      const reached = await sequencer.run();
      if (reached !== undefined) log.log({ msg: 'the audit trail has a new head', ...reached });
      await heads.tell(due, sequencer.head ?? CHAIN_START);
    },
    timer,
    random,
    log,
  });
}
