/** Above this many unsent bytes, nothing more is taken from the outbox. */
const CONGESTED_BYTES = 1024 * 1024;
/** Above this many, the hub is given up. */
const HOPELESS_BYTES = 4 * 1024 * 1024;

export interface SendWatchOptions {
  /** Bytes that were given to the socket and not yet to the kernel. */
  readonly unsentBytes: () => number;
  /** There is room again for what was held back. */
  readonly onRoom: () => void;
  /** The hub does not read what it is sent. */
  readonly onStuck: (reason: string) => void;
}

/**
 * Watches what was sent to the hub and has not left the process: a socket takes whatever it is given,
 * however slowly the other side reads. A hub that reads nothing any more answers no heartbeat either,
 * so that its silence tells.
 */
export class SendWatch {
  /** Somebody was told that there is no room. */
  private heldBack = false;
  private closed = false;

  constructor(private readonly options: SendWatchOptions) {}

  /** A frame was given to the socket. */
  sent(): void {
    const bytes = this.options.unsentBytes();
    if (this.closed || bytes <= HOPELESS_BYTES) return;
    this.close();
    this.options.onStuck(`${bytes} bytes wait to be read by the hub`);
  }

  /** The kernel has taken a frame. One that could not be written belongs to a socket that closes. */
  written(error: Error | null | undefined): void {
    if (error != null || this.closed) return;
    if (this.heldBack && !this.congested()) this.options.onRoom();
  }

  /** True while the hub reads too slowly to be given more of what can wait. */
  congested(): boolean {
    this.heldBack = this.options.unsentBytes() > CONGESTED_BYTES;
    return this.heldBack;
  }

  close(): void {
    this.closed = true;
  }
}
