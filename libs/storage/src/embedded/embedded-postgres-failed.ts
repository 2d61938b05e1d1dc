/** The PostgreSQL that comes with Apollo could not do its work; the message says what to do. */
export class EmbeddedPostgresFailed extends Error {
  override readonly name = 'EmbeddedPostgresFailed';
  /** Trying again by itself does not help: something on the machine must change. */
  readonly retryable = false;
}
