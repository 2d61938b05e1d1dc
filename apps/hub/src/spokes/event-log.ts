/** One thing that happened: `msg` for people, the rest for machines; a cause under `err`. */
export interface LogEvent {
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Where this feature says what it does; Nest's `Logger` is one. */
export interface EventLog {
  log(event: LogEvent): void;
  warn(event: LogEvent): void;
  error(event: LogEvent): void;
}
