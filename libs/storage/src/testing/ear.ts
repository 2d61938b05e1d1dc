import type { CommitSignal, Store } from '@apollo-deploy/orchestration';

/** What a store is told, in order. */
export class Ear {
  readonly heard: CommitSignal[] = [];
  private onHeard: () => void = () => undefined;

  constructor(store: Pick<Store, 'onCommit'>) {
    store.onCommit((signal) => {
      this.heard.push(signal);
      this.onHeard();
    });
  }

  /** The first so many signals. */
  async first(count: number): Promise<readonly CommitSignal[]> {
    while (this.heard.length < count)
      await new Promise<void>((resolve) => (this.onHeard = resolve));
    return this.heard;
  }
}
