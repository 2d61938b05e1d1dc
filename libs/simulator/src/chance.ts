import { sha256Hex } from '@apollo-deploy/kernel';

const DIGITS = 12;

/** Chance that can be had again: evenly spread over 0 ≤ x < 1, and always the same for the same words. */
export function chanceOf(...words: readonly string[]): number {
  return parseInt(sha256Hex(JSON.stringify(words)).slice(0, DIGITS), 16) / 16 ** DIGITS;
}

/** A UUID that is always the same for the same words. */
export function uuidOf(...words: readonly string[]): string {
  const hex = sha256Hex(JSON.stringify(words));
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
  return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
