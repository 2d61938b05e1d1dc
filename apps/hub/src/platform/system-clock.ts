import type { Clock } from '@apollo-deploy/orchestration';

/** The clock of the machine. */
export class SystemClock implements Clock {
  now(): Date {
    return new Date();
  }
}
