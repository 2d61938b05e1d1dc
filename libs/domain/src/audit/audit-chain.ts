import { canonicalJson, jsonDigest, type Json } from '@apollo-deploy/kernel';

/** The last line of a chain: whoever knows it can tell whether a copy is whole. */
export interface ChainHead {
  /** How many lines the chain has. */
  readonly number: number;
  /** SHA-256, in lowercase hexadecimal. */
  readonly hash: string;
}

/** An entry with its place in the chain. */
export interface ChainLine {
  /** From 1, without gaps. */
  readonly number: number;
  /** The hash of the line before; of the first, 64 zeros. */
  readonly previous: string;
  readonly entry: Json;
  readonly hash: string;
}

/** The head of a chain that has no line yet. */
export const CHAIN_START: ChainHead = { number: 0, hash: '0'.repeat(64) };

/** Says what is hashed, so that no other document of ours has the same hash. */
const FORMAT = 'apollo-audit-1';

/**
 * The line that puts an entry after `head`. Its hash covers the entry, its number and the line before,
 * and with that every line there was. Throws a `TypeError` for what JSON cannot carry.
 */
export function nextLine(head: ChainHead, entry: Json): ChainLine {
  const number = head.number + 1;
  const previous = head.hash;
  return { number, previous, entry, hash: hashOf({ number, previous, entry }) };
}

/** What the hash of a line has to be. */
export function hashOf({ number, previous, entry }: Omit<ChainLine, 'hash'>): string {
  return jsonDigest({ format: FORMAT, number, previous, entry });
}

/** A line as it is exported: canonical JSON, so that it can be written in one way only. */
export function lineText({ number, previous, entry, hash }: ChainLine): string {
  return canonicalJson({ number, previous, entry, hash });
}
