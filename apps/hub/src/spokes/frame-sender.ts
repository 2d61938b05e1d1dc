import { encodeHubFrame, type HubMessageType, type HubPayload } from '@apollo-deploy/protocol';
import type { Clock, Ids } from '@apollo-deploy/orchestration';
import type { FrameSocket } from './frame-socket.js';
import type { Timer } from './timer.js';

/** Above this many unsent bytes, nothing more is taken from the outbox. */
const CONGESTED_BYTES = 1024 * 1024;
/** Above this many, the peer is cut off. */
const HOPELESS_BYTES = 4 * 1024 * 1024;
/** A peer for which the kernel takes no whole frame for this long is cut off. */
const STUCK_AFTER_MS = 30_000;

export interface FrameSenderOptions {
  readonly socket: Pick<FrameSocket, 'bufferedAmount' | 'send'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly timer: Timer;
  /** The peer does not read what it is sent. */
  readonly onStuck: (reason: string) => void;
  /** The peer read too slowly to be given more, and has caught up. */
  readonly onRoom: () => void;
}

/**
 * Writes frames to one spoke. A socket never pushes back by itself, so this watches what has not left
 * the process: a slow reader gets no more from the outbox, and one that takes no frame any more is cut
 * off. What matters waits in the outbox and goes to the next connection.
 */
export class FrameSender {
  /** The session's epoch; 0 before the welcome. */
  epoch = 0;
  private saidAt = 0;
  private unwritten = 0;
  /** Somebody was told that there is no room. */
  private heldBack = false;
  private closed = false;
  private cancelStuck: () => void = () => undefined;

  constructor(private readonly options: FrameSenderOptions) {}

  send<T extends HubMessageType>(
    t: T,
    p: HubPayload<T>,
    { id, re }: { readonly id?: string; readonly re?: string } = {},
  ): void {
    if (this.closed) return;
    const { socket, clock, ids } = this.options;
    const head = {
      id: id ?? ids.next(),
      epoch: this.epoch,
      ts: clock.now().toISOString(),
      ...(re !== undefined && { re }),
    };
    this.saidAt = clock.now().getTime();
    this.unwritten += 1;
    if (this.unwritten === 1) this.watch();
    socket.send(encodeHubFrame(t, p, head), (error) => {
      this.written(error);
    });
    if (socket.bufferedAmount > HOPELESS_BYTES) {
      this.giveUp(`${socket.bufferedAmount} bytes wait to be read by the spoke`);
    }
  }

  /** For how long nothing was sent, in milliseconds. */
  get quietMs(): number {
    return this.options.clock.now().getTime() - this.saidAt;
  }

  /** True while the spoke reads too slowly to be given more. */
  congested(): boolean {
    if (this.closed) return true;
    this.heldBack = this.options.socket.bufferedAmount > CONGESTED_BYTES;
    return this.heldBack;
  }

  close(): void {
    this.closed = true;
    this.cancelStuck();
  }

  /** A frame that could not be written belongs to a socket whose `close` event says the rest. */
  private written(error: Error | null | undefined): void {
    this.cancelStuck();
    this.unwritten -= 1;
    if (error != null || this.closed) return;
    if (this.unwritten > 0) this.watch();
    if (this.heldBack && !this.congested()) this.options.onRoom();
  }

  private watch(): void {
    this.cancelStuck = this.options.timer.after(STUCK_AFTER_MS, () => {
      this.giveUp(
        `no frame could be sent for ${STUCK_AFTER_MS / 1000} s: the spoke reads too slowly, or not at all`,
      );
    });
  }

  private giveUp(reason: string): void {
    if (this.closed) return;
    this.close();
    this.options.onStuck(reason);
  }
}
