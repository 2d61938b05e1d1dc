import { canonicalJson, type Json } from '@apollo-deploy/kernel';
import type { ChainLine } from './audit-chain.js';

const FIELDS = ['entry', 'hash', 'number', 'previous'];

/** The line that this text is, written exactly as `lineText` writes it; `undefined` if it is none. */
export function readLine(text: string): ChainLine | undefined {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { number, previous, hash, entry } = value as Partial<ChainLine>;
  const isLine =
    Object.keys(value).sort().join() === FIELDS.join() &&
    Number.isSafeInteger(number) &&
    typeof previous === 'string' &&
    typeof hash === 'string' &&
    isWrittenAs(text, value);
  return isLine ? ({ number, previous, hash, entry } as ChainLine) : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Text that JSON reads, and canonical JSON has no way to write, is not a line either. */
function isWrittenAs(text: string, value: Json): boolean {
  try {
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
}
