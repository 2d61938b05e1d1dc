import type { FrameSocket } from './frame-socket.js';

/** So many frames, or so many bytes of them, may wait; then the socket is no longer read. */
const QUEUE_LIMIT = 256;
const QUEUE_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Hands the frames of one connection on, one at a time and in the order they came. While the queue is
 * full the socket is not read, so a peer that sends too much waits instead of filling the memory.
 */
export class FrameQueue {
  private waiting: string[] = [];
  private bytes = 0;
  private paused = false;
  private stopped = false;
  private running: Promise<void> | undefined;

  /** `handle` must not throw. */
  constructor(
    private readonly socket: Pick<FrameSocket, 'pause' | 'resume'>,
    private readonly handle: (text: string) => Promise<void>,
  ) {}

  push(text: string): void {
    if (this.stopped) return;
    this.waiting.push(text);
    this.bytes += text.length;
    if (!this.paused && this.full(1)) {
      this.paused = true;
      this.socket.pause();
    }
    this.running ??= this.run();
  }

  /** True while a frame is being handled or waits. */
  get busy(): boolean {
    return this.running !== undefined;
  }

  get closed(): boolean {
    return this.stopped;
  }

  /** Forgets what waits and takes nothing more; what is not acknowledged comes again. */
  close(): void {
    this.stopped = true;
    this.waiting = [];
    this.bytes = 0;
    this.resume();
  }

  /** Resolves when the frame that is being handled is done, and all that wait behind it. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    for (let text = this.waiting.shift(); text !== undefined; text = this.waiting.shift()) {
      this.bytes -= text.length;
      await this.handle(text);
      if (!this.full(0.5)) this.resume();
    }
    this.running = undefined;
  }

  private full(share: number): boolean {
    return this.waiting.length >= QUEUE_LIMIT * share || this.bytes >= QUEUE_LIMIT_BYTES * share;
  }

  private resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.socket.resume();
  }
}
