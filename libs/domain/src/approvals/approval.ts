/** One person's word on a plan, bound to the digest of exactly what that person saw. */
export interface Approval {
  readonly by: string;
  /** The roles of the person at that time, for the record. What counts is looked up again. */
  readonly roles: readonly string[];
  /** Of the content that was approved. */
  readonly digest: string;
  /** RFC 3339, as the others. */
  readonly at: string;
  readonly comment?: string;
  /** Taken back by the person before the plan went. */
  readonly withdrawnAt?: string;
  /** A plan went by it. It opens nothing a second time. */
  readonly consumedAt?: string;
}

/** Somebody whom the hub knows, with the roles that are held now. */
export interface Person {
  readonly name: string;
  readonly roles: readonly string[];
}

/**
 * The newest word of each person on this content, by name. A person who approves again starts the
 * validity anew, and one who withdraws leaves no older approval behind.
 */
export function newestWords(
  approvals: readonly Approval[],
  digest: string,
): ReadonlyMap<string, Approval> {
  const newest = new Map<string, Approval>();
  for (const approval of approvals) {
    if (approval.digest !== digest) continue;
    const known = newest.get(approval.by);
    if (known === undefined || isNewer(approval, known)) newest.set(approval.by, approval);
  }
  return newest;
}

/** What a plan went by, or what was taken back, opens nothing any more. */
export function stands({ withdrawnAt, consumedAt }: Approval): boolean {
  return withdrawnAt === undefined && consumedAt === undefined;
}

/** Of two words of one instant the one that was taken back counts. */
function isNewer(one: Approval, other: Approval): boolean {
  const [at, before] = [Date.parse(one.at), Date.parse(other.at)];
  return at > before || (at === before && !stands(one));
}

/** The same approvals once a plan has gone by them: those that stood are consumed. */
export function consumeApprovals<T extends Approval>(
  approvals: readonly T[],
  at: string,
): readonly T[] {
  return approvals.map((approval) =>
    stands(approval) ? { ...approval, consumedAt: at } : approval,
  );
}

/**
 * The same approvals once the plan that went by them has come back with nothing touched: they count
 * again for the same content, and lapse when they would have.
 */
export function returnApprovals<T extends Approval>(
  approvals: readonly T[],
): readonly Omit<T, 'consumedAt'>[] {
  return approvals.map(({ consumedAt: _, ...approval }) => approval);
}
