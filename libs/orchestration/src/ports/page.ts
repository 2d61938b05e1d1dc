/** One page of a list in the order of its key; `next` starts the following one, absent at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageRequest {
  /** The key after which the page begins; absent = from the start. */
  readonly after?: string;
  /** 1 to 200. */
  readonly limit: number;
}
