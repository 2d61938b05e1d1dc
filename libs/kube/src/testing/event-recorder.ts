/** Keeps everything it is given and lets a test wait for the next thing it needs. */
export class EventRecorder<T> {
  readonly all: T[] = [];
  private taken = 0;
  private wake: () => void = () => undefined;

  /** To be handed over as a listener. */
  readonly record = (event: T): void => {
    this.all.push(event);
    this.wake();
  };

  /** The first event not yet taken that satisfies `wanted`; those before it count as taken. */
  async next(wanted: (event: T) => boolean = () => true): Promise<T> {
    for (;;) {
      const index = this.all.findIndex((event, at) => at >= this.taken && wanted(event));
      const found = this.all[index];
      if (found !== undefined) {
        this.taken = index + 1;
        return found;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
