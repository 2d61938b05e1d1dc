/** A local cluster could not be started or reached; the message tells what to look at. */
export class LocalClusterError extends Error {
  override readonly name = 'LocalClusterError';

  constructor(
    message: string,
    /** Whether the same start may succeed without anybody changing anything. */
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
