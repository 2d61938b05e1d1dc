/** Somebody whom the hub asks or tells did not answer. */
export class ReceiverUnavailable extends Error {
  override readonly name = 'ReceiverUnavailable';
  readonly retryable = true;

  /** `reached`: there was a connection, so that what was asked may have been done all the same. */
  constructor(
    message: string,
    readonly reached: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
