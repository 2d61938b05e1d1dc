import { AlarmLoop, type Clock, type RecurringScheduleService } from '@apollo-deploy/orchestration';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';

export interface OccurrenceLoopOptions {
  readonly service: Pick<RecurringScheduleService, 'claimOccurrences'>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: EventLog;
}

/** Acts on recurring windows as they open, and says so. */
export function occurrenceLoop({ service, clock, timer, log }: OccurrenceLoopOptions): AlarmLoop {
  return new AlarmLoop({
    work: async () => {
      const { claimed, next } = await service.claimOccurrences();
      for (const { schedule, startsAt, endsAt, missed } of claimed) {
        log.log({ msg: 'a maintenance window is open', schedule, startsAt, endsAt, missed });
      }
      return next;
    },
    clock,
    timer,
    onFailure: (err, retryInMs) => {
      log.error({ msg: 'opening maintenance windows failed; it is tried again', err, retryInMs });
    },
  });
}
