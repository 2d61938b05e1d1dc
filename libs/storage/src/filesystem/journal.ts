import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { createDurably, type WritableFile, writeAll } from './durable-file.js';
import { encodeHeader, HEADER_BYTES, readHeader } from './file-header.js';
import { FileWindow } from './file-window.js';
import type { FolderState } from './folder-state.js';
import { readRecords } from './read-records.js';
import { encodeRecord } from './record-frame.js';
import { damaged } from './storage-folder-refused.js';
import { parseChanges } from './stored-change.js';

/** The file that a journal grows in, opened to append. */
export interface JournalFile extends WritableFile {
  /** What was written will outlast a loss of power when the promise resolves. */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens an existing file to append to it. */
export function openJournalFile(path: string): Promise<JournalFile> {
  return open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
}

/** The committed units of work since a snapshot, one record each. */
export class Journal {
  private failure: unknown;

  constructor(
    private readonly path: string,
    private readonly file: JournalFile,
    private sequence: number,
  ) {}

  /** False once anything could not be written. */
  get working(): boolean {
    return this.failure === undefined;
  }

  /**
   * Runs `before`, then writes one record; both are durable when the promise resolves. Throws
   * `StoreUnavailable` if either fails, and from then on always: after a failed write or sync nobody
   * can say what the disk holds until the file is read again. A record whose writing failed may
   * still be there then, so its unit of work may or may not count.
   */
  async append(text: string, before: () => Promise<void>): Promise<void> {
    if (this.failure !== undefined) throw this.unavailable();
    const record = encodeRecord(this.sequence + 1, text);
    try {
      await before();
      await writeAll(this.file, record);
      await this.file.datasync();
    } catch (error) {
      this.failure = error;
      throw this.unavailable();
    }
    this.sequence += 1;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private unavailable(): StoreUnavailable {
    return new StoreUnavailable(
      `${this.path} could not be written, so nothing more is taken until a restart: ` +
        `${String(this.failure)}; make room or mend the disk, then restart the hub`,
      { cause: this.failure },
    );
  }
}

/** Makes a journal without records, durably, in place of any file of that name. */
export function writeEmptyJournal(path: string, sequence: number): Promise<void> {
  return createDurably(path, [encodeHeader({ kind: 'journal', sequence })]);
}

/** Where a journal was cut, and how much of it. */
export interface TornTail {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Applies every whole record to the state that the journal's snapshot holds. Answers what is left
 * over at its end, if anything. Throws `StorageFolderRefused` if the file is damaged, or is the
 * journal of another snapshot.
 */
export function replayJournal(path: string, state: FolderState): Promise<TornTail | undefined> {
  return FileWindow.over(path, async (window) => {
    const sequence = await readHeader(window, 'journal');
    if (sequence !== state.sequence) {
      const found = `it begins after record ${sequence}, and its snapshot ends at ${state.sequence}`;
      throw damaged({ file: path, offset: 0 }, found);
    }
    const read = await readRecords(window, { offset: HEADER_BYTES, sequence }, (text) => {
      state.apply(parseChanges(text, path));
    });
    state.sequence = read.sequence;
    const { offset, tornBytes: bytes } = read;
    return bytes === 0 ? undefined : { file: path, offset, bytes };
  });
}
