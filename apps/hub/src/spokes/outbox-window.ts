import type { OutboxMessage } from '@apollo-deploy/orchestration';

/** So many offers at most are under way to one spoke. */
const WINDOW = 64;

/**
 * Which messages of the outbox were sent on one connection. A spoke acknowledges an offer only when
 * the plan's verdict is in its ledger, so offers stay under way for as long as their plans run.
 */
export class OutboxWindow {
  private sent = new Map<string, OutboxMessage['type']>();
  private waiting = false;

  /** True if something was left in the outbox for want of room. */
  get full(): boolean {
    return this.waiting;
  }

  /**
   * What to send now, in order, of what the outbox holds; what has been yielded counts as sent and is
   * never yielded again. A cancellation does not wait for room: it goes out unless its offer has yet
   * to.
   */
  *next(pending: readonly OutboxMessage[]): Generator<OutboxMessage, void> {
    const held = new Set(pending.map(({ id }) => id));
    this.sent = new Map([...this.sent].filter(([id]) => held.has(id)));
    this.waiting = false;
    let room = WINDOW - [...this.sent.values()].filter((type) => type === 'plan.offer').length;
    const heldBack = new Set<string>();
    for (const message of pending) {
      const { id, type, planId } = message;
      if (this.sent.has(id)) continue;
      if (heldBack.has(planId) || (type === 'plan.offer' && room <= 0)) {
        heldBack.add(planId);
        this.waiting = true;
        continue;
      }
      if (type === 'plan.offer') room -= 1;
      this.sent.set(id, type);
      yield message;
    }
  }
}
