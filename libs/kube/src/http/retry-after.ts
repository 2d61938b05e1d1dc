import type { IncomingMessage } from 'node:http';

const LONGEST_SECONDS = 60;

/** How long the server wants to be left alone: a minute at most, 0 where it does not say in seconds. */
export function retryAfterMs({ headers }: Pick<IncomingMessage, 'headers'>): number {
  const said = headers['retry-after'] ?? '';
  return /^\d{1,9}$/.test(said) ? Math.min(Number(said), LONGEST_SECONDS) * 1000 : 0;
}
