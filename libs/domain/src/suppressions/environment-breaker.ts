/** So many suppressed entities are always let pass. */
const ALWAYS = 5;
/** One in so many entities may be suppressed besides. */
const ONE_IN = 5;

/** What the breaker of one environment counts. */
export interface BreakerCount {
  /** When the automatic suppressions there end, of those that have not, earliest first. */
  readonly suppressedUntil: readonly string[];
  /** All entities there. Only asked for where enough are suppressed to matter; else 0. */
  readonly entities: number;
}

/** How many entities of an environment may be suppressed before all plans there wait: 20 %, at least 5. */
export function breakerThreshold(entities: number): number {
  return Math.max(ALWAYS, Math.floor(entities / ONE_IN));
}

/** Whether a count of suppressed entities can open a breaker at all, however few entities there are. */
export function mayOpenBreaker(suppressed: number): boolean {
  return suppressed > ALWAYS;
}

/** An open breaker: how many are suppressed of how many, and when time alone closes it. */
export interface OpenBreaker {
  readonly suppressed: number;
  readonly threshold: number;
  readonly closesAt: string;
}

/** The breaker at an instant; `undefined` while it is closed. At the threshold it is closed. */
export function openBreaker(
  { suppressedUntil, entities }: BreakerCount,
  now: Date,
): OpenBreaker | undefined {
  if (!mayOpenBreaker(suppressedUntil.length)) return undefined;
  const ends = suppressedUntil.filter((until) => now.getTime() < Date.parse(until));
  const threshold = breakerThreshold(entities);
  const closesAt = ends[ends.length - threshold - 1];
  return closesAt === undefined ? undefined : { suppressed: ends.length, threshold, closesAt };
}
