import { type JournalFile, openJournalFile } from '../filesystem/journal.js';

/** What goes wrong next with a disk. */
export interface DiskFailure {
  /** The disk is full after this many bytes more; each write takes no more than fits. */
  readonly roomBytes?: number;
  /** Each write takes no more than this. */
  readonly pieceBytes?: number;
  /** The device reports an error when it is asked to keep what was written. */
  readonly syncFails?: boolean;
}

/** A real journal file on a disk that can be made to fail. */
export class FailingJournalFile implements JournalFile {
  private failure: DiskFailure = {};
  private room = Infinity;

  private constructor(private readonly file: JournalFile) {}

  static async open(path: string): Promise<FailingJournalFile> {
    return new FailingJournalFile(await openJournalFile(path));
  }

  fail(failure: DiskFailure): void {
    this.failure = failure;
    this.room = failure.roomBytes ?? Infinity;
  }

  async write(bytes: Uint8Array): Promise<{ readonly bytesWritten: number }> {
    if (this.room === 0) throw systemError('ENOSPC', 'no space left on device, write');
    const piece = Math.min(this.room, this.failure.pieceBytes ?? Infinity);
    const written = await this.file.write(bytes.subarray(0, piece));
    this.room -= written.bytesWritten;
    return written;
  }

  async datasync(): Promise<void> {
    if (this.failure.syncFails === true) throw systemError('EIO', 'i/o error, fdatasync');
    await this.file.datasync();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function systemError(code: string, words: string): Error {
  return Object.assign(new Error(`${code}: ${words}`), { code });
}
