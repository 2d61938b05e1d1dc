import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What is wrong with one direction; everything may change while bytes flow. */
export interface Faults {
  /** Every read waits this long before it is passed on. */
  latencyMs: number;
  /** Passed on in pieces of this many bytes, each in a write of its own; 0: as it comes. */
  sliceBytes: number;
  /** Passed on no faster than this; 0: as fast as it comes. */
  bytesPerSecond: number;
  /** `swallow`: taken and lost. `stall`: not even read, so that the sender's buffers fill. */
  flow: 'pass' | 'swallow' | 'stall';
  /** Both ends are reset, once, when this many more bytes have been passed on. */
  bytesLeft: number;
}

export function noFaults(): Faults {
  return {
    latencyMs: 0,
    sliceBytes: 0,
    bytesPerSecond: 0,
    flow: 'pass',
    bytesLeft: Number.POSITIVE_INFINITY,
  };
}

/** Runs something later; answers what takes that back. */
export type After = (delayMs: number, run: () => void) => () => void;

/** In real time; nothing stays alive for it. */
export const afterRealTime: After = (delayMs, run) => {
  const timeout = setTimeout(run, delayMs).unref();
  return () => {
    clearTimeout(timeout);
  };
};

export interface FaultyPipeOptions {
  readonly faults: Faults;
  readonly after: After;
  /** As many bytes were passed on as should have been. */
  readonly onCut: () => void;
}

/** One direction of one connection. Bytes keep their order; nothing is read ahead of what is passed on. */
export class FaultyPipe {
  /** Passed on so far. */
  bytes = 0;
  private goOn: () => void = () => undefined;

  constructor(
    private readonly source: Socket,
    private readonly sink: Socket,
    private readonly options: FaultyPipeOptions,
  ) {
    source.on('data', (chunk: Buffer) => {
      source.pause();
      void this.pass(chunk).then(() => source.resume());
    });
    // An end that comes while bytes are still held back must not overtake them.
    source.on('end', () => {
      if (this.options.faults.flow === 'pass') sink.end();
    });
  }

  /** The faults were changed. */
  changed(): void {
    this.goOn();
  }

  private async pass(chunk: Buffer): Promise<void> {
    const { faults } = this.options;
    await this.wait(faults.latencyMs);
    for (let at = 0; at < chunk.length && !this.sink.destroyed;) {
      await this.noStall();
      const { sliceBytes } = faults;
      const end = sliceBytes > 0 ? at + sliceBytes : chunk.length;
      await this.write(chunk.subarray(at, end));
      // So that the receiver gets to see every piece by itself.
      if (sliceBytes > 0) await nextTurn();
      at = end;
    }
  }

  private async noStall(): Promise<void> {
    while (this.options.faults.flow === 'stall' && !this.sink.destroyed) {
      await new Promise<void>((resolve) => (this.goOn = resolve));
    }
  }

  private async write(piece: Buffer): Promise<void> {
    const { sink } = this;
    const { faults, onCut } = this.options;
    if (faults.flow === 'swallow') return;
    const part = piece.subarray(0, faults.bytesLeft);
    faults.bytesLeft -= part.length;
    this.bytes += part.length;
    // The callback comes too where the sink is gone: with an error that its `error` event also tells.
    await new Promise<void>((resolve) => sink.write(part, () => resolve()));
    if (faults.bytesLeft === 0) {
      faults.bytesLeft = Number.POSITIVE_INFINITY;
      onCut();
    } else if (faults.bytesPerSecond > 0) {
      await this.wait((part.length * 1000) / faults.bytesPerSecond);
    }
  }

  /** Ends early when the faults change, or a side is gone. */
  private async wait(delayMs: number): Promise<void> {
    if (delayMs <= 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.options.after(delayMs, resolve);
      this.goOn = () => {
        cancel();
        resolve();
      };
    });
  }
}
