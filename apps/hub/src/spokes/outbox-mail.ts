import type { OutboxMessage } from '@apollo-deploy/orchestration';
import type { HubPayload } from '@apollo-deploy/protocol';
import type { FrameSender } from './frame-sender.js';
import { OutboxWindow } from './outbox-window.js';

/** What goes out of the outbox over one connection: as much as the spoke has room for. */
export class OutboxMail {
  private readonly window = new OutboxWindow();

  /** `wake`: called when there is room for what was left in the outbox. */
  constructor(
    private readonly sender: Pick<FrameSender, 'send' | 'congested'>,
    private readonly wake: () => void,
  ) {}

  /** Ids of the messages that need not be read now. */
  known(): readonly string[] {
    return this.window.known();
  }

  /** Sends what there is room for, of what the outbox holds besides the messages in `known`. */
  send(pending: readonly OutboxMessage[], known: readonly string[]): void {
    if (this.sender.congested()) return;
    for (const { id, type, payload } of this.window.next(pending, known)) {
      // Checked where it was written: the payload of an outbox message has the shape of its type.
      this.sender.send(type, payload as unknown as HubPayload<typeof type>, { id });
      if (this.sender.congested()) return;
    }
  }

  /** There is no room for an offer until `open` is called. */
  hold(): void {
    this.window.hold();
  }

  open(): void {
    this.window.open();
    this.wakeIfFull();
  }

  /** The spoke is done with the message, and its place is free. */
  acknowledge(messageId: string): void {
    this.window.acknowledge(messageId);
    this.wakeIfFull();
  }

  private wakeIfFull(): void {
    if (this.window.full) this.wake();
  }
}
