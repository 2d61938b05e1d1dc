/**
 * The API server could not be asked, or failed while answering: an outage, not an answer. Whether a
 * write took effect is unknown; read before writing again.
 */
export class KubeUnavailable extends Error {
  override readonly name = 'KubeUnavailable';
  /** False when waiting will not help, for example when credentials cannot be loaded. */
  readonly retryable: boolean;
  /** Not to be asked again before this long; 0 where the server did not say. */
  readonly retryAfterMs: number;

  constructor(
    message: string,
    options: {
      readonly cause: unknown;
      readonly retryable?: boolean;
      readonly retryAfterMs?: number;
    },
  ) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable ?? true;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}
