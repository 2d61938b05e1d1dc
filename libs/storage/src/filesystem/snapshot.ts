import { createDurably } from './durable-file.js';
import { encodeHeader, HEADER_BYTES, readHeader } from './file-header.js';
import { FileWindow } from './file-window.js';
import { FolderState } from './folder-state.js';
import { readRecords } from './read-records.js';
import { encodeRecord } from './record-frame.js';
import { damaged } from './storage-folder-refused.js';
import { changesText, parseChanges } from './stored-change.js';

const ROWS_PER_RECORD = 500;

/** Ends a snapshot, so that one that is cut short is not taken for a whole one. */
interface SnapshotEnd {
  readonly end: { readonly rows: number };
}

/** Writes all rows into one file, durably, in place of any file of that name. */
export function writeSnapshot(path: string, state: FolderState): Promise<void> {
  return createDurably(path, snapshotBytes(state));
}

function* snapshotBytes({ rows, sequence }: FolderState): Generator<Uint8Array> {
  yield encodeHeader({ kind: 'snapshot', sequence });
  let number = 0;
  for (let at = 0; at < rows.length; at += ROWS_PER_RECORD) {
    yield encodeRecord((number += 1), changesText(rows.slice(at, at + ROWS_PER_RECORD)));
  }
  const end: SnapshotEnd = { end: { rows: rows.length } };
  yield encodeRecord(number + 1, JSON.stringify(end));
}

/** Throws `StorageFolderRefused` unless every byte is as it was written. */
export function readSnapshot(path: string): Promise<FolderState> {
  return FileWindow.over(path, async (window) => {
    const state = new FolderState();
    state.sequence = await readHeader(window, 'snapshot');
    let end: SnapshotEnd | undefined;
    const start = { offset: HEADER_BYTES, sequence: 0 };
    const { offset, tornBytes } = await readRecords(window, start, (text) => {
      end = snapshotEnd(text);
      if (end === undefined) state.apply(parseChanges(text, path));
    });
    if (tornBytes > 0 || end?.end.rows !== state.rows.length) {
      throw damaged({ file: path, offset }, 'a part of it is missing or cannot be read');
    }
    return state;
  });
}

function snapshotEnd(text: string): SnapshotEnd | undefined {
  const record = JSON.parse(text) as SnapshotEnd | object;
  return 'end' in record ? record : undefined;
}
