const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SPAN = /^(\d{1,5})([mhd])$/;

/** An instant of the hub for people: to the second, in UTC. */
export function second(instant: string | null | undefined): string {
  return (instant ?? '').replace(/\.\d+Z$/, 'Z');
}

/**
 * The instant that a person means: `8h` is in eight hours, `30m` and `7d` alike. Whatever else they
 * say is left for the hub to judge.
 */
export function instantOf(text: string, now: Date): string {
  const [, count, unit] = SPAN.exec(text) ?? [];
  if (count === undefined || unit === undefined) return text;
  const spanMs = Number(count) * UNITS[unit as keyof typeof UNITS];
  return new Date(now.getTime() + spanMs).toISOString();
}
