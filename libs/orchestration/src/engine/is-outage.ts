/** Whether what was thrown is an outage, which says whether to try again; all else is a bug. */
export function isOutage(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error;
}
