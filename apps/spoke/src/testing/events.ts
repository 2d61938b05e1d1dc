/** Things that happened, to be waited for one by one. */
export class Events<T> {
  private readonly seen: T[] = [];
  private readonly waiting: ((event: T) => void)[] = [];

  push(event: T): void {
    const next = this.waiting.shift();
    if (next === undefined) this.seen.push(event);
    else next(event);
  }

  /** The next one that nobody has been given yet. */
  next(): Promise<T> {
    const [event] = this.seen.splice(0, 1);
    return event === undefined
      ? new Promise((resolve) => this.waiting.push(resolve))
      : Promise.resolve(event);
  }

  /** The next one that matches; those before it are passed over. */
  async until(matches: (event: T) => boolean): Promise<T> {
    for (;;) {
      const event = await this.next();
      if (matches(event)) return event;
    }
  }
}
