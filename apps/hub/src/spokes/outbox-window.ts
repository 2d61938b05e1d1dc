import type { OutboxMessage } from '@apollo-deploy/orchestration';

/** So many offers at most are under way to one spoke. */
const WINDOW = 64;

/**
 * Which messages of the outbox were sent on one connection. A spoke acknowledges an offer only when
 * the plan's verdict is in its ledger, so offers stay under way for as long as their plans run.
 */
export class OutboxWindow {
  private readonly sent = new Map<string, OutboxMessage['type']>();
  /** Ids of messages that were left in the outbox for want of room, and the plans they are of. */
  private waiting = new Map<string, string>();
  private held = false;

  /** There is no room for an offer until `open` is called. */
  hold(): void {
    this.held = true;
  }

  open(): void {
    this.held = false;
  }

  /** True if something was left in the outbox for want of room. */
  get full(): boolean {
    return this.waiting.size > 0;
  }

  /** Ids of the messages that need not be read now: they are under way, or have no room to go. */
  known(): readonly string[] {
    const waiting = this.room() > 0 ? [] : this.waiting.keys();
    return [...this.sent.keys(), ...waiting];
  }

  /** The spoke is done with the message, and its place is free. */
  acknowledge(id: string): void {
    this.sent.delete(id);
  }

  /**
   * What to send now, in order, of what the outbox holds besides the messages in `known`; what has
   * been yielded counts as sent and is never yielded again. A cancellation does not wait for room: it
   * goes out unless its offer has yet to.
   */
  *next(
    pending: readonly OutboxMessage[],
    known: readonly string[],
  ): Generator<OutboxMessage, void> {
    const unread = new Set(known);
    this.waiting = new Map([...this.waiting].filter(([id]) => unread.has(id)));
    const heldBack = new Set(this.waiting.values());
    for (const message of pending) {
      const { id, type, planId } = message;
      if (this.sent.has(id)) continue;
      if (heldBack.has(planId) || (type === 'plan.offer' && (this.full || this.room() <= 0))) {
        heldBack.add(planId);
        this.waiting.set(id, planId);
        continue;
      }
      this.sent.set(id, type);
      yield message;
    }
  }

  private room(): number {
    if (this.held) return 0;
    return WINDOW - [...this.sent.values()].filter((type) => type === 'plan.offer').length;
  }
}
