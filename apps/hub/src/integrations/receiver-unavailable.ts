/** Somebody whom the hub asks or tells did not answer; what was asked may have been done all the same. */
export class ReceiverUnavailable extends Error {
  override readonly name = 'ReceiverUnavailable';
  readonly retryable = true;
}
