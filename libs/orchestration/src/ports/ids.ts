/** Makes identifiers: opaque, unique over replicas and restarts, roughly in the order of creation. */
export interface Ids {
  next(): string;
}

/** Counts: `id-1`, `id-2`, … */
export class CountingIds implements Ids {
  private last = 0;

  next(): string {
    this.last += 1;
    return `id-${String(this.last)}`;
  }
}
