import { CHECK_BYTES, checkOf } from './checksum.js';
import type { FileWindow } from './file-window.js';
import { damaged, tooNew } from './storage-folder-refused.js';

/**
 * How rows and records are written. Raise it when this version writes what an older one would read
 * wrongly, and then teach `readHeader` the older one.
 */
export const SCHEMA = 1;

const MAGIC = { journal: 'APOLLO-J', snapshot: 'APOLLO-S' } as const;
/** Magic, schema, sequence, check. This layout stays the same in every schema. */
const CHECKED_BYTES = 8 + 4 + 8;
export const HEADER_BYTES = CHECKED_BYTES + CHECK_BYTES;

export interface FileHeader {
  readonly kind: keyof typeof MAGIC;
  /** The number of the last unit of work before this file; a snapshot holds what it left. */
  readonly sequence: number;
  readonly schema?: number;
}

export function encodeHeader({ kind, sequence, schema = SCHEMA }: FileHeader): Buffer {
  const bytes = Buffer.alloc(CHECKED_BYTES);
  bytes.write(MAGIC[kind], 'latin1');
  bytes.writeUInt32BE(schema, 8);
  bytes.writeBigUInt64BE(BigInt(sequence), 12);
  return Buffer.concat([bytes, checkOf(bytes)]);
}

/** The sequence in a file's header. Throws `StorageFolderRefused` if this version cannot read on. */
export async function readHeader(window: FileWindow, kind: FileHeader['kind']): Promise<number> {
  const header = await window.slice(0, HEADER_BYTES);
  const checked = header.subarray(0, CHECKED_BYTES);
  const place = { file: window.path, offset: 0 };
  if (!checkOf(checked).equals(header.subarray(CHECKED_BYTES))) {
    throw damaged(place, 'its first bytes do not match their checksum');
  }
  if (checked.toString('latin1', 0, 8) !== MAGIC[kind]) throw damaged(place, `this is no ${kind}`);
  const schema = checked.readUInt32BE(8);
  if (schema > SCHEMA) {
    throw tooNew(window.path, `its schema is ${schema}, and this version knows ${SCHEMA}`);
  }
  return Number(checked.readBigUInt64BE(12));
}
