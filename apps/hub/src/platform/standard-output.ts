import type { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';

/**
 * Writes the log to a stream, and goes on without it once nobody reads it any more: a hub whose
 * launcher has died must neither end nor wait for somebody to read.
 */
export class StandardOutput implements DestinationStream {
  private isOpen = true;

  constructor(private readonly stream: Writable) {
    stream.on('error', () => {
      this.isOpen = false;
    });
  }

  write(line: string): void {
    if (this.isOpen) this.stream.write(line);
  }
}
