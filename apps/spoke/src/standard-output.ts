import type { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';

/** Lines wait for a slow reader up to this size, in bytes. */
const MOST_WAITING = 1024 * 1024;

/**
 * Writes the log to a stream. Drops lines while nobody reads them, and all of them once the stream is
 * broken: a spoke whose launcher hangs or has died goes on with its plans, and ends when it is told to.
 * Pino's own output waits for a reader that may never come.
 */
export class StandardOutput implements DestinationStream {
  private isOpen = true;

  constructor(private readonly stream: Writable) {
    stream.on('error', () => {
      this.isOpen = false;
    });
  }

  write(line: string): void {
    if (this.isOpen && this.stream.writableLength < MOST_WAITING) this.stream.write(line);
  }
}
