import type { AgentInstance } from '../ports/trust-repositories.js';

/** Only what happened within this many milliseconds counts. */
const WINDOW_MS = 10 * 60_000;
const KEPT = 16;
/** How often processes that another one had taken over from must have come back. */
const RETURNS = 2;

export interface SeenInstances {
  /** To be kept, the newest last. */
  readonly instances: readonly AgentInstance[];
  /** Two processes keep taking the session from each other. */
  readonly isClone: boolean;
}

/**
 * A process of an agent opens a session. A process gets its name at its start, so one that comes back
 * after another has come was alive all the time: two run with one key. Once is how an old process goes
 * while the next one starts; again and again is a clone.
 */
export function noteInstance(
  before: readonly AgentInstance[],
  instance: string,
  now: Date,
): SeenInstances {
  const recent = before.filter(({ at }) => now.getTime() - Date.parse(at) <= WINDOW_MS);
  const newest = { instance, at: now.toISOString() };
  const others = recent.at(-1)?.instance === instance ? recent.slice(0, -1) : recent;
  const instances = [...others, newest].slice(-KEPT);
  const returns = instances.filter(
    (one, at) => instances.findIndex((other) => other.instance === one.instance) < at,
  );
  return { instances, isClone: returns.length >= RETURNS };
}
