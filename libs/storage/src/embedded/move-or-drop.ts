import { rename, rm } from 'node:fs/promises';
import { errorCode } from '../error-code.js';

/** Moves a finished folder to where it belongs; if another process was faster, drops it. */
export async function moveOrDrop(draft: string, target: string): Promise<void> {
  try {
    await rename(draft, target);
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
    await rm(draft, { recursive: true, force: true });
  }
}
