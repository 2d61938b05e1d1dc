import type { EventLog, LogEvent } from '../../../apps/hub/src/spokes/event-log.js';

/** Keeps what a replica logs, and can be waited on. */
export class SaidLog implements EventLog {
  readonly errors: LogEvent[] = [];
  private readonly events: LogEvent[] = [];
  private onEvent: () => void = () => undefined;

  log(event: LogEvent): void {
    this.keep(event);
  }

  warn(event: LogEvent): void {
    this.keep(event);
  }

  error(event: LogEvent): void {
    this.errors.push(event);
    this.keep(event);
  }

  /** The first event with this text, now or later; it is not found again. */
  async said(msg: string): Promise<LogEvent> {
    for (;;) {
      const at = this.events.findIndex((event) => event.msg === msg);
      const [found] = at < 0 ? [] : this.events.splice(at, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.onEvent = resolve));
    }
  }

  private keep(event: LogEvent): void {
    this.events.push(event);
    this.onEvent();
  }
}
