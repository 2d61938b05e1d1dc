/** How long a plan waits whose instant has come and which time alone did not move, in milliseconds. */
const LOOK_AGAIN_MS = 5 * 60_000;

/**
 * The instant (RFC 3339) at which a plan is looked at again. One that has come already would be due
 * without end, so it gives way to one five minutes from now.
 */
export function laterThan(now: Date, recheckAt: string): string {
  return Date.parse(recheckAt) > now.getTime()
    ? recheckAt
    : new Date(now.getTime() + LOOK_AGAIN_MS).toISOString();
}
