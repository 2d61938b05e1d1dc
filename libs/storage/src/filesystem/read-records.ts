import type { FileWindow } from './file-window.js';
import { decodeHead, HEAD_BYTES, isBodyOf, RECORD_MARK } from './record-frame.js';
import { damaged } from './storage-folder-refused.js';

/** Where a file's records begin. */
export interface RecordsStart {
  readonly offset: number;
  /** The number before that of the first record. */
  readonly sequence: number;
}

/** How far a file could be read. */
export interface RecordsRead {
  /** The number of the last whole record. */
  readonly sequence: number;
  /** Where the last whole record ends. */
  readonly offset: number;
  /** Bytes after that: a last record of which only a part was written. */
  readonly tornBytes: number;
}

/**
 * Gives the text of each whole record to `take`, in order. A record is written only after the one
 * before it is durable. So what follows the last whole record may be torn if it can be one record,
 * and anything unreadable with a further record behind it is damage: throws `StorageFolderRefused`,
 * also for a number that is missing.
 */
export async function readRecords(
  window: FileWindow,
  start: RecordsStart,
  take: (text: string) => void,
): Promise<RecordsRead> {
  let { offset, sequence } = start;
  const file = window.path;
  while (offset < window.size) {
    const torn = { sequence, offset, tornBytes: window.size - offset };
    const head = decodeHead(await window.slice(offset, HEAD_BYTES));
    if (head === undefined) {
      if (await holdsHead(window, offset + 1)) {
        throw damaged({ file, offset }, 'a record cannot be read, and more follow it');
      }
      return torn;
    }
    if (head.sequence !== sequence + 1) {
      throw damaged({ file, offset }, `record ${head.sequence} follows record ${sequence}`);
    }
    const end = offset + HEAD_BYTES + head.length;
    if (end > window.size) return torn;
    const body = await window.slice(offset + HEAD_BYTES, head.length);
    if (!isBodyOf(head, body)) {
      if (end === window.size) return torn;
      throw damaged({ file, offset }, `record ${head.sequence} does not match its checksum`);
    }
    take(body.toString('utf8'));
    sequence = head.sequence;
    offset = end;
  }
  return { sequence, offset, tornBytes: 0 };
}

/** Whether a record begins anywhere at or after `from`. */
async function holdsHead(window: FileWindow, from: number): Promise<boolean> {
  for (let at = from; ; at += 1) {
    at = await window.indexOf(RECORD_MARK, at);
    if (at === -1) return false;
    if (decodeHead(await window.slice(at, HEAD_BYTES)) !== undefined) return true;
  }
}
