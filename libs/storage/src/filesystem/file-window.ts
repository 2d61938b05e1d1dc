import { type FileHandle, open } from 'node:fs/promises';

const WINDOW_BYTES = 1024 * 1024;

/** Reads a file of any size from front to back, a large piece at a time. */
export class FileWindow {
  private start = 0;
  private bytes = Buffer.alloc(0);

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    /** In bytes, when it was opened. */
    readonly size: number,
  ) {}

  /** Opens the file for as long as `read` takes. */
  static async over<T>(path: string, read: (window: FileWindow) => Promise<T>): Promise<T> {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      return await read(new FileWindow(path, handle, size));
    } finally {
      await handle.close();
    }
  }

  /** The bytes from `offset` on; fewer than `length` only at the end of the file. */
  async slice(offset: number, length: number): Promise<Buffer> {
    const end = Math.min(offset + length, this.size);
    if (offset < this.start || end > this.start + this.bytes.length) {
      await this.fill(offset, Math.min(Math.max(length, WINDOW_BYTES), this.size - offset));
    }
    return this.bytes.subarray(offset - this.start, end - this.start);
  }

  /** Where the pattern is next found at or after `from`; -1 if nowhere. */
  async indexOf(pattern: Uint8Array, from: number): Promise<number> {
    const step = WINDOW_BYTES - pattern.length + 1;
    for (let offset = from; offset < this.size; offset += step) {
      const at = (await this.slice(offset, WINDOW_BYTES)).indexOf(pattern);
      if (at !== -1) return offset + at;
    }
    return -1;
  }

  private async fill(offset: number, length: number): Promise<void> {
    const bytes = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.handle.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) throw new Error(`${this.path} became shorter while it was read`);
      filled += bytesRead;
    }
    this.start = offset;
    this.bytes = bytes;
  }
}
