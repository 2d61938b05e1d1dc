/**
 * The API server could not be asked, or failed while answering: an outage, not an answer. Whether a
 * write took effect is unknown; read before writing again.
 */
export class KubeUnavailable extends Error {
  override readonly name = 'KubeUnavailable';
  /** False when waiting will not help, for example when credentials cannot be loaded. */
  readonly retryable: boolean;

  constructor(message: string, options: { readonly cause: unknown; readonly retryable?: boolean }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable ?? true;
  }
}
