/** What an object's health can be, best first. The order is the one `worstHealth` uses. */
export const HEALTHS = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
] as const;

export type Health = (typeof HEALTHS)[number];

/**
 * What a live object says about itself. `reason` is one CamelCase word, Kubernetes' own where it has
 * one; `message` is for people. `terminal` means: waiting cannot mend this, something has to change.
 */
export interface ObjectStatus {
  readonly health: Health;
  readonly reason: string;
  readonly message: string;
  readonly terminal?: boolean;
  /** True: suspended before what was asked of it last has come about; it cannot until it goes on. */
  readonly unfinished?: true;
  /** Of a healthy one: how many of its pods are updated, the others only once somebody deletes them. */
  readonly onDeletion?: string;
  /** True: its evidence is older than the change that is judged, and is not held against that. */
  readonly older?: boolean;
}

/** 0 for the best health, rising with badness. */
export function healthRank(health: Health): number {
  return HEALTHS.indexOf(health);
}

/** The worst of several healths; `Healthy` if there is none to judge. */
export function worstHealth(healths: Iterable<Health>): Health {
  let worst: Health = 'Healthy';
  for (const health of healths) if (healthRank(health) > healthRank(worst)) worst = health;
  return worst;
}

export function healthy(reason: string, message: string): ObjectStatus {
  return { health: 'Healthy', reason, message };
}

export function suspended(reason: string, message: string): ObjectStatus {
  return { health: 'Suspended', reason, message };
}

/** Stopped on the way: what was asked of it last has not come about. */
export function stopped(reason: string, message: string): ObjectStatus {
  return { health: 'Suspended', reason, message, unfinished: true };
}

export function progressing(reason: string, message: string): ObjectStatus {
  return { health: 'Progressing', reason, message };
}

/** Bad, but may mend by itself. */
export function degraded(reason: string, message: string): ObjectStatus {
  return { health: 'Degraded', reason, message };
}

/** Bad from before the change that is judged, which nobody can expect to mend it. */
export function olderFault(reason: string, message: string): ObjectStatus {
  return { health: 'Degraded', reason, message: `${message} (before this change)`, older: true };
}

/** Bad for good: no waiting mends it. */
export function failed(reason: string, message: string): ObjectStatus {
  return { health: 'Degraded', reason, message, terminal: true };
}
