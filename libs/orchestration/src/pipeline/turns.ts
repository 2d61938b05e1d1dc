/**
 * Lets what is asked for at one environment be done one after another in this process, in the order
 * in which it was asked. What waits here holds no connection to the store; the lock of the environment,
 * which it takes in its turn, keeps other replicas out.
 */
export class Turns {
  /** By environment, the end of whoever came last; none = nobody is at it. */
  private readonly last = new Map<string, Promise<void>>();

  /** Answers, or throws, what the work does. One that fails takes nothing from those behind it. */
  async take<T>(environment: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(environment);
    const turn = before === undefined ? work() : before.then(work);
    const end = turn.then(ended, ended);
    this.last.set(environment, end);
    try {
      return await turn;
    } finally {
      if (this.last.get(environment) === end) this.last.delete(environment);
    }
  }
}

/** Does this when it is its turn at the environment, where turns are taken at all. */
export function inTurn<T>(
  { turns }: { readonly turns?: Turns },
  environment: string,
  work: () => Promise<T>,
): Promise<T> {
  return turns === undefined ? work() : turns.take(environment, work);
}

function ended(): void {
  // How it ended is told to whoever asked for it.
}
