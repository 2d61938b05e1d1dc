/** A row where a table keeps it. */
export interface Slot<T> {
  readonly row: T;
  /** Rises with each new key and stays with it, so that rows can be told apart by age. */
  readonly position: number;
}
