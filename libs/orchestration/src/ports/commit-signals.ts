import type { CommitSignal } from './store.js';

/** Who wants to hear of commits. For adapters of the Store. */
export class CommitSignals {
  private readonly listeners = new Set<(signal: CommitSignal) => void>();

  /** Answers the function that ends the subscription. */
  subscribe(listener: (signal: CommitSignal) => void): () => void {
    // Wrapped, so that a function subscribed twice is called twice and ended one at a time.
    const entry = (signal: CommitSignal): void => {
      listener(signal);
    };
    this.listeners.add(entry);
    return () => this.listeners.delete(entry);
  }

  /**
   * Tells everybody. A listener that throws does so into an unhandled rejection: what it was told of
   * is committed, so the caller of `transact` must not see its error.
   */
  emit(signal: CommitSignal): void {
    for (const listener of this.listeners) void Promise.resolve(signal).then(listener);
  }
}

/** Collects what one transaction will have to signal if it commits. For adapters of the Store. */
export class CommitSignalDraft {
  private dirty = false;
  private events = false;
  private keySets = false;
  private notifications = false;
  private readonly outbox = new Set<string>();
  private readonly revoked = new Set<string>();

  noteDirty(): void {
    this.dirty = true;
  }

  noteEvents(): void {
    this.events = true;
  }

  noteKeySets(): void {
    this.keySets = true;
  }

  noteNotifications(): void {
    this.notifications = true;
  }

  noteOutbox(spoke: string): void {
    this.outbox.add(spoke);
  }

  noteRevoked(spoke: string): void {
    this.revoked.add(spoke);
  }

  /** Absent if there is nothing to tell. */
  signal(): CommitSignal | undefined {
    const { dirty, events, keySets, notifications, outbox, revoked } = this;
    const some = dirty || events || keySets || notifications;
    if (!some && outbox.size === 0 && revoked.size === 0) return undefined;
    return {
      ...{ dirty, outbox: [...outbox], events },
      ...(revoked.size > 0 && { revoked: [...revoked] }),
      ...(keySets && { keySets }),
      ...(notifications && { notifications }),
    };
  }
}
