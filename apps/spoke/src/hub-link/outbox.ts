import type { DURABLE_MESSAGES, SpokeMessageType, SpokePayload } from '@apollo-deploy/protocol';

/** Messages of the spoke that are kept until the hub has acknowledged them. */
export type DurableType = Extract<SpokeMessageType, (typeof DURABLE_MESSAGES)[number]>;

/** `replaced`: a newer message took its place; it need not arrive any more. */
export type Delivery = 'acknowledged' | 'replaced';

interface Letter<T extends DurableType = DurableType> {
  readonly id: string;
  readonly type: T;
  readonly payload: SpokePayload<T>;
  readonly key: string;
  readonly settle: (delivery: Delivery) => void;
  sent: boolean;
}

/** A message on its way out. */
export type Outgoing = Pick<Letter, 'id' | 'type' | 'payload'>;

/** So many messages at most wait for their acknowledgement on the wire. */
const WINDOW = 16;

/**
 * The durable messages that the hub has not acknowledged, in order. In memory: the ledger in the
 * cluster and the cluster itself can tell everything in here again after a restart.
 */
export class Outbox {
  private readonly letters = new Map<string, Letter>();

  /**
   * Keeps a message until it is acknowledged. One with the same key that is still here is replaced:
   * keys name what a message is about, so the outbox cannot grow beyond what there is to tell.
   */
  add<T extends DurableType>(
    message: { readonly id: string; readonly type: T; readonly payload: SpokePayload<T> },
    key: string,
  ): Promise<Delivery> {
    this.discard((letter) => letter.key === key);
    return new Promise((settle) => {
      this.letters.set(message.id, { ...message, key, settle, sent: false });
    });
  }

  /** The next messages to send on this connection, `most` at most, marked as sent. */
  take(most = WINDOW): readonly Outgoing[] {
    const letters = [...this.letters.values()];
    const room = WINDOW - letters.filter(({ sent }) => sent).length;
    const next = letters.filter(({ sent }) => !sent).slice(0, Math.max(Math.min(room, most), 0));
    for (const letter of next) letter.sent = true;
    return next;
  }

  /** A new connection knows of no message: all are to be sent again. */
  reopen(): void {
    for (const letter of this.letters.values()) letter.sent = false;
  }

  /** True if a message of this id was waiting. */
  acknowledge(id: string): boolean {
    return this.settle(id, 'acknowledged');
  }

  /** Forgets what a newer message is going to say. */
  discardTypes(types: readonly DurableType[]): void {
    this.discard((letter) => types.includes(letter.type));
  }

  get size(): number {
    return this.letters.size;
  }

  private discard(matches: (letter: Letter) => boolean): void {
    for (const letter of [...this.letters.values()].filter(matches)) {
      this.settle(letter.id, 'replaced');
    }
  }

  private settle(id: string, delivery: Delivery): boolean {
    const letter = this.letters.get(id);
    this.letters.delete(id);
    letter?.settle(delivery);
    return letter !== undefined;
  }
}
