/** The right to do something that only one replica at a time should do. */
export interface Lease {
  /** What it is for. */
  readonly name: string;
  readonly holder: string;
  /** Rises each time the lease is acquired, by whomever, and never falls: it fences writes. */
  readonly token: number;
  /** Until when nobody else can acquire it, unless it is renewed. RFC 3339. */
  readonly until: string;
}

export interface LeaseRequest {
  readonly name: string;
  /** One running process; a process that starts anew is another holder. */
  readonly holder: string;
  /** For how long, in milliseconds. */
  readonly ttlMs: number;
  /** By the clock of the replica that asks. RFC 3339. */
  readonly now: string;
}

/**
 * Leases that pass from one holder to the next. Time only decides when a lease may pass; that two
 * holders do not both write is decided by the token, which `fence` looks at in the transaction of each
 * write. So no clock has to be right: one that is ahead takes a lease early and fences the holder
 * before it, one that is behind takes it late. A lease that lies further ahead than twice its length
 * was written before a clock was turned back, and may pass at once.
 */
export interface LeaseRepository {
  /**
   * Acquires a lease that is free, has run out or is this holder's own; each time with a new token.
   * `undefined` if another holder has it.
   */
  acquire(request: LeaseRequest): Promise<Lease | undefined>;
  /** The same lease for `ttlMs` from `now` on; `undefined` if it has passed to another, or on. */
  renew(lease: Lease, ttlMs: number, now: string): Promise<Lease | undefined>;
  /** Lets others acquire it at once. A lease that has passed on is not touched. */
  release(lease: Lease): Promise<void>;
  /**
   * Whether this lease is still the newest of its name, and this holder's: a store that has lost its
   * last writes gives the same token to another. If so, it does not pass on before this
   * transaction has ended, so that what the transaction writes is written by the only holder.
   */
  fence(lease: Lease): Promise<boolean>;
}

/** A lease as it is kept. */
export interface LeaseRow {
  readonly name: string;
  readonly holder: string;
  readonly token: number;
  readonly ttlMs: number;
  /** Absent = released. */
  readonly until?: string;
}

/** How many times its length a lease can lie ahead of a clock that was not turned back. */
export const LEASE_REACH = 2;

/** When a lease that begins at `now` runs out. */
export function leaseEnd(now: string, ttlMs: number): string {
  return new Date(Date.parse(now) + ttlMs).toISOString();
}
