import type { StreamSink } from '../events/event-stream.js';

/** A connection whose reader can stop reading. */
export class FakeSink implements StreamSink {
  readonly blocks: string[] = [];
  writableNeedDrain = false;
  ending: 'ended' | 'destroyed' | undefined;
  private full = false;
  private readonly listeners = { drain: [] as (() => void)[], close: [] as (() => void)[] };
  private onWrite: () => void = () => undefined;

  write(text: string): boolean {
    this.blocks.push(...text.split('\n\n').filter((block) => block !== ''));
    this.writableNeedDrain = this.full;
    this.onWrite();
    return !this.full;
  }

  end(): void {
    this.ending ??= 'ended';
    this.emit('close');
  }

  destroy(): void {
    this.ending ??= 'destroyed';
    this.emit('close');
  }

  once(event: 'drain' | 'close', listener: () => void): void {
    this.listeners[event].push(listener);
  }

  stopReading(): void {
    this.full = true;
  }

  readOn(): void {
    this.full = false;
    this.writableNeedDrain = false;
    this.emit('drain');
  }

  /** Waits until there are so many blocks. */
  async has(count: number): Promise<readonly string[]> {
    while (this.blocks.length < count) {
      await new Promise<void>((resolve) => (this.onWrite = resolve));
    }
    return this.blocks;
  }

  private emit(event: 'drain' | 'close'): void {
    for (const listener of this.listeners[event].splice(0)) listener();
  }
}
