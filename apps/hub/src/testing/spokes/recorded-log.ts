import type { EventLog, LogEvent } from '../../spokes/event-log.js';

/** Keeps what was logged as a warning or an error. */
export class RecordedLog implements EventLog {
  readonly warnings: LogEvent[] = [];
  readonly errors: LogEvent[] = [];

  log(): void {
    return;
  }

  warn(event: LogEvent): void {
    this.warnings.push(event);
  }

  error(event: LogEvent): void {
    this.errors.push(event);
  }
}
