import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ServerAccount } from './server-account.js';

type Bits = 'enter' | 'readAndEnter';
const MASKS = { enter: 0o1, readAndEnter: 0o5 } as const satisfies Record<Bits, number>;

/** Whether the account may pass through the folder and every folder above it, by their mode bits. */
export async function mayTraverse(folder: string, account: ServerAccount): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    if (!(await allows(at, account, 'enter'))) return false;
    if (at === dirname(at)) return true;
  }
}

/** Whether the mode bits of this one file or folder let the account read and enter (or run) it. */
export function mayReadAndEnter(path: string, account: ServerAccount): Promise<boolean> {
  return allows(path, account, 'readAndEnter');
}

async function allows(path: string, account: ServerAccount, bits: Bits): Promise<boolean> {
  const { uid, gid, mode } = await stat(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & MASKS[bits]) === MASKS[bits];
}
