import { readFile } from 'node:fs/promises';
import { errorCode } from '../error-code.js';

/** The text of a file, or `undefined` if there is no such file. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
